package bramble.testkit.compare;

import bramble.value.Json;
import bramble.value.MapValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one engine said of one run of a playbook, read from the lines that it printed with {@code -v}.
 *
 * @param results in their order
 * @param recap the lines of the recap, blanks made one
 */
record Played(int exit, List<Result> results, List<String> recap, String output) {
    private static final Pattern HEADER = Pattern.compile("(TASK|RUNNING HANDLER|PLAY) \\[(.*)] \\*+");
    private static final Pattern STATUS = Pattern.compile("(ok|changed|skipping|fatal|failed): \\[.*");

    Played {
        results = List.copyOf(results);
        recap = List.copyOf(recap);
    }

    /**
     * One result of one task.
     *
     * @param task its header
     * @param outcome {@code ok}, {@code changed}, ...
     * @param of the host, and the item if it is one's
     */
    record Result(String task, String outcome, String of, MapValue values) {}

    static Played of(int exit, String output) {
        var results = new ArrayList<Result>();
        var recap = new ArrayList<String>();
        List<String> lines = output.lines().toList();
        String task = "";
        boolean summing = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            Matcher header = HEADER.matcher(line);
            if (header.matches()) {
                task = header.group(1) + " [" + header.group(2) + "]";
            } else if (line.startsWith("PLAY RECAP")) {
                summing = true;
            } else if (summing && line.contains(" : ok=")) {
                recap.add(line.strip().replaceAll("\\s+", " "));
            } else if (STATUS.matcher(line).matches() || line.startsWith("included: ")) {
                var text = new StringBuilder(line);
                Optional<Result> result = read(task, line);
                while (line.contains("{") && result.isEmpty() && i + 1 < lines.size() && text.length() < 1_000_000) {
                    i++;
                    text.append('\n').append(lines.get(i));
                    result = read(task, text.toString());
                }
                results.add(result.orElse(plain(task, line)));
            } else if (line.equals("...ignoring") && !results.isEmpty()) {
                Result last = results.removeLast();
                results.add(new Result(last.task(), last.outcome() + ", ignored", last.of(), last.values()));
            }
        }
        return new Played(exit, results, recap, output);
    }

    private static Result plain(String task, String line) {
        int colon = line.indexOf(": ");
        return new Result(task, line.substring(0, colon), line.substring(colon + 2).strip(), MapValue.EMPTY);
    }

    /** The result whose values begin at the first brace from which on all is JSON. */
    private static Optional<Result> read(String task, String text) {
        for (int at = text.indexOf("=> {"); at >= 0; at = text.indexOf("=> {", at + 1)) {
            var values = Json.tryParse(text.substring(at + 3));
            if (values.isPresent() && values.get() instanceof MapValue map) {
                Result plain = plain(task, text.substring(0, at));
                return Optional.of(new Result(task, plain.outcome(), plain.of().replaceAll("\\s+", " "), map));
            }
        }
        return Optional.empty();
    }
}
