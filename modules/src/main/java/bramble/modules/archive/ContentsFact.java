package bramble.modules.archive;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.modules.files.NodePath;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks for the MD5 of files below a folder, with one process for all of them; MD5, because any BusyBox counts it, and it is for
 * telling an old file from a new one. Those that aren't there, or can't be read, are left out.
 *
 * @param names relative to the folder
 */
record ContentsFact(String folder, List<String> names) implements Fact<Map<String, String>> {
    private static final int MOST = 64 << 10; // characters of names that a process is given
    private static final Pattern LINE = Pattern.compile("(\\\\?)([0-9a-f]{32}) [ *](.*)");

    ContentsFact {
        names = List.copyOf(names);
    }

    @Override
    public Sh script() {
        Sh counts = Sh.raw("");
        for (int from = 0; from < names.size();) {
            int to = from;
            for (int length = 0; to < names.size() && (to == from || length < MOST); to++) {
                length += names.get(to).length();
            }
            counts = Sh.of("{}\nmd5sum -- {} 2>/dev/null", counts, names.subList(from, to));
            from = to;
        }
        return names.isEmpty()
                ? Sh.raw(":")
                : Sh.of("( CDPATH= cd -P -- {} 2>/dev/null || exit 0{}\n:)", NodePath.word(folder), counts);
    }

    @Override
    public Map<String, String> parse(Answer answer) {
        Map<String, String> digests = new LinkedHashMap<>();
        for (String line : EscapedBytes.decode(answer.out()).split("\n", -1)) {
            Matcher parts = LINE.matcher(line);
            if (parts.matches()) {
                String name = parts.group(3);
                digests.put(parts.group(1).isEmpty() ? name : unescaped(name), parts.group(2));
            }
        }
        return digests;
    }

    /** What GNU's md5sum makes of backslashes and newlines in names. */
    private static String unescaped(String name) {
        return name.replace("\\\\", "\0").replace("\\n", "\n").replace("\\r", "\r").replace("\0", "\\");
    }

    @Override
    public Maybe<Map<String, String>> after(Effect.Becomes<?> effect, Map<String, String> current) {
        if (effect.fact() instanceof ContentFact(String path) && NodePath.below(path, NodePath.normal(folder))
                && effect.value() instanceof FileContent.Bytes(_, Content content)) {
            Map<String, String> changed = new LinkedHashMap<>(current);
            changed.put(path.substring(NodePath.normal(folder).length() + 1), content.digest("MD5"));
            return Maybe.known(changed);
        }
        return Fact.super.after(effect, current);
    }
}
