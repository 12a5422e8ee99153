package bramble.template.builtin;

import bramble.problem.Nearest;
import bramble.problem.Source;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.Int;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers in order, written by a format: {@code start=0 end=10 stride=2 format=host%02x}, or {@code 4-16/2:host%02d}. */
final class Sequence {
    private static final List<String> NAMES = List.of("start", "end", "count", "stride", "format");
    /** What stands where a number belongs may be any word, so that it can be told that it is none. */
    private static final Pattern SHORT = Pattern.compile(
            "(?:(?<start>[^-=/:\\s]+)-)?(?<end>[^-=/:\\s]+)(?:/(?<stride>-?[^-=/:\\s]+))?(?::(?<format>.+))?");
    private static final Pattern PART = Pattern
            .compile(
                    "(?<name>[^\\s=]+)=(?:(?<quote>[\"'])(?<value>(?:\\\\.|(?!\\k<quote>).)*)\\k<quote>|(?<bare>\\S*))(?:\\s+|$)",
                    Pattern.DOTALL);
    private static final int LONGEST = 1_000_000;

    private Sequence() {}

    static List<Value> look(List<Value> terms, Arguments options, Evaluation evaluation) {
        var numbers = new ArrayList<Value>();
        if (terms.isEmpty()) {
            numbers(texts(options.named()), numbers);
        }
        for (Value term : terms) {
            Map<String, String> settings = texts(options.named());
            settings.putAll(settings(evaluation.text(term)));
            numbers(settings, numbers);
        }
        return numbers;
    }

    private static Map<String, String> texts(Map<String, Value> named) {
        var texts = new HashMap<String, String>();
        named.forEach((name, value) -> texts.put(name, PythonText.of(value)));
        return texts;
    }

    private static Map<String, String> settings(String term) {
        Matcher brief = SHORT.matcher(term.strip());
        var settings = new HashMap<String, String>();
        if (brief.matches()) {
            for (String name : List.of("start", "end", "stride", "format")) {
                Optional.ofNullable(brief.group(name)).ifPresent(value -> settings.put(name, value));
            }
            return settings;
        }
        Matcher part = PART.matcher(term.strip());
        while (part.lookingAt()) {
            settings.put(part.group("name"), part.group("value") == null
                    ? part.group("bare")
                    : part.group("value").replaceAll("\\\\(.)", "$1"));
            part.region(part.end(), part.regionEnd());
        }
        if (!part.hitEnd() || part.regionStart() < part.regionEnd()) {
            throw new TemplateException(
                    "sequence can't read \"" + term + "\": expected name=value, or start-end/stride:format");
        }
        return settings;
    }

    private static void numbers(Map<String, String> settings, List<Value> into) {
        settings.keySet().stream().filter(name -> !NAMES.contains(name)).findFirst().ifPresent(name -> {
            throw new TemplateException(Source.NONE, "unrecognized arguments to with_sequence: ['" + name + "']",
                    Nearest.hint(name, NAMES));
        });
        boolean counted = settings.containsKey("count");
        if (counted == settings.containsKey("end")) {
            throw new TemplateException(counted
                    ? "can't specify both count and end in with_sequence"
                    : "must specify count or end in with_sequence");
        }
        long start = number(settings, "start", 1);
        long stride = number(settings, "stride", 1);
        long count = number(settings, "count", 0);
        if (counted && count == 0) {
            return;
        }
        long end = counted ? start + (count - 1) * stride : number(settings, "end", 0);
        if (stride == 0) {
            return;
        }
        if (stride > 0 && end < start) {
            throw new TemplateException("to count backwards make stride negative");
        }
        if (stride < 0 && end > start) {
            throw new TemplateException("to count forward don't make stride negative");
        }
        if ((end - start) / stride >= LONGEST) {
            throw new TemplateException("sequence would have more than " + LONGEST + " items");
        }
        String format = settings.getOrDefault("format", "%d");
        for (long i = start; stride > 0 ? i <= end : i >= end; i += stride) {
            into.add(new Text(written(format, i)));
        }
    }

    private static long number(Map<String, String> settings, String name, long fallback) {
        String text = settings.get(name);
        if (text == null) {
            return fallback;
        }
        return Numbers.whole(text, 0).map(java.math.BigInteger::longValue)
                .orElseThrow(() -> new TemplateException("Invalid type for " + name
                        + " of with_sequence: expected a whole number, not \"" + text + "\""));
    }

    private static String written(String format, long number) {
        if (format.replace("%%", "").chars().filter(c -> c == '%').count() != 1) {
            throw new TemplateException(Source.NONE, "bad formatting string: " + format,
                    "It has one place for the number: a d, x or o behind a percent sign.");
        }
        return Python.percent(format, Int.of(number));
    }
}
