package bramble.cli;

import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Diffs as Ansible prints them: unified.
 *
 * @param context how many lines around a difference are shown
 */
record Diffs(Colours colours, int context) {
    static final int CONTEXT = 3;

    /** @param diff what a result has under {@code diff}: one, or a list of them */
    String unified(Value diff) {
        return switch (diff) {
            case ListValue list ->
                list.items().stream().map(this::unified).filter(text -> !text.isEmpty())
                        .collect(Collectors.joining("\n"));
            case MapValue map when map.get("prepared").isPresent() -> PythonText.of(map.get("prepared").get());
            case MapValue map -> lines(map);
            default -> "";
        };
    }

    private String lines(MapValue diff) {
        List<String> before = lines(text(diff, "before"));
        List<String> after = lines(text(diff, "after"));
        var patch = DiffUtils.diff(before, after);
        if (patch.getDeltas().isEmpty()) {
            return "";
        }
        var printed = new ArrayList<String>();
        for (String line : UnifiedDiffUtils.generateUnifiedDiff(header(diff, "before"), header(diff, "after"), before,
                patch, context)) {
            printed.add(line.startsWith("@@")
                    ? colours.cyan(place(line))
                    : line.startsWith("+") ? colours.green(line) : line.startsWith("-") ? colours.red(line) : line);
        }
        return String.join("\n", printed) + "\n";
    }

    /** Where a hunk is, as diff(1) writes it: a length of one is left out, and no lines come after line n - 1. */
    private static String place(String line) {
        return line.replace(",1 ", " ").replaceFirst("-1,0 ", "-0,0 ").replaceFirst("\\+1,0 ", "+0,0 ");
    }

    private static String header(MapValue diff, String side) {
        String name = diff.get(side + "_header").map(PythonText::of).orElse("");
        return side.toLowerCase(Locale.ROOT) + (name.isEmpty() ? "" : ": " + name);
    }

    private static String text(MapValue diff, String side) {
        return switch (diff.get(side).orElse(new Text(""))) {
            case Text(String text) -> text;
            case MapValue map -> Json.pretty(map) + "\n";
            case ListValue list -> Json.pretty(list) + "\n";
            case Value other -> PythonText.of(other);
        };
    }

    private static List<String> lines(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        } else {
            lines.set(lines.size() - 1, lines.getLast() + "\n\\ No newline at end of file");
        }
        return lines;
    }
}
