package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.template.Width;
import bramble.template.Test;
import bramble.value.Int;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PrettyRepr;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Filters that take and give text. */
@AutoService(Extensions.class)
public final class TextFilters implements Extensions {
    private static final Pattern TITLE = Pattern.compile("([-\\s({\\[<]+)", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern TAG = Pattern.compile("(<!--.*?-->|<[^>]*>)", Pattern.DOTALL);
    private static final Pattern LINE_END = Pattern.compile("\r\n|[\n\r\u000b\f\u001c-\u001e\u0085\u2028\u2029]");

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("lower", simple(text -> text.toLowerCase(Locale.ROOT))),
                entry("upper", simple(text -> text.toUpperCase(Locale.ROOT))),
                entry("capitalize", simple(TextFilters::capitalized)),
                entry("title", simple(TextFilters::title)),
                entry("trim", TextFilters::trim),
                entry("replace", TextFilters::replace),
                entry("split", TextFilters::split),
                entry("center", TextFilters::center),
                entry("format", Filter.takingUndefined(TextFilters::format)),
                entry("indent", TextFilters::indent),
                entry("truncate", TextFilters::truncate),
                entry("wordwrap", TextFilters::wrap),
                entry("wordcount", (input, _, at) -> Int.of(WORD.matcher(at.text(input)).results().count())),
                entry("striptags", simple(TextFilters::withoutTags)),
                entry("escape", simple(TextFilters::escaped)),
                entry("e", simple(TextFilters::escaped)),
                entry("forceescape", simple(TextFilters::escaped)),
                entry("safe", (input, _, _) -> input),
                entry("xmlattr", TextFilters::xmlAttributes),
                entry("urlize", Links::filter),
                entry("pprint", (input, _, _) -> new Text(PrettyRepr.of(input))),
                entry("quote", (input, _, at) -> new Text(quoted(input == None.NONE ? "" : at.text(input)))),
                entry("comment", Comments::filter));
    }

    @Override
    public Map<String, Test> tests() {
        return Map.of(
                "lower", (input, _, at) -> cased(at.text(input), String::toLowerCase),
                "upper", (input, _, at) -> cased(at.text(input), String::toUpperCase));
    }

    private static boolean cased(String text, java.util.function.BiFunction<String, Locale, String> change) {
        return change.apply(text, Locale.ROOT).equals(text)
                && !text.toUpperCase(Locale.ROOT).equals(text.toLowerCase(Locale.ROOT));
    }

    private static Filter simple(UnaryOperator<String> change) {
        return (input, _, at) -> new Text(change.apply(at.text(input)));
    }

    /** The lines of a text, without their ends. */
    static List<String> lines(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        var lines = new ArrayList<>(List.of(LINE_END.split(text, -1)));
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        return lines;
    }

    private static String capitalized(String text) {
        int first = text.isEmpty() ? 0 : text.offsetByCodePoints(0, 1);
        return text.substring(0, first).toUpperCase(Locale.ROOT) + text.substring(first).toLowerCase(Locale.ROOT);
    }

    private static String title(String text) {
        var titled = new StringBuilder();
        var separator = TITLE.matcher(text);
        int from = 0;
        while (separator.find()) {
            titled.append(capitalized(text.substring(from, separator.start()))).append(separator.group());
            from = separator.end();
        }
        return titled.append(capitalized(text.substring(from))).toString();
    }

    private static Value trim(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("chars");
        String text = evaluation.text(input);
        Value chars = arguments.value(0, "chars", None.NONE);
        if (chars == None.NONE) {
            return new Text(text.strip());
        }
        String unwanted = evaluation.text(chars);
        int from = 0;
        int to = text.length();
        while (from < to && unwanted.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        while (to > from && unwanted.indexOf(text.charAt(to - 1)) >= 0) {
            to--;
        }
        return new Text(text.substring(from, to));
    }

    private static Value replace(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("old", "new", "count");
        String text = evaluation.text(input);
        String old = arguments.text(0, "old");
        String fresh = arguments.text(1, "new");
        int count = arguments.integer(2, "count", -1);
        if (count < 0) {
            return new Text(text.replace(old, fresh));
        }
        var replaced = new StringBuilder();
        int from = 0;
        for (int i = 0; i < count && from <= text.length(); i++) {
            int at = text.indexOf(old, from);
            if (at < 0) {
                break;
            }
            replaced.append(text, from, at).append(fresh);
            from = at + old.length();
            if (old.isEmpty() && from < text.length()) {
                replaced.append(text.charAt(from++));
            } else if (old.isEmpty()) {
                break;
            }
        }
        return new Text(replaced.append(text.substring(Math.min(from, text.length()))).toString());
    }

    private static Value split(Value input, Arguments arguments, Evaluation evaluation) {
        if (!(input instanceof Text(String text))) {
            throw new TemplateException("split takes a str, not " + Python.type(input));
        }
        Value separator = arguments.value(0, "sep", None.NONE);
        int limit = arguments.integer(1, "maxsplit", -1);
        return Value
                .texts(separator == None.NONE ? words(text, limit) : split(text, evaluation.text(separator), limit));
    }

    private static List<String> split(String text, String separator, int limit) {
        if (separator.isEmpty()) {
            throw new TemplateException("empty separator");
        }
        var parts = new ArrayList<String>();
        int from = 0;
        int at = text.indexOf(separator);
        while (at >= 0 && (limit < 0 || parts.size() < limit)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<String> words(String text, int limit) {
        var words = new ArrayList<String>();
        String rest = text.stripLeading();
        while (!rest.isEmpty()) {
            if (limit >= 0 && words.size() == limit) {
                words.add(rest);
                return words;
            }
            int end = 0;
            while (end < rest.length() && !Character.isWhitespace(rest.charAt(end))) {
                end++;
            }
            words.add(rest.substring(0, end));
            rest = rest.substring(end).stripLeading();
        }
        return words;
    }

    private static Value format(Value input, Arguments arguments, Evaluation evaluation) {
        if (!arguments.positional().isEmpty() && !arguments.named().isEmpty()) {
            throw new TemplateException("can't handle positional and keyword arguments at the same time");
        }
        Python.check(input);
        Value values = arguments.named().isEmpty()
                ? new TupleValue(arguments.positional())
                : MapValue.named(arguments.named());
        return new Text(Python.format(evaluation.text(input), values));
    }

    private static Value center(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("width");
        String text = evaluation.text(input);
        int width = Width.of(arguments.integer(0, "width", 80));
        int pad = Math.max(0, width - text.codePointCount(0, text.length()));
        int left = pad / 2 + (pad & width & 1);
        return new Text(" ".repeat(left) + text + " ".repeat(pad - left));
    }

    private static Value indent(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("width", "first", "blank");
        Value width = arguments.value(0, "width", Int.of(4));
        String indent = width instanceof Text(String text)
                ? text
                : " ".repeat(Math.max(0, Width.of(arguments.integer(0, "width", 4))));
        boolean first = arguments.bool(1, "first", false);
        boolean blank = arguments.bool(2, "blank", false);
        List<String> lines = lines(evaluation.text(input) + "\n"); // so that a final line feed keeps its place
        var indented = new StringBuilder(first ? indent : "");
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            indented.append(i == 0 ? "" : "\n").append(i > 0 && (blank || !line.isEmpty()) ? indent : "").append(line);
        }
        return new Text(indented.toString());
    }

    private static Value truncate(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("length", "killwords", "end", "leeway");
        String text = evaluation.text(input);
        int length = arguments.integer(0, "length", 255);
        String end = arguments.text(2, "end", "...");
        if (text.length() <= length + arguments.integer(3, "leeway", 5)) {
            return input;
        }
        if (length < end.length()) {
            throw new TemplateException("expected length >= " + end.length() + ", got " + length);
        }
        String kept = text.substring(0, length - end.length());
        int space = kept.lastIndexOf(' ');
        return new Text((arguments.bool(1, "killwords", false) || space < 0 ? kept : kept.substring(0, space)) + end);
    }

    private static Value wrap(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("width", "break_long_words", "wrapstring", "break_on_hyphens");
        var wrapping = new Wrapping(arguments.integer(0, "width", 79), arguments.bool(1, "break_long_words", true),
                arguments.bool(3, "break_on_hyphens", true));
        String end = arguments.text(2, "wrapstring", "\n");
        return new Text(lines(evaluation.text(input)).stream().map(line -> String.join(end, wrapping.wrap(line)))
                .collect(java.util.stream.Collectors.joining(end)));
    }

    private static String withoutTags(String text) {
        String bare = TAG.matcher(text).replaceAll("").strip().replaceAll("\\s+", " ");
        return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#34;", "\"")
                .replace("&#39;", "'").replace("&amp;", "&");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private static Value xmlAttributes(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("autospace");
        if (!(input instanceof MapValue map)) {
            throw new TemplateException("xmlattr takes a dict, not " + Python.type(input));
        }
        var out = new StringBuilder();
        map.byName().forEach((name, value) -> {
            if (value != None.NONE && !(value instanceof bramble.value.Undefined)) {
                if (name.chars().anyMatch(c -> Character.isWhitespace(c) || "/>=".indexOf(c) >= 0)) {
                    throw new TemplateException("Invalid character in attribute name: '" + name + "'");
                }
                out.append(out.isEmpty() ? "" : " ").append(escaped(name)).append("=\"")
                        .append(escaped(evaluation.text(value))).append('"');
            }
        });
        return new Text((arguments.bool(0, "autospace", true) && !out.isEmpty() ? " " : "") + out);
    }

    /** A word of a POSIX shell's command line that stands for exactly this text. */
    static String quoted(String text) {
        boolean plain = !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || "_@%+=:,./-".indexOf(c) >= 0);
        return plain ? text : "'" + text.replace("'", "'\"'\"'") + "'";
    }
}
