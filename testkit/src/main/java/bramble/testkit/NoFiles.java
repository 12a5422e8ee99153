package bramble.testkit;

import bramble.args.Resources;
import bramble.template.DocumentOptions;
import java.nio.file.Path;

/** A controller's side without files, for tests whose arguments name none; nothing is shown, and nobody is warned. */
public record NoFiles() implements Resources {
    @Override
    public Path find(String kind, String name) {
        throw new IllegalStateException("there are no files here, not " + name);
    }

    @Override
    public String render(Path template, DocumentOptions options) {
        throw new IllegalStateException("there are no templates here, not " + template);
    }

    @Override
    public void secret(String value) {
        // nothing is printed
    }

    @Override
    public void warn(String text) {
        // nobody reads it
    }
}
