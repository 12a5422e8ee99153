package bramble.modules.files;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Asks for a digest of a file's content, of whatever size. Links are followed.
 *
 * @param algorithm its name in Java; empty for the best that the node has
 * @param once whether nobody needs it again when all is done
 */
public record DigestFact(String path, String algorithm, boolean once) implements AboutPath<DigestFact.Digest> {

    /**
     * A digest.
     *
     * @param algorithm its name in Java; empty if there is no file that can be read
     * @param hex in lower case
     */
    public record Digest(String real, boolean missing, String algorithm, String hex) implements Placed {
        /** Whether it is that content's. */
        public boolean of(Content content) {
            return !algorithm.isEmpty() && content.digest(algorithm).equals(hex);
        }
    }

    private static final Sh.Library LIBRARY = new Sh.Library("b_digest",
            """
                    if command -v sha1sum >/dev/null 2>&1; then b_best='SHA-1 sha1sum'
                    elif command -v sha256sum >/dev/null 2>&1; then b_best='SHA-256 sha256sum'
                    else b_best='MD5 md5sum'
                    fi
                    b_sum() { # file [algorithm program]; without the program the file itself, for the controller to count
                      if [ -z "$2" ]; then set -- "$1" $b_best; fi
                      if command -v "$3" >/dev/null 2>&1; then echo "$2"; "$3" <"$1"; else echo; cat "$1"; fi
                    }
                    b_digest() { # path [algorithm program]
                      b_there "$1" || { b_lost; return 0; }
                      b_real
                      if ! [ -e "$b_l" ]; then printf 'm%s\\0' "$b_l"
                      elif ! [ -f "$b_l" ] || ! [ -r "$b_l" ]; then printf 'u%s\\0' "$b_l"
                      else printf 'f%s\\0' "$b_l"; b_sum "$b_l" $2 $3
                      fi
                    }""");

    public DigestFact {
        path = NodePath.normal(path);
    }

    public DigestFact(String path, String algorithm) {
        this(path, algorithm, false);
    }

    public DigestFact(String path) {
        this(path, "");
    }

    @Override
    public Sh script() {
        String program = algorithm.replace("-", "").toLowerCase(Locale.ROOT) + "sum";
        Object[] by = algorithm.isEmpty() ? new Object[0] : new Object[]{algorithm, program};
        return PathScript.call("b_digest", path, by).using(LIBRARY);
    }

    @Override
    public Digest parse(Answer answer) {
        byte[] out = answer.out();
        int end = 0;
        while (out[end] != 0) {
            end++;
        }
        String real = NodePath.normal(EscapedBytes.decode(Arrays.copyOfRange(out, 1, end)));
        if (out[0] != 'f') {
            return new Digest(real, out[0] == 'm', "", "");
        }
        if (out[end + 1] == '\n') {
            byte[] content = Arrays.copyOfRange(out, end + 2, out.length);
            return new Digest(real, false, algorithm, new Content.Bytes(content).digest(algorithm));
        }
        String[] lines = new String(out, end + 1, out.length - end - 1, StandardCharsets.UTF_8).split("\n", -1);
        return new Digest(real, false, lines[0], lines[1].split(" ", 2)[0]);
    }

    @Override
    public Fact<Digest> through(Effect.Becomes<?> effect) {
        return new ContentFact(path).through(effect) instanceof ContentFact(String other) && !other.equals(path)
                ? new DigestFact(other, algorithm, once)
                : this;
    }

    @Override
    public Maybe<Digest> after(Effect.Becomes<?> effect, Digest current) {
        if (effect.fact().equals(this)) {
            return Maybe.known((Digest) effect.value());
        }
        FileContent stand = current.missing()
                ? new FileContent.Missing(current.real())
                : current.algorithm().isEmpty()
                        ? new FileContent.Unreadable(current.real(), "")
                        : new FileContent.TooLarge(current.real());
        return switch (new ContentFact(path).after(effect, stand)) {
            case Maybe.NotKnown<FileContent>(String why) -> Maybe.unknown(why);
            case Maybe.Known<FileContent>(FileContent becoming) -> becoming.equals(stand)
                    ? Maybe.known(current)
                    : Maybe.known(switch (becoming) {
                        case FileContent.Bytes(String real, Content content) -> {
                            String by = !algorithm.isEmpty()
                                    ? algorithm
                                    : current.algorithm().isEmpty() ? "SHA-1" : current.algorithm();
                            yield new Digest(real, false, by, content.digest(by));
                        }
                        case FileContent.Missing(String real) -> new Digest(real, true, "", "");
                        case FileContent.TooLarge(String real) -> new Digest(real, false, "", "");
                        case FileContent.Unreadable(String real, _) -> new Digest(real, false, "", "");
                    });
        };
    }
}
