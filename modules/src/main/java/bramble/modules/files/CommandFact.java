package bramble.modules.files;

import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;

/** Asks where a command is; empty where the node has none of that name, unknown once a package that may bring it is planned. */
public record CommandFact(String name) implements Fact<Optional<String>> {
    @Override
    public Sh script() {
        return Sh.of("command -v {}; :", name);
    }

    @Override
    public Optional<String> parse(Answer answer) {
        return Optional.of(answer.text().strip()).filter(path -> !path.isEmpty());
    }

    /** The sentence for a node that surely lacks it; nothing where a dry run can't tell, for then a package may bring it. */
    public Optional<String> lacking(Maybe<Optional<String>> found, String tried, String packages) {
        return found.orElse(Optional.of(name)).isEmpty() ? Optional.of(sentence(tried, packages)) : Optional.empty();
    }

    /** What a user reads who has to install it. */
    public String sentence(String tried, String packages) {
        return "Tried to " + tried + ", but the node has no " + name + ": install the package " + packages + " first.";
    }
}
