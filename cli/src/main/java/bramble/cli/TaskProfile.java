package bramble.cli;

import bramble.event.Event;
import bramble.event.TaskInfo;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Prints when tasks began, and at the end which took longest: {@code ansible.posix.profile_tasks} and {@code profile_roles}. */
final class TaskProfile implements Consumer<Event> {
    private static final int COLUMNS = 79;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("EEEE dd MMMM yyyy  HH:mm:ss xx",
            Locale.ENGLISH);

    private final PrintStream out;
    private final Colours colours;
    private final boolean byRole;
    private final Order order;
    private final int most;
    private final Map<String, Spent> spent = new LinkedHashMap<>();
    private Optional<Instant> began = Optional.empty();
    private Optional<Instant> last = Optional.empty();
    private Optional<String> current = Optional.empty();
    private String position = "";

    /** In which order the times are shown. */
    enum Order {
        DESCENDING,
        ASCENDING,
        NONE
    }

    /** How long something took. */
    private record Spent(String name, Duration time) {}

    private TaskProfile(PrintStream out, Colours colours, boolean byRole, Order order, int most) {
        this.out = out;
        this.colours = colours;
        this.byRole = byRole;
        this.order = order;
        this.most = most;
    }

    static TaskProfile ofTasks(PrintStream out, Colours colours, Configuration configuration) {
        String section = "callback_profile_tasks";
        Order order = Order.valueOf(configuration.choice("descending", List.of("descending", "ascending", "none"),
                section, "sort_order", "PROFILE_TASKS_SORT_ORDER").toUpperCase(Locale.ROOT));
        boolean all = configuration.text(section, "task_output_limit", "PROFILE_TASKS_TASK_OUTPUT_LIMIT")
                .filter("all"::equals).isPresent();
        return new TaskProfile(out, colours, false, order, all
                ? Integer.MAX_VALUE
                : configuration.number(20, section, "task_output_limit", "PROFILE_TASKS_TASK_OUTPUT_LIMIT"));
    }

    static TaskProfile ofRoles(PrintStream out, Colours colours) {
        return new TaskProfile(out, colours, true, Order.DESCENDING, Integer.MAX_VALUE);
    }

    @Override
    public void accept(Event event) {
        switch (event) {
            case Event.RunStarted started -> {
                began = Optional.of(started.at());
                last = began;
            }
            case Event.TaskStarted started -> {
                boolean shown = !started.task().module().equals("meta");
                if (shown && !position.equals(started.task().position())) {
                    next(started.at());
                    position = started.task().position();
                    current = Optional.of(key(started.task()));
                    spent.putIfAbsent(key(started.task()), new Spent(name(started.task()), Duration.ZERO));
                }
            }
            case Event.RunEnded ended -> recap(ended.at());
            case Event _ -> {
                // takes no time of its own
            }
        }
        out.flush();
    }

    private String key(TaskInfo task) {
        return byRole ? name(task) : task.position();
    }

    private String name(TaskInfo task) {
        return byRole ? task.written().role().orElse(task.module()) : task.name().strip();
    }

    /** Ends what was done till now, and says it. */
    private void next(Instant now) {
        Duration past = Duration.between(last.orElse(now), now);
        current.ifPresent(key -> spent.computeIfPresent(key, (_, had) -> new Spent(had.name, had.time.plus(past))));
        last = Optional.of(now);
        String line = TIME.format(now.atZone(ZoneId.systemDefault())) + " (" + clock(past) + ")       "
                + clock(Duration.between(began.orElse(now), now)) + " ";
        out.println(colours.cyan(line + "*".repeat(Math.max(0, COLUMNS - line.length())) + " "));
    }

    private static String clock(Duration time) {
        return String.format(Locale.ROOT, "%d:%02d:%02d.%03d", time.toHours(), time.toMinutesPart(),
                time.toSecondsPart(), time.toMillisPart());
    }

    private void recap(Instant now) {
        next(now);
        out.println(colours.cyan("=".repeat(COLUMNS) + " "));
        var all = new ArrayList<>(spent.values());
        Comparator<Spent> longest = Comparator.comparing(Spent::time);
        switch (order) {
            case DESCENDING -> all.sort(Collections.reverseOrder(longest));
            case ASCENDING -> all.sort(longest);
            case NONE -> {
                // as they came
            }
        }
        all.stream().limit(most).forEach(one -> out.println(line(one.name + " ", "-", one.time)));
        if (byRole) {
            out.println("~".repeat(COLUMNS) + " ");
            out.println(line("total ", "-",
                    all.stream().map(Spent::time).reduce(Duration.ZERO, Duration::plus)));
        }
    }

    private static String line(String name, String fill, Duration time) {
        String seconds = String.format(Locale.ROOT, " %.2fs", time.toMillis() / 1000.0);
        int room = COLUMNS - name.length() - seconds.length();
        return name + fill.repeat(Math.max(0, room)) + seconds;
    }
}
