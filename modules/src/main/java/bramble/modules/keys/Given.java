package bramble.modules.keys;

import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.modules.files.FileContent;
import bramble.shell.Content;
import java.util.Optional;

/**
 * A key, request or certificate that a task is given, as a file of the node or as a text.
 *
 * @param what it is, for messages: {@code private key}
 */
record Given(String what, Optional<String> path, Optional<String> content) {

    Inquiry<Maybe<KeyFile>> inquiry() {
        return content.isPresent() || path.isEmpty()
                ? Inquiry.nothing(Maybe.known(new KeyFile.Held(content
                        .<FileContent>map(text -> new FileContent.Bytes("", Content.text(text)))
                        .orElse(new FileContent.Missing("")))))
                : Inquiry.maybe(new KeyFileFact(path.get()));
    }

    boolean isGiven() {
        return path.isPresent() || content.isPresent();
    }

    /** What keeps it from being used; where a dry run only predicts it, nothing. */
    Optional<String> obstacle(Maybe<KeyFile> found) {
        if (path.isPresent() && content.isPresent()) {
            return Optional.of("parameters are mutually exclusive: the " + what + " as a path and as content");
        }
        return switch (found.get()) {
            case KeyFile.Made _ -> Optional.empty();
            case KeyFile.Held(FileContent.Bytes _) -> Optional.empty();
            case KeyFile.Held(FileContent.Unreadable(_, String why)) ->
                Optional.of("Tried to read the " + what + " " + path.orElse("") + ", but it " + why);
            case KeyFile.Held _ when isGiven() ->
                Optional.of("The " + what + " " + path.orElse("") + " does not exist");
            case KeyFile.Held _ -> Optional.empty();
        };
    }

    /** The bytes; none where a dry run only predicts them, or there are none. */
    static Optional<byte[]> bytes(Maybe<KeyFile> found) {
        return found instanceof Maybe.Known<KeyFile>(KeyFile file) ? file.bytes() : Optional.empty();
    }

    /** What tells it from others, where a dry run predicts it. */
    static String foretold(Maybe<KeyFile> found) {
        return found instanceof Maybe.Known<KeyFile>(KeyFile.Made(String real, String what)) ? real + " " + what : "";
    }
}
