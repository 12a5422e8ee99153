package bramble.template;

import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;

/** The methods of text. */
final class TextMethods {
    private TextMethods() {}

    static Optional<Value> of(String text, String name) {
        return switch (name) {
            case "upper" -> Methods.bound(_ -> new Text(text.toUpperCase(Locale.ROOT)));
            case "lower", "casefold" -> Methods.bound(_ -> new Text(text.toLowerCase(Locale.ROOT)));
            case "title" -> Methods.bound(_ -> new Text(title(text)));
            case "capitalize" -> Methods.bound(_ -> new Text(capitalize(text)));
            case "swapcase" -> Methods.bound(_ -> new Text(swapcase(text)));
            case "strip" -> Methods.bound(a -> new Text(strip(text, characters(a), true, true)));
            case "lstrip" -> Methods.bound(a -> new Text(strip(text, characters(a), true, false)));
            case "rstrip" -> Methods.bound(a -> new Text(strip(text, characters(a), false, true)));
            case "split" -> Methods.bound(a -> texts(split(text, a.text(0, "sep", ""), a.integer(1, "maxsplit", -1))));
            case "rsplit" ->
                Methods.bound(a -> texts(rsplit(text, a.text(0, "sep", ""), a.integer(1, "maxsplit", -1))));
            case "splitlines" -> Methods.bound(a -> texts(splitlines(text, a.bool(0, "keepends", false))));
            case "partition" -> Methods.bound(a -> partition(text, string(a, 0, "sep")));
            case "rpartition" -> Methods.bound(a -> rpartition(text, string(a, 0, "sep")));
            case "replace" -> Methods.bound(
                    a -> new Text(replace(text, string(a, 0, "old"), string(a, 1, "new"), a.integer(2, "count", -1))));
            case "removeprefix" -> Methods.bound(a -> new Text(
                    text.startsWith(string(a, 0, "prefix")) ? text.substring(string(a, 0, "prefix").length()) : text));
            case "removesuffix" -> Methods.bound(a -> new Text(text.endsWith(string(a, 0, "suffix"))
                    ? text.substring(0, text.length() - string(a, 0, "suffix").length())
                    : text));
            case "startswith" -> Methods.bound(a -> Bool.of(affix(text, a, true)));
            case "endswith" -> Methods.bound(a -> Bool.of(affix(text, a, false)));
            case "find" -> Methods.bound(a -> Int.of(find(text, a, false)));
            case "rfind" -> Methods.bound(a -> Int.of(find(text, a, true)));
            case "index" -> Methods.bound(a -> Int.of(found(find(text, a, false))));
            case "rindex" -> Methods.bound(a -> Int.of(found(find(text, a, true))));
            case "count" -> Methods.bound(a -> Int.of(count(text, string(a, 0, "sub"))));
            case "join" -> Methods.bound(a -> new Text(join(text, Python.items(a.value(0, "iterable")))));
            case "zfill" -> Methods.bound(a -> new Text(zfill(text, a.integer(0, "width").intValue())));
            case "ljust" -> Methods.bound(a -> new Text(text + fill(text, a)));
            case "rjust" -> Methods.bound(a -> new Text(fill(text, a) + text));
            case "center" -> Methods.bound(a -> new Text(center(text, a)));
            case "expandtabs" -> Methods.bound(a -> new Text(expandtabs(text, a.integer(0, "tabsize", 8))));
            case "format" -> Methods.bound(a -> new Text(BraceFormat.format(text, a, TextMethods::member)));
            case "format_map" -> Methods.bound(a -> new Text(BraceFormat.format(text,
                    a.value(0, "map") instanceof MapValue map ? new Arguments(List.of(), map.byName()) : a,
                    TextMethods::member)));
            case "encode", "decode" -> Methods.bound(_ -> new Text(text));
            case "translate" -> Methods.bound(a -> new Text(translate(text, a.value(0, "table"))));
            case "maketrans" -> Methods.bound(TextMethods::table);
            case "isdigit" -> all(text, p -> Character.isDigit(p) || "²³¹".indexOf(p) >= 0);
            case "isdecimal" -> all(text, Character::isDigit);
            case "isnumeric" -> all(text, p -> Character.isDigit(p) || Character.getType(p) == Character.OTHER_NUMBER
                    || Character.getType(p) == Character.LETTER_NUMBER);
            case "isalpha" -> all(text, Character::isLetter);
            case "isalnum" -> all(text, Character::isLetterOrDigit);
            case "isspace" -> all(text, TextMethods::space);
            case "isascii" -> Methods.bound(_ -> Bool.of(text.chars().allMatch(c -> c < 0x80)));
            case "isprintable" -> Methods.bound(_ -> Bool.of(
                    text.codePoints()
                            .allMatch(p -> p == ' ' || (!Character.isISOControl(p) && !Character.isSpaceChar(p)))));
            case "isidentifier" -> Methods.bound(_ -> Bool.of(!text.isEmpty()
                    && (Character.isUnicodeIdentifierStart(text.codePointAt(0)) || text.charAt(0) == '_')
                    && text.codePoints().allMatch(Character::isUnicodeIdentifierPart)));
            case "isupper" -> Methods.bound(_ -> Bool.of(
                    text.codePoints().anyMatch(Character::isUpperCase)
                            && text.codePoints().noneMatch(Character::isLowerCase)));
            case "islower" -> Methods.bound(_ -> Bool.of(
                    text.codePoints().anyMatch(Character::isLowerCase)
                            && text.codePoints().noneMatch(Character::isUpperCase)));
            case "istitle" -> Methods.bound(_ -> Bool.of(
                    text.codePoints().anyMatch(Character::isLetter) && title(text).equals(text)));
            default -> Optional.empty();
        };
    }

