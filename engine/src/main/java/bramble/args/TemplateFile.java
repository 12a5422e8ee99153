package bramble.args;

import bramble.module.Maybe;
import bramble.template.DocumentOptions;
import bramble.value.UnknownValueException;
import java.nio.file.Path;
import java.util.function.Function;

/** A template of the controller that an argument names, to be rendered with the host's variables. */
public record TemplateFile(Path path, Function<DocumentOptions, String> renderer) {
    /** The text it gives; unknown where a variable in it is. */
    public Maybe<String> render(DocumentOptions options) {
        try {
            return Maybe.known(renderer.apply(options));
        } catch (UnknownValueException e) {
            return Maybe.unknown(String.valueOf(e.getMessage()));
        }
    }
}
