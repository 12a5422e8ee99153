package bramble.modules.containers;

import bramble.args.Arg;
import bramble.shell.Sh;
import bramble.value.Int;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** How docker finds out whether a container works. */
public record HealthCheck(
        @Arg("What is run: a list that begins with CMD, CMD-SHELL or NONE, or a line for a shell.") Optional<Value> test,
        @Arg("The time between two checks: 30s.") Optional<String> interval,
        @Arg("The time that a check may take.") Optional<String> timeout,
        @Arg("The time to begin in, while failures don't count.") Optional<String> startPeriod,
        @Arg("The time between two checks in that time.") Optional<String> startInterval,
        @Arg("How many failures in a row make it unhealthy.") Optional<Integer> retries) {

    private static final String NONE = "NONE";
    private static final String SHELL = "CMD-SHELL";

    private List<String> words() {
        return test.map(one -> one instanceof Text(String line) ? List.of(SHELL, line) : Tree.texts(one))
                .orElse(List.of());
    }

    /** Whether nothing is to look. */
    boolean off() {
        return !words().isEmpty() && words().getFirst().equals(NONE);
    }

    /** As docker tells it. */
    MapValue told() {
        if (off()) {
            return MapValue.of("Test", Value.texts(List.of(NONE)));
        }
        var told = new TreeMap<String, Value>();
        line().ifPresent(line -> told.put("Test", Value.texts(List.of(SHELL, line))));
        time(told, "Interval", interval);
        time(told, "Timeout", timeout);
        time(told, "StartPeriod", startPeriod);
        time(told, "StartInterval", startInterval);
        retries.ifPresent(times -> told.put("Retries", Int.of(times)));
        return MapValue.named(told);
    }

    /** As Ansible returns it: what the task says alone, times in nanoseconds. */
    MapValue asked() {
        var asked = new TreeMap<String, Value>();
        test.ifPresent(_ -> asked.put("test", Value.texts(words())));
        time(asked, "interval", interval);
        time(asked, "timeout", timeout);
        time(asked, "start_period", startPeriod);
        time(asked, "start_interval", startInterval);
        retries.ifPresent(times -> asked.put("retries", Int.of(times)));
        return MapValue.named(asked);
    }

    private static void time(TreeMap<String, Value> told, String key, Optional<String> time) {
        time.ifPresent(span -> told.put(key, Int.of(Sizes.nanoseconds(span))));
    }

    /** The line that docker's command takes: it knows checks by a shell alone. */
    private Optional<String> line() {
        List<String> words = words();
        if (words.isEmpty()) {
            return Optional.empty();
        }
        boolean shell = words.getFirst().equals(SHELL);
        List<String> rest = shell || words.getFirst().equals("CMD") ? words.subList(1, words.size()) : words;
        return Optional.of(shell ? String.join(" ", rest) : Sh.of("{}", rest).source());
    }

    /** The options of docker's command. */
    List<String> options() {
        if (off()) {
            return List.of("--no-healthcheck");
        }
        var options = new ArrayList<String>();
        line().ifPresent(line -> options.addAll(List.of("--health-cmd", line)));
        option(options, "--health-interval", interval);
        option(options, "--health-timeout", timeout);
        option(options, "--health-start-period", startPeriod);
        option(options, "--health-start-interval", startInterval);
        retries.ifPresent(times -> options.addAll(List.of("--health-retries", String.valueOf(times))));
        return options;
    }

    private static void option(List<String> options, String name, Optional<String> time) {
        time.ifPresent(span -> options.addAll(List.of(name, Sizes.nanoseconds(span) / 1_000_000 + "ms")));
    }
}