    private static Value member(Value value, Value key) {
        Optional<Value> found = switch (value) {
            case MapValue map -> Python.lookUp(map, key);
            case ListValue list when key instanceof Int(var index) -> Optional.of(list.items().get(index.intValue()));
            case TupleValue tuple when key instanceof Int(var index) ->
                Optional.of(tuple.items().get(index.intValue()));
            default -> key instanceof Text(String name) ? Methods.of(value, name) : Optional.empty();
        };
        return found.orElseThrow(() -> new TemplateException(
                "'" + Python.type(value) + " object' has no attribute " + PythonText.repr(key)));
    }

    private static Optional<Value> all(String text, IntPredicate test) {
        return Methods.bound(_ -> Bool.of(!text.isEmpty() && text.codePoints().allMatch(test)));
    }

    private static String string(Arguments arguments, int position, String name) {
        Value value = arguments.value(position, name);
        if (value instanceof Text(String text)) {
            return text;
        }
        throw new TemplateException("must be str, not " + Python.type(value));
    }

    private static String characters(Arguments arguments) {
        return arguments.text(0, "chars", "");
    }

    private static ListValue texts(List<String> texts) {
        return Value.texts(texts);
    }

    /** Whether Python takes a character for white space. */
    static boolean space(int point) {
        return Character.isWhitespace(point) || Character.isSpaceChar(point) || point == 0x85;
    }

    /** Upper case for the first letter of each run of letters, lower case for the others. */
    static String title(String text) {
        var out = new StringBuilder(text.length());
        boolean inside = false;
        for (int point : text.codePoints().toArray()) {
            out.appendCodePoint(inside ? Character.toLowerCase(point) : Character.toTitleCase(point));
            inside = Character.isLetter(point);
        }
        return out.toString();
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        int length = Character.charCount(first);
        return Character.toString(Character.toTitleCase(first)) + text.substring(length).toLowerCase(Locale.ROOT);
    }

    private static String swapcase(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints().forEach(p -> out.appendCodePoint(
                Character.isUpperCase(p) ? Character.toLowerCase(p) : Character.toUpperCase(p)));
        return out.toString();
    }

