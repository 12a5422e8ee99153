package bramble.modules.packages;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.modules.files.NodePath;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks for the keys that apt trusts, by file.
 *
 * @param keyring just this file; empty for all that apt reads by itself
 */
record AptKeyringsFact(String keyring) implements Fact<Map<String, Content.Bytes>> {
    static final String FILE = "/etc/apt/trusted.gpg";
    static final String FOLDER = "/etc/apt/trusted.gpg.d";

    @Override
    public Sh script() {
        Sh files = keyring.isEmpty()
                ? Sh.of("{} {}/*.gpg {}/*.asc", FILE, Sh.raw(FOLDER), Sh.raw(FOLDER))
                : Sh.of("{}", keyring);
        return Sh.of("""
                for b_f in {}; do
                  [ -r "$b_f" ] && [ -f "$b_f" ] || continue
                  printf '%s\\0%s\\0' "$b_f" "$(($(wc -c <"$b_f")))"; cat "$b_f"
                done; :""", files);
    }

    @Override
    public Map<String, Content.Bytes> parse(Answer answer) {
        byte[] out = answer.out();
        Map<String, Content.Bytes> files = new TreeMap<>();
        int at = 0;
        while (at < out.length) {
            int name = end(out, at);
            int size = end(out, name + 1);
            int length = Integer.parseInt(new String(out, name + 1, size - name - 1, StandardCharsets.US_ASCII));
            files.put(new String(out, at, name - at, StandardCharsets.UTF_8),
                    new Content.Bytes(Arrays.copyOfRange(out, size + 1, size + 1 + length)));
            at = size + 1 + length;
        }
        return files;
    }

    private static int end(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] != 0) {
            at++;
        }
        return at;
    }

    @Override
    public Maybe<Map<String, Content.Bytes>> after(Effect.Becomes<?> effect, Map<String, Content.Bytes> current) {
        if (!(effect.fact() instanceof ContentFact(String path)) || !mine(path)) {
            return Maybe.known(current);
        }
        Map<String, Content.Bytes> files = new TreeMap<>(current);
        if (effect.value() instanceof FileContent.Bytes(_, Content content)) {
            files.put(path, new Content.Bytes(content.bytesOf()));
        } else {
            files.remove(path);
        }
        return Maybe.known(files);
    }

    private boolean mine(String path) {
        return keyring.isEmpty()
                ? path.equals(FILE) || (NodePath.below(path, FOLDER) && path.matches(".*\\.(gpg|asc)"))
                : path.equals(keyring);
    }
}
