package bramble.modules.packages;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/** Asks for the lists of apt's sources in one-line style: each file's text by its path. */
record AptSourcesFact() implements Fact<SortedMap<String, String>> {
    static final String MAIN = "/etc/apt/sources.list";
    static final String FOLDER = "/etc/apt/sources.list.d";

    @Override
    public Sh script() {
        return Sh.of("""
                for b_f in {} {}/*.list; do
                  [ -f "$b_f" ] && { printf '%s\\0' "$b_f"; cat "$b_f"; printf '\\0'; }
                done""", MAIN, Sh.raw(FOLDER));
    }

    @Override
    public SortedMap<String, String> parse(Answer answer) {
        var files = new TreeMap<String, String>();
        String[] fields = new String(answer.out(), StandardCharsets.UTF_8).split("\0", -1);
        for (int i = 0; i + 1 < fields.length; i += 2) {
            files.put(fields[i], fields[i + 1]);
        }
        return files;
    }

    @Override
    public Maybe<SortedMap<String, String>> after(Effect.Becomes<?> effect, SortedMap<String, String> current) {
        var files = new TreeMap<>(current);
        switch (effect.fact()) {
            case ContentFact(String path) when isList(path) -> {
                if (effect.value() instanceof FileContent.Bytes(_, Content bytes)) {
                    files.put(path, new String(bytes.bytesOf(), StandardCharsets.UTF_8));
                } else {
                    files.remove(path);
                }
            }
            case PathFact(String path) when effect.value() instanceof PathState.Absent ->
                files.keySet().removeIf(file -> file.equals(path) || file.startsWith(path + "/"));
            default -> {
                // not about them
            }
        }
        return Maybe.known(files);
    }

    private static boolean isList(String path) {
        return path.equals(MAIN) || (path.startsWith(FOLDER + "/") && path.endsWith(".list"));
    }
}
