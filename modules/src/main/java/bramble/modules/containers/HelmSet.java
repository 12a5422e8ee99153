package bramble.modules.containers;

import bramble.args.Arg;
import bramble.value.Int;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A value for a chart in helm's own line: {@code image.tag=1.2,hosts[0]=www,ports={80,443}}. */
public record HelmSet(@Arg("The line: image.tag=1.2, hosts[0]=www, ports={80,443}.") String value,
        @Arg(value = "What stands behind the =: a number, true, false, null or a text (raw), a text always (string), JSON (json), a file on the node with the text (file).", fallback = "raw") Kind valueType) {

    /** What stands behind the {@code =}. */
    public enum Kind {
        RAW,
        STRING,
        JSON,
        FILE
    }

    private static final int MOST = 65_536; // helm takes no greater place in a list

    /** The option of helm that takes the line. */
    String option() {
        return valueType == Kind.RAW ? "--set" : "--set-" + valueType.name().toLowerCase(Locale.ROOT);
    }

    /** The path on the node, if it is a file's. */
    String file() {
        return value.substring(value.indexOf('=') + 1);
    }

    /**
     * The values with those of the line.
     *
     * @param content what is in the file, if it names one
     * @throws IllegalArgumentException with a sentence, if the line can't be understood
     */
    MapValue over(MapValue values, String content) {
        var reader = new Reader();
        MapValue all = values;
        do {
            List<Object> path = reader.path();
            Value given = switch (valueType) {
                case RAW, STRING -> reader.value();
                case JSON ->
                    Json.tryParse(reader.rest()).orElseThrow(() -> wrong("what stands behind the = is no JSON"));
                case FILE -> {
                    reader.rest();
                    yield new Text(content);
                }
            };
            all = (MapValue) with(all, path, 0, given);
        } while (reader.more());
        return all;
    }

    private IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException("Tried to read the item " + value + " of set_values, but " + why
                + ": it is of the form name=value, where name may be image.tag or hosts[0].");
    }

    private static Value with(Value into, List<Object> path, int at, Value given) {
        if (at == path.size()) {
            return given;
        }
        if (path.get(at) instanceof Integer index) {
            var items = new ArrayList<Value>(Tree.list(into));
            while (items.size() <= index) {
                items.add(None.NONE);
            }
            items.set(index, with(items.get(index), path, at + 1, given));
            return new ListValue(items);
        }
        MapValue map = into instanceof MapValue is ? is : MapValue.EMPTY;
        String name = String.valueOf(path.get(at));
        return map.with(name, with(map.get(name).orElse(None.NONE), path, at + 1, given));
    }

    private final class Reader {
        private int at;

        /** Names, and places in lists, up to the {@code =}. */
        List<Object> path() {
            var path = new ArrayList<Object>();
            var name = new StringBuilder();
            while (at < value.length()) {
                char c = value.charAt(at++);
                switch (c) {
                    case '=' -> {
                        named(path, name);
                        if (path.isEmpty()) {
                            throw wrong("it has no name");
                        }
                        return path;
                    }
                    case '.' -> named(path, name);
                    case '[' -> {
                        named(path, name);
                        int end = value.indexOf(']', at);
                        String index = end < 0 ? "" : value.substring(at, end);
                        if (!index.matches("\\d{1,5}") || Integer.parseInt(index) > MOST) {
                            throw wrong("between brackets stands no place in a list");
                        }
                        path.add(Integer.valueOf(index));
                        at = end + 1;
                    }
                    case '\\' -> {
                        if (at < value.length()) {
                            name.append(value.charAt(at++));
                        }
                    }
                    default -> name.append(c);
                }
            }
            throw wrong("it has no =");
        }

        private void named(List<Object> path, StringBuilder name) {
            if (!name.isEmpty()) {
                path.add(name.toString());
                name.setLength(0);
            }
        }

        String rest() {
            String rest = value.substring(at);
            at = value.length();
            return rest;
        }

        boolean more() {
            return at < value.length() && value.charAt(at - 1) == ',';
        }

        /** A value, up to the next comma; or a list of them in braces. */
        Value value() {
            if (at < value.length() && value.charAt(at) == '{') {
                at++;
                var items = new ArrayList<Value>();
                if (at < value.length() && value.charAt(at) == '}') {
                    at++;
                } else {
                    do {
                        items.add(typed(text("},")));
                    } while (at <= value.length() && value.charAt(at - 1) == ',');
                }
                if (value.charAt(at - 1) != '}') {
                    throw wrong("a brace isn't closed");
                }
                if (at < value.length() && value.charAt(at) == ',') {
                    at++;
                }
                return new ListValue(items);
            }
            return typed(text(","));
        }

        private String text(String ends) {
            var text = new StringBuilder();
            while (at < value.length()) {
                char c = value.charAt(at++);
                if (c == '\\' && at < value.length()) {
                    text.append(value.charAt(at++));
                } else if (ends.indexOf(c) >= 0) {
                    return text.toString();
                } else {
                    text.append(c);
                }
            }
            return text.toString();
        }

        private Value typed(String text) {
            if (valueType == Kind.STRING) {
                return new Text(text);
            }
            if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
                return Value.of(text.equalsIgnoreCase("true"));
            }
            if (text.equalsIgnoreCase("null")) {
                return None.NONE;
            }
            boolean number = text.equals("0") || text.matches("[-+]?[1-9]\\d{0,17}"); // 007 is a text for helm
            return number ? new Int(new BigInteger(text.replaceFirst("^\\+", ""))) : new Text(text);
        }
    }
}
