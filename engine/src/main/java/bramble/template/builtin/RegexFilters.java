package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.regex.PythonRegex;
import bramble.regex.PythonRegex.Flag;
import bramble.regex.PythonRegex.Found;
import bramble.regex.RegexException;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.TemplateException;
import bramble.template.Test;
import bramble.value.ListValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Filters and tests with regular expressions. */
@AutoService(Extensions.class)
public final class RegexFilters implements Extensions {
    private static final String POSIX_SPECIAL = "[].*^$\\";

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("regex_search", RegexFilters::search),
                entry("regex_findall", RegexFilters::findAll),
                entry("regex_replace", RegexFilters::replace),
                entry("regex_escape", RegexFilters::escape));
    }

    @Override
    public Map<String, Test> tests() {
        return Map.of(
                "match", (input, arguments, at) -> matches(input, arguments, at, "match"),
                "search", (input, arguments, at) -> matches(input, arguments, at, "search"),
                "regex", (input, arguments, at) -> matches(input, arguments, at,
                        arguments.text(3, "match_type", "search")));
    }

    /** What a piece of work with an expression gives; what is wrong with the expression becomes an error of the template. */
    static <T> T reading(Supplier<T> work) {
        try {
            return work.get();
        } catch (RegexException e) {
            throw new TemplateException("Invalid regular expression: " + e.getMessage());
        }
    }

    private static Set<Flag> flags(boolean ignoreCase, boolean multiline) {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        if (ignoreCase) {
            flags.add(Flag.IGNORECASE);
        }
        if (multiline) {
            flags.add(Flag.MULTILINE);
        }
        return flags;
    }

    private static boolean matches(Value input, Arguments arguments, Evaluation evaluation, String how) {
        arguments.only("pattern", "ignorecase", "multiline", "match_type");
        String text = evaluation.text(input);
        return reading(() -> {
            PythonRegex regex = PythonRegex.compile(arguments.text(0, "pattern", ""),
                    flags(arguments.bool(1, "ignorecase", false), arguments.bool(2, "multiline", false)));
            return (switch (how) {
                case "search" -> regex.search(text);
                case "match" -> regex.match(text);
                case "fullmatch" -> regex.fullMatch(text);
                default -> throw new TemplateException("invalid match_type '" + how
                        + "', expected one of: search, match, fullmatch");
            }).isPresent();
        });
    }

    private static Value search(Value input, Arguments arguments, Evaluation evaluation) {
        return reading(() -> {
            PythonRegex regex = PythonRegex.compile(arguments.text(0, "regex"),
                    flags(arguments.bool(-1, "ignorecase", false), arguments.bool(-1, "multiline", false)));
            Optional<Found> found = regex.search(evaluation.text(input));
            List<Integer> groups = arguments.from(1).stream().map(group -> group(evaluation.text(group), regex))
                    .toList();
            if (found.isEmpty()) {
                return None.NONE;
            }
            return groups.isEmpty()
                    ? new Text(found.get().text())
                    : new ListValue(groups.stream().map(group -> Value.of(found.get().groups().get(group))).toList());
        });
    }

    /** The number of the group that {@code \g<name>} or {@code \1} asks for. */
    private static int group(String reference, PythonRegex regex) {
        boolean named = reference.startsWith("\\g<") && reference.endsWith(">");
        String name = named
                ? reference.substring(3, reference.length() - 1)
                : reference.startsWith("\\") ? reference.substring(1) : "";
        if (!name.isEmpty() && name.length() < 6 && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int number = Integer.parseInt(name);
            if (number > regex.groupCount()) {
                throw new TemplateException("no such group: " + number);
            }
            return number;
        }
        if (!named) {
            throw new TemplateException("Unknown argument '" + reference + "': expected \\\\1 or \\\\g<name>");
        }
        return Optional.ofNullable(regex.names().get(name))
                .orElseThrow(() -> new TemplateException("no such group: " + name));
    }

    private static Value findAll(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("regex", "multiline", "ignorecase");
        return reading(() -> {
            PythonRegex regex = PythonRegex.compile(arguments.text(0, "regex"),
                    flags(arguments.bool(2, "ignorecase", false), arguments.bool(1, "multiline", false)));
            var all = new ArrayList<Value>();
            for (Found found : regex.findAll(evaluation.text(input))) {
                var groups = new ArrayList<Value>();
                for (int i = 1; i < found.groups().size(); i++) {
                    groups.add(new Text(found.group(i)));
                }
                all.add(groups.isEmpty()
                        ? new Text(found.text())
                        : groups.size() == 1 ? groups.getFirst() : new TupleValue(groups));
            }
            return new ListValue(all);
        });
    }

    private static Value replace(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("pattern", "replacement", "ignorecase", "multiline", "count", "mandatory_count");
        return reading(() -> {
            PythonRegex regex = PythonRegex.compile(arguments.text(0, "pattern", ""),
                    flags(arguments.bool(2, "ignorecase", false), arguments.bool(3, "multiline", false)));
            PythonRegex.Replaced replaced = regex.replace(evaluation.text(input), arguments.text(1, "replacement", ""),
                    arguments.integer(4, "count", 0));
            int mandatory = arguments.integer(5, "mandatory_count", 0);
            if (mandatory > 0 && replaced.count() != mandatory) {
                throw new TemplateException("'" + arguments.text(0, "pattern", "") + "' should match " + mandatory
                        + " times, but matches " + replaced.count() + " times");
            }
            return new Text(replaced.text());
        });
    }

    private static Value escape(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("re_type");
        String text = evaluation.text(input);
        return switch (arguments.text(0, "re_type", "python")) {
            case "python" -> new Text(PythonRegex.escape(text));
            case "posix_basic" -> {
                var escaped = new StringBuilder();
                text.chars().forEach(c -> escaped.append(POSIX_SPECIAL.indexOf(c) >= 0 ? "\\" : "").append((char) c));
                yield new Text(escaped.toString());
            }
            case "posix_extended" ->
                throw new TemplateException("Regex type (posix_extended) not yet implemented");
            default -> throw new TemplateException("Invalid regex type (" + arguments.text(0, "re_type") + ")");
        };
    }
}