    /** @param characters what to strip; white space where empty */
    static String strip(String text, String characters, boolean left, boolean right) {
        IntPredicate goes = characters.isEmpty() ? TextMethods::space : p -> characters.indexOf(p) >= 0;
        int start = 0;
        int end = text.length();
        while (left && start < end && goes.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && goes.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    /** @param separator white space where empty */
    static List<String> split(String text, String separator, int most) {
        var parts = new ArrayList<String>();
        int at = 0;
        if (separator.isEmpty()) {
            while (true) {
                while (at < text.length() && space(text.charAt(at))) {
                    at++;
                }
                if (at >= text.length()) {
                    return parts;
                }
                if (most >= 0 && parts.size() == most) {
                    parts.add(strip(text.substring(at), "", false, true));
                    return parts;
                }
                int start = at;
                while (at < text.length() && !space(text.charAt(at))) {
                    at++;
                }
                parts.add(text.substring(start, at));
            }
        }
        while (most < 0 || parts.size() < most) {
            int next = text.indexOf(separator, at);
            if (next < 0) {
                break;
            }
            parts.add(text.substring(at, next));
            at = next + separator.length();
        }
        parts.add(text.substring(at));
        return parts;
    }

    private static List<String> rsplit(String text, String separator, int most) {
        if (most < 0) {
            return split(text, separator, most);
        }
        var parts = new ArrayList<String>();
        if (separator.isEmpty()) {
            String rest = strip(text, "", false, true);
            while (!rest.isEmpty() && parts.size() < most) {
                int start = rest.length();
                while (start > 0 && !space(rest.charAt(start - 1))) {
                    start--;
                }
                parts.addFirst(rest.substring(start));
                rest = strip(rest.substring(0, start), "", false, true);
            }
            if (!strip(rest, "", true, false).isEmpty()) {
                parts.addFirst(rest);
            }
            return parts;
        }
        int end = text.length();
        while (parts.size() < most) {
            int at = end < separator.length() ? -1 : text.lastIndexOf(separator, end - separator.length());
            if (at < 0) {
                break;
            }
            parts.addFirst(text.substring(at + separator.length(), end));
            end = at;
        }
        parts.addFirst(text.substring(0, end));
        return parts;
    }

    /** The lines, as Python's splitlines cuts them. */
    static List<String> splitlines(String text, boolean ends) {
        var lines = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if ("\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029".indexOf(text.charAt(i)) >= 0) {
                int end = i;
                i += text.startsWith("\r\n", i) ? 1 : 0;
                lines.add(text.substring(start, ends ? i + 1 : end));
                start = i + 1;
            }
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    private static TupleValue partition(String text, String separator) {
        int at = text.indexOf(nonEmpty(separator));
        return at < 0
                ? TupleValue.of(new Text(text), new Text(""), new Text(""))
                : TupleValue.of(new Text(text.substring(0, at)), new Text(separator),
                        new Text(text.substring(at + separator.length())));
    }

    private static TupleValue rpartition(String text, String separator) {
        int at = text.lastIndexOf(nonEmpty(separator));
        return at < 0
                ? TupleValue.of(new Text(""), new Text(""), new Text(text))
                : TupleValue.of(new Text(text.substring(0, at)), new Text(separator),
                        new Text(text.substring(at + separator.length())));
    }

    private static String nonEmpty(String separator) {
        if (separator.isEmpty()) {
            throw new TemplateException("empty separator");
        }
        return separator;
    }

    /** @param most how many are replaced; all where negative */
    static String replace(String text, String old, String replacement, int most) {
        if (most < 0) {
            return text.replace(old, replacement);
        }
        var out = new StringBuilder();
        int at = 0;
        for (int done = 0; done < most; done++) {
            int next = text.indexOf(old, at);
            if (next < 0 || (old.isEmpty() && next >= text.length())) {
                break;
            }
            out.append(text, at, next).append(replacement);
            at = next + old.length();
            if (old.isEmpty()) {
                out.append(text.charAt(at++));
            }
        }
        return out.append(text, at, text.length()).toString();
    }

    private static boolean affix(String text, Arguments arguments, boolean start) {
        Value wanted = arguments.value(0, start ? "prefix" : "suffix");
        String part = slice(text, arguments);
        List<Value> choices = wanted instanceof TupleValue tuple ? tuple.items() : List.of(wanted);
        return choices.stream().anyMatch(choice -> {
            if (!(choice instanceof Text(String affix))) {
                throw new TemplateException((start ? "startswith" : "endswith")
                        + " first arg must be str or a tuple of str, not " + Python.type(choice));
            }
            return start ? part.startsWith(affix) : part.endsWith(affix);
        });
    }

    private static String slice(String text, Arguments arguments) {
        return PythonText.of(Slices.of(new Text(text), arguments.value(1, "start", None.NONE),
                arguments.value(2, "end", None.NONE), None.NONE));
    }

    private static int find(String text, Arguments arguments, boolean last) {
        String wanted = string(arguments, 0, "sub");
        String part = slice(text, arguments);
        int at = last ? part.lastIndexOf(wanted) : part.indexOf(wanted);
        if (at < 0) {
            return -1;
        }
        int from = arguments.integer(1, "start", 0);
        int length = text.codePointCount(0, text.length());
        return part.codePointCount(0, at) + (from < 0 ? Math.max(0, length + from) : from);
    }

    private static int found(int at) {
        if (at < 0) {
            throw new TemplateException("substring not found");
        }
        return at;
    }

    private static int count(String text, String part) {
        if (part.isEmpty()) {
            return text.codePointCount(0, text.length()) + 1;
        }
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    private static String join(String separator, List<Value> items) {
        var out = new StringBuilder();
        for (int i = 0; i < items.size(); i++) {
            Python.check(items.get(i));
            if (!(items.get(i) instanceof Text(String text))) {
                throw new TemplateException(
                        "sequence item " + i + ": expected str instance, " + Python.type(items.get(i))
                                + " found");
            }
            out.append(i == 0 ? "" : separator).append(text);
        }
        return out.toString();
    }

    private static String zfill(String text, int width) {
        String sign = text.startsWith("-") || text.startsWith("+") ? text.substring(0, 1) : "";
        return sign + "0".repeat(Math.max(0, Width.of(width) - text.codePointCount(0, text.length())))
                + text.substring(sign.length());
    }

    private static String fill(String text, Arguments arguments) {
        int missing = Width.of(arguments.integer(0, "width").longValue()) - text.codePointCount(0, text.length());
        return arguments.text(1, "fillchar", " ").repeat(Math.max(0, missing));
    }

    private static String center(String text, Arguments arguments) {
        int width = Width.of(arguments.integer(0, "width").longValue());
        int missing = Math.max(0, width - text.codePointCount(0, text.length()));
        int left = missing / 2 + (missing & width & 1);
        String fill = arguments.text(1, "fillchar", " ");
        return fill.repeat(left) + text + fill.repeat(missing - left);
    }

    private static String expandtabs(String text, int size) {
        var out = new StringBuilder();
        int column = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                int spaces = size > 0 ? Width.of(size) - column % size : 0;
                out.repeat(' ', spaces);
                column += spaces;
            } else {
                out.append(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return out.toString();
    }

    private static String translate(String text, Value table) {
        if (!(table instanceof MapValue map)) {
            throw new TemplateException("translate needs a table, as maketrans makes it");
        }
        var out = new StringBuilder();
        text.codePoints().forEach(point -> {
            Value to = map.entries().get(Int.of(point));
            switch (to) {
                case null -> out.appendCodePoint(point);
                case None _ -> {
                }
                case Int(var number) -> out.append(Python.character(number));
                default -> out.append(PythonText.of(to));
            }
        });
        return out.toString();
    }

    private static Value table(Arguments arguments) {
        var entries = new java.util.LinkedHashMap<Value, Value>();
        if (arguments.positional().size() == 1 && arguments.positional().getFirst() instanceof MapValue map) {
            map.entries().forEach((key, value) -> entries.put(
                    key instanceof Text(String text) && !text.isEmpty() ? Int.of(text.codePointAt(0)) : key, value));
            return new MapValue(entries);
        }
        int[] from = arguments.text(0, "x").codePoints().toArray();
        int[] to = arguments.text(1, "y").codePoints().toArray();
        if (from.length != to.length) {
            throw new TemplateException("the first two maketrans arguments must have equal length");
        }
        for (int i = 0; i < from.length; i++) {
            entries.put(Int.of(from[i]), Int.of(to[i]));
        }
        arguments.text(2, "z", "").codePoints().forEach(point -> entries.put(Int.of(point), None.NONE));
        return new MapValue(entries);
    }
}
