package bramble.modules.files;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Asks for a file's extended attributes; empty where the node has no getfattr. */
record XattrFact(String path, boolean follow) implements Fact<Optional<XattrFact.Attributes>> {
    XattrFact {
        path = NodePath.normal(path);
    }

    /** Values by whole name; values that are no text are in getfattr's own form, {@code 0s...}. */
    record Attributes(boolean exists, Map<String, String> values) {
        Attributes {
            values = Map.copyOf(values);
        }
    }

    /** A file that would be removed, or is made anew, has none. */
    @Override
    public Maybe<Optional<Attributes>> after(Effect.Becomes<?> effect, Optional<Attributes> current) {
        if (current.isEmpty() || !(effect.fact() instanceof PathFact(String at))
                || !(effect.value() instanceof PathState state)) {
            return Fact.super.after(effect, current);
        }
        boolean gone = state.missing() && (path.equals(at) || NodePath.below(path, at));
        boolean made = !state.missing() && path.equals(at) && !current.get().exists();
        return Maybe.known(gone || made ? Optional.of(new Attributes(made, Map.of())) : current);
    }

    @Override
    public Sh script() {
        return Sh.of("""
                command -v getfattr >/dev/null || exit 0
                echo tool
                [ -e {} ] && { echo there; getfattr -d -m - --absolute-names {}{} 2>/dev/null; }; :""",
                NodePath.word(path), Sh.raw(follow ? "" : "-h "), NodePath.word(path));
    }

    @Override
    public Optional<Attributes> parse(Answer answer) {
        var lines = answer.text().lines().toList();
        if (!lines.contains("tool")) {
            return Optional.empty();
        }
        Map<String, String> values = new TreeMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                values.put(line.substring(0, equals), plain(line.substring(equals + 1)));
            }
        }
        return Optional.of(new Attributes(lines.contains("there"), values));
    }

    private static String plain(String value) {
        if (!value.startsWith("\"") || !value.endsWith("\"") || value.length() < 2) {
            return value;
        }
        var text = new StringBuilder();
        String inner = value.substring(1, value.length() - 1);
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (c == '\\' && inner.substring(i + 1).matches("(?s)[0-7]{3}.*")) {
                text.append((char) Integer.parseInt(inner.substring(i + 1, i + 4), 8));
                i += 3;
            } else if (c == '\\' && i + 1 < inner.length()) {
                i++;
                text.append(inner.charAt(i));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
