package bramble.cli;

import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.None;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A setting that Ansible documents.
 *
 * @param name Ansible's own; {@code kind.plugin:option} for an option of a plugin
 * @param type how its text is read; empty for text as it is
 * @param fallback the default, as it is written; {@code null} for none
 * @param keys where it stands in ansible.cfg, the later the stronger
 * @param variables the environment's, the later the stronger
 * @param choices the values it may have; empty for any
 * @param about what it is for
 * @param use {@code yes} where Bramble goes by it, or why it doesn't
 */
record KnownSetting(String name, String type, String fallback, List<Key> keys, List<String> variables,
        List<String> choices, String about, String use) {
    private static final List<String> YES = List.of("1", "yes", "true", "on", "y", "t");
    private static final List<String> NO = List.of("0", "no", "false", "off", "n", "f");

    /** A place in ansible.cfg. */
    record Key(String section, String name) {
        @Override
        public String toString() {
            return section.concat(".").concat(name);
        }
    }

    boolean used() {
        return use.equals("yes");
    }

    /** Whether it belongs to a plugin, not to Ansible as a whole. */
    boolean ofPlugin() {
        return name.contains(":");
    }

    /** Whether nobody may see what it is set to. */
    boolean secret() {
        return name.endsWith("become_pass");
    }

    /**
     * What a text means, by the type.
     *
     * @param path makes a path absolute
     * @return empty where the text doesn't fit the type
     */
    Optional<Value> read(String text, UnaryOperator<String> path) {
        return switch (type) {
            case "boolean", "bool" -> flag(text);
            case "integer", "int" -> number(text);
            case "float" -> real(text);
            case "list" -> Optional.of(items(text, ","));
            case "pathspec" -> Optional.of(paths(items(text, ":"), path));
            case "pathlist" -> Optional.of(paths(items(text, ","), path));
            case "path", "tmppath" -> Optional.of(new Text(path.apply(text)));
            case String _ -> Optional.of(new Text(text));
        };
    }

    /** The default; {@code home} is the folder that ANSIBLE_HOME names. */
    Value byDefault(String home, UnaryOperator<String> path) {
        if (fallback.equals("null")) {
            return None.NONE;
        }
        if (fallback.startsWith("[") || fallback.startsWith("{\"")) {
            return Json.parse(fallback);
        }
        String text = fallback.replace("{home}", home);
        return type.isEmpty() && text.equals("false") ? Bool.FALSE : read(text, path).orElse(new Text(text));
    }

    static Optional<Value> flag(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        return YES.contains(word)
                ? Optional.of(Bool.TRUE)
                : NO.contains(word) ? Optional.of(Bool.FALSE) : Optional.empty();
    }

    private static Optional<Value> number(String text) {
        try {
            return Optional.of(Int.of(Long.parseLong(text.strip())));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Optional<Value> real(String text) {
        try {
            return Optional.of(new Real(Double.parseDouble(text.strip())));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static ListValue items(String text, String separator) {
        return Value.texts(Arrays.stream(text.split(separator, -1)).map(String::strip).filter(one -> !one.isEmpty())
                .toList());
    }

    private static ListValue paths(ListValue items, UnaryOperator<String> path) {
        return Value.texts(items.items().stream().map(item -> path.apply(((Text) item).value())).toList());
    }
}
