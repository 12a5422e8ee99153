package bramble.testkit.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines that an engine printed, without what differs from run to run: times, numbers of processes, temporary names. What is
 * said of the hosts of one task is in their order: they are done at the same time.
 */
record Printed(List<String> lines) {
    private static final Pattern OF_HOST = Pattern
            .compile(
                    "(?:ok|changed|skipping|fatal|failed|included|FAILED - RETRYING): .*?\\[?([\\w.-]+)(?: -> [^]]*)?].*"
                            + "|ASYNC \\w+ on ([\\w.-]+):.*|included: .* for ([\\w., -]+).*");
    private static final Pattern INCLUDED = Pattern.compile("(included: .* for )([\\w., -]+?)( => .*)?");
    private static final List<List<String>> VOLATILE = List.of(
            List.of("\"(start|end|delta|ansible_job_id|results_file|started_at)\": \"[^\"]*\"", "\"$1\": \"...\""),
            List.of("\"(atime|mtime|ctime|inode|dev|device_type|elapsed|version|size_of)\": [-\"\\d.]+", "\"$1\": 0"),
            List.of("(error was: )(.*?)\\. \\2(?=[\"\\\\])", "$1$2"),
            List.of("(NOT DEFINED!: )(.*?)\\. \\2\"", "$1$2\""),
            List.of("(option with an undefined variable.*?)(\\\\n\\\\nThe error appears|  *\\([\\w./]+:\\d+:\\d+\\)).*",
                    "$1"),
            List.of("jid=[\\d.j]+", "jid=..."), List.of("j?\\d{6,}\\.\\d+", "..."),
            List.of("/[\\w./~-]*(ansible|bramble)[\\w./-]*tmp[\\w./-]*", "/tmp/..."),
            List.of("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?", "..."));

    Printed {
        lines = List.copyOf(lines);
    }

    static Printed of(String output) {
        var lines = new ArrayList<String>();
        var entries = new ArrayList<Entry>();
        for (String line : output.lines().toList()) {
            if (line.isBlank()) {
                end(entries, lines);
                continue;
            }
            Optional<String> host = host(line);
            if (host.isPresent() || entries.isEmpty()) {
                entries.add(new Entry(host.orElse(""), new ArrayList<>()));
            }
            entries.getLast().lines.add(even(line));
        }
        end(entries, lines);
        return new Printed(lines);
    }

    private record Entry(String host, List<String> lines) {}

    private static Optional<String> host(String line) {
        Matcher of = OF_HOST.matcher(line);
        return of.matches()
                ? Optional.of(of.group(1) != null ? of.group(1) : of.group(2) != null ? of.group(2) : "")
                : Optional.empty();
    }

    private static void end(List<Entry> entries, List<String> lines) {
        entries.stream().sorted(Comparator.comparing(Entry::host)).forEach(entry -> lines.addAll(entry.lines));
        entries.clear();
    }

    private static String even(String line) {
        String even = line.stripTrailing().replaceAll("\\*{3,}$", "***");
        Matcher included = INCLUDED.matcher(even);
        if (included.matches()) {
            even = included.group(1) + Arrays.stream(included.group(2).split(", ")).sorted().toList()
                    + Optional.ofNullable(included.group(3)).orElse("");
        }
        for (List<String> rule : VOLATILE) {
            even = even.replaceAll(rule.getFirst(), rule.getLast());
        }
        return even;
    }

    /** The lines that only one of them has, in their order: {@code -} this one's, {@code +} the other one's. */
    List<String> against(Printed other) {
        int[][] common = new int[lines.size() + 1][other.lines.size() + 1]; // the longest sequence that both have from there on
        for (int i = lines.size() - 1; i >= 0; i--) {
            for (int j = other.lines.size() - 1; j >= 0; j--) {
                common[i][j] = lines.get(i).equals(other.lines.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        var found = new ArrayList<String>();
        String task = "";
        String told = "";
        int i = 0;
        int j = 0;
        while (i < lines.size() || j < other.lines.size()) {
            boolean both = i < lines.size() && j < other.lines.size() && lines.get(i).equals(other.lines.get(j));
            if (both) {
                task = lines.get(i).matches("(PLAY|TASK|RUNNING HANDLER) .*") ? lines.get(i) : task;
                i++;
                j++;
                continue;
            }
            if (!task.equals(told)) {
                found.add("  " + task);
                told = task;
            }
            if (j >= other.lines.size() || (i < lines.size() && common[i + 1][j] >= common[i][j + 1])) {
                found.add("  - " + lines.get(i++));
            } else {
                found.add("  + " + other.lines.get(j++));
            }
        }
        return found;
    }
}
