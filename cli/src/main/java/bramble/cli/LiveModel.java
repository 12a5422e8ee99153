package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.Outcome;
import bramble.event.Tally;
import bramble.event.TaskInfo;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a person at a terminal sees of a run: for each task, when all hosts are through with it, its results, equal ones
 * of many hosts as one; and below them what each host does right now. It knows events and text, and no terminal.
 */
final class LiveModel {
    /** From so many hosts on, "all" says it better than their names. */
    private static final int MANY = 4;

    /** So many names are still read. */
    private static final int MOST_NAMES = 20;
    private static final int MOST_EXCEPTIONS = 3;

    private static final int MOST_OF_NAME = 12;

    private static final Pattern ADDRESS = Pattern.compile("\\b[0-9]{1,3}(\\.[0-9]{1,3}){3}\\b");

    private final Colours colours;
    private final int verbosity;
    private final ResultLines lines;
    private final Map<String, Block> blocks = new LinkedHashMap<>();
    private final Map<String, Activity> busy = new LinkedHashMap<>();
    private final Transfers transfers = new Transfers();
    private List<String> hosts = List.of();
    private ScreenSize screen = new ScreenSize(200, 50);
    private Optional<Instant> started = Optional.empty();
    private String id = "";

    /** @param lines what shows results, as Bramble shows them */
    LiveModel(ResultLines lines) {
        this.colours = lines.colours();
        this.verbosity = lines.verbosity();
        this.lines = lines;
    }

    /** What one host is at. */
    private record Activity(TaskInfo task, Instant since, String note) {
        Activity saying(String what) {
            return new Activity(task, since, what);
        }
    }

    /** What is said alike of several hosts; in a failure, {@code HOST} stands for what each is called. */
    private record Said(String diff, Tone tone, String before, String after) {}

    /** The hosts of which it is said, and how it is said of one alone. */
    private record About(String alone, Set<String> hosts) {}

    /** A task whose results are coming in. */
    private static final class Block {
        private final TaskInfo task;
        private final Map<Said, About> said = new LinkedHashMap<>();
        private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        private int through;

        Block(TaskInfo task) {
            this.task = task;
        }

        void say(Said what, String alone, String host) {
            said.computeIfAbsent(what, _ -> new About(alone, new LinkedHashSet<>())).hosts.add(host);
        }

        void say(Tone tone, String before, String after, String host) {
            say(new Said("", tone, before, after), after, host);
        }
    }

    // --- What scrolls ---

    /** The lines that are finished by this event. */
    List<String> accept(Event event) {
        return switch (event) {
            case Event.RunStarted run -> {
                started = Optional.of(run.at());
                id = run.id();
                yield List.of();
            }
            case Event.PlaybookStarted _,Event.Polled _,Event.Steered _,Event.TakenBack _ -> List.of();
            case Event.PlayStarted play -> {
                var out = endAll();
                hosts = play.hosts();
                out.add("");
                out.add(colours.paint(Tone.STRONG, "PLAY [" + clean(play.play().name().strip()) + "] on "
                        + count(hosts.size(), "host")));
                yield out;
            }
            case Event.PlaySkipped play -> {
                var out = endAll();
                out.add("");
                out.add(colours.paint(Tone.STRONG, "PLAY [" + clean(play.play().name().strip()) + "]"));
                out.add(colours.cyan("skipping: " + play.why()));
                yield out;
            }
            case Event.NoHostsLeft _ -> {
                var out = endAll();
                out.add(colours.red("no hosts left"));
                yield out;
            }
            case Event.TaskStarted start -> {
                var out = endOthers(start.task());
                if (!start.task().module().equals("meta")) {
                    block(start.task());
                }
                yield out;
            }
            case Event.HostStarted start -> {
                if (!start.task().module().equals("meta")) {
                    block(start.task());
                    busy.put(start.host(), new Activity(start.task(), start.at(), ""));
                    transfers.over(start.host());
                }
                yield List.of();
            }
            case Event.ItemEnded ended -> {
                item(ended);
                yield List.of();
            }
            case Event.TaskEnded ended -> ended(ended);
            case Event.Retrying retry -> {
                note(retry.host(), "not yet, " + count(retry.left(), "try", "tries") + " left");
                yield List.of();
            }
            case Event.Included included -> {
                block(included.task()).say(Tone.QUIET, "included: " + included.what() + " for ",
                        included.item().map(item -> " => (item=" + item + ")").orElse(""), included.host());
                yield List.of();
            }
            case Event.Waiting waiting -> {
                note(waiting.host(), waiting.why());
                yield List.of();
            }
            case Event.Reaching reaching -> verbosity > 2
                    ? List.of(colours.blue("<" + clean(reaching.host()) + "> " + clean(reaching.what())))
                    : List.of();
            case Event.Held held -> {
                note(held.host(), "waits: " + held.what());
                yield List.of();
            }
            case Event.Carried carried -> {
                transfers.accept(carried);
                yield List.of();
            }
            case Event.Blocked blocked -> {
                note(blocked.host(), "waits for another run: " + blocked.by());
                yield List.of();
            }
            case Event.Warned warned -> List.of(colours.magenta(clean("[WARNING]: " + warned.problem())));
            case Event.RunEnded end -> recap(end);
            case Event.Notified _,Event.HandlerDone _,Event.MetaSkipped _ -> List.of();
        };
    }

    private Block block(TaskInfo task) {
        return blocks.computeIfAbsent(task.position(), _ -> new Block(task));
    }

    private void note(String host, String what) {
        busy.computeIfPresent(host, (_, activity) -> activity.saying(what));
    }

    private void item(Event.ItemEnded ended) {
        Outcome outcome = ended.result().outcome();
        String label = ended.result().item().orElse("");
        note(ended.result().host(), "after " + label);
        boolean dull = outcome == Outcome.OK || outcome == Outcome.SKIPPED;
        ResultLine line = lines.item(ended.task(), ended.result());
        boolean told = line.words().map(words -> !words.after().endsWith("(item=" + label + ")")).orElse(false);
        if (outcome.bad()) {
            say(block(ended.task()), ended.result(), bad(ended.result(), " (item=" + label + ")"));
        } else if (!dull || verbosity > 0 || (told && outcome == Outcome.OK)) {
            say(block(ended.task()), ended.result(), line);
        }
    }

    private List<String> ended(Event.TaskEnded ended) {
        HostResult result = ended.result();
        Block block = block(ended.task());
        block.through++;
        block.counts.merge(result.outcome(), 1, Integer::sum);
        busy.remove(result.host());
        transfers.over(result.host());
        boolean loop = result.loop();
        if (result.outcome().bad() && !loop) {
            say(block, result, bad(result, ""));
        } else if (loop && result.outcome() == Outcome.OK) {
            block.say(Tone.GOOD, "ok: ", "", ResultLines.host(result));
        } else {
            say(block, result, lines.task(ended.task(), result));
        }
        return block.through >= hosts.size() ? end(block) : List.of();
    }

    private void say(Block block, HostResult result, ResultLine line) {
        String host = ResultLines.host(result);
        line.words().ifPresent(words -> block.say(new Said(line.diff(), words.tone(), words.before(),
                words.tone() == Tone.BAD ? shared(words.after(), result.host()) : words.after()), words.after(), host));
        if (line.ignoring()) {
            block.say(Tone.QUIET, "failure ignored: ", "", host);
        }
    }

    /** A failure as a person reads it: the sentence, then what the command said. */
    private ResultLine bad(HostResult result, String item) {
        MapValue map = result.result();
        var text = new StringBuilder(item).append(": ").append(text(map, "msg").isEmpty()
                ? text(map, "censored")
                : text(map, "msg"));
        map.get("rc").filter(_ -> text(map, "msg").contains("return code"))
                .ifPresent(rc -> text.append(' ').append(PythonText.of(rc)));
        for (String stream : List.of("stderr", "stdout")) {
            String said = text(map, stream).isEmpty() ? text(map, "module_" + stream) : text(map, stream);
            if (!said.isBlank()) {
                text.append("\n  ").append(stream).append(": ")
                        .append(said.stripTrailing().replace("\n", "\n    "));
            }
        }
        if (verbosity > 0) {
            text.append("\n  ").append(ResultForm.JSON.of(map.without("diff"), false));
        }
        String diff = map.get("diff").map(lines.diffs()::unified).orElse("");
        String word = result.outcome() == Outcome.UNREACHABLE ? "unreachable: " : "failed: ";
        return new ResultLine(diff, Optional.of(new ResultLine.Words(Tone.BAD, word, text.toString())),
                result.ignored());
    }

    private static String text(MapValue map, String key) {
        return map.get(key).map(Value::toString).orElse("");
    }

    /** A host's own name and address are what makes an error of many hosts look different. */
    private static String shared(String text, String host) {
        String named = text.replaceAll("(?<![\\w.-])" + Pattern.quote(host) + "(?![\\w-])", "HOST");
        return ADDRESS.matcher(named).replaceAll("HOST");
    }

    private List<String> endOthers(TaskInfo next) {
        Set<String> running = busy.values().stream().map(activity -> activity.task.position())
                .collect(Collectors.toSet());
        var out = new ArrayList<String>();
        for (Block block : List.copyOf(blocks.values())) {
            if (!block.task.position().equals(next.position()) && !running.contains(block.task.position())) {
                out.addAll(end(block));
            }
        }
        return out;
    }

    private List<String> endAll() {
        var out = new ArrayList<String>();
        List.copyOf(blocks.values()).forEach(block -> out.addAll(end(block)));
        busy.clear();
        return out;
    }

    private List<String> end(Block block) {
        blocks.remove(block.task.position());
        if (block.said.isEmpty()) {
            return List.of();
        }
        var out = new ArrayList<String>();
        out.add(title(block.task));
        if (verbosity > 1 && block.task.source().line() > 0) {
            out.add(colours.grey("  task path: " + block.task.source().file() + ":" + block.task.source().line()));
        }
        block.said.forEach((said, about) -> {
            if (!said.diff.isBlank()) {
                said.diff.lines().map(line -> "  " + clean(line)).forEach(out::add);
            }
            String text = said.before + (said.tone == Tone.BAD ? allNames(about.hosts) : names(about.hosts))
                    + (about.hosts.size() > 1 ? said.after : about.alone);
            text.lines().map(line -> "  " + colours.paint(said.tone, clean(line))).forEach(out::add);
        });
        return out;
    }

    private static String title(TaskInfo task) {
        return (task.handler() ? "HANDLER [" : "TASK [") + clean(task.name().strip()) + "]";
    }

    private String names(Set<String> about) {
        if (about.size() <= MOST_NAMES || about.size() == hosts.size()) {
            return allNames(about);
        }
        List<String> others = hosts.stream().filter(host -> !about.contains(host)).toList();
        return others.size() <= MOST_EXCEPTIONS
                ? "all but " + String.join(", ", others) + " (" + about.size() + ")"
                : inOrder(about).limit(MOST_NAMES).collect(Collectors.joining(", ")) + " and "
                        + (about.size() - MOST_NAMES) + " more (" + about.size() + ")";
    }

    /** Of what went wrong each host is named. */
    private String allNames(Set<String> about) {
        if (about.size() >= MANY && about.size() == hosts.size()) {
            return "all " + about.size() + " hosts";
        }
        return inOrder(about).collect(Collectors.joining(", "))
                + (about.size() >= MANY ? " (" + about.size() + ")" : "");
    }

    private Stream<String> inOrder(Set<String> about) {
        return about.stream().sorted(Comparator.comparingInt(hosts::indexOf));
    }

    private List<String> recap(Event.RunEnded end) {
        var out = endAll();
        out.add("");
        out.add(colours.paint(Tone.STRONG, "RECAP"));
        end.tallies()
                .forEach((host, tally) -> out.add(colours.recap(tally, recap(host, tally, end.tallies().keySet()))));
        if (!end.statistics().entries().isEmpty()) {
            out.add("CUSTOM STATS: " + clean(ResultForm.JSON.inOneLine(statistics(end))));
        }
        started.ifPresent(from -> out.add("Took " + time(Duration.between(from, end.at())) + ", run " + id + "."));
        return out;
    }

    /** Those of the whole run, and those of hosts by their names. */
    private static MapValue statistics(Event.RunEnded end) {
        MapValue hosts = end.statistics().without(Event.RunEnded.RUN);
        return end.statistics().get(Event.RunEnded.RUN).orElse(MapValue.EMPTY) instanceof MapValue run
                ? run.with(hosts)
                : hosts;
    }

    /** As Ansible has it, or where that doesn't fit, without what is nought. */
    private String recap(String host, Tally tally, Set<String> all) {
        String line = ResultLines.recap(host, tally, new Colours(false));
        if (line.stripTrailing().length() < screen.columns()) {
            return line;
        }
        int widest = all.stream().mapToInt(String::length).max().orElse(0);
        return (host + " ".repeat(Math.max(0, Math.min(widest, screen.columns() / 2) - host.length())) + " : "
                + line.substring(line.lastIndexOf(" : ") + 3)
                        .replaceAll("(changed|unreachable|failed|skipped|rescued|ignored)=0\\s*", ""))
                .stripTrailing();
    }

    // --- What is redrawn ---

    /** Says how large the screen is from now on. */
    void screen(ScreenSize size) {
        screen = size;
    }

    /**
     * What happens right now, in lines that fit.
     *
     * @return at most half of the screen, and at least a line as long as anything is being done
     */
    List<String> region(ScreenSize size, Instant now) {
        if (blocks.isEmpty()) {
            return List.of();
        }
        int most = Math.max(2, size.rows() / 2);
        var out = new ArrayList<String>();
        boolean one = blocks.size() == 1;
        out.add(one
                ? heading(blocks.values().iterator().next(), size.columns() - 1)
                : count(busy.size(), "host") + " at work");
        List<Map.Entry<String, Activity>> working = busy.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.comparing(Activity::since))).toList();
        int shown = working.size() < most ? working.size() : most - 2;
        String domain = domain(working.stream().map(Map.Entry::getKey).toList());
        int width = Math.clamp(working.stream().mapToInt(entry -> entry.getKey().length()).max().orElse(1), 1,
                Math.clamp(size.columns() / 3, 8, 30));
        for (Map.Entry<String, Activity> entry : working.subList(0, shown)) {
            Activity activity = entry.getValue();
            String note = transfers.now(entry.getKey(), now).orElse(activity.note);
            String what = (one ? "" : activity.task.name().strip()) + (note.isEmpty()
                    ? ""
                    : (one ? "" : ": ") + note);
            out.add(String.format(Locale.ROOT, "  %-" + width + "s  %6s  %s",
                    shortened(entry.getKey(), domain, width), time(Duration.between(activity.since, now)), what));
        }
        if (shown < working.size()) {
            out.add("  and " + (working.size() - shown) + " more: " + working.subList(shown, working.size()).stream()
                    .map(Map.Entry::getKey).collect(Collectors.joining(", ")));
        }
        return out.stream().map(line -> cut(clean(line).stripTrailing().replace('\n', ' '), size.columns() - 1))
                .toList();
    }

    private String heading(Block block, int columns) {
        String counts = block.counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(", "));
        return new Heading(title(block.task), " " + busy.size() + " at work" + (counts.isEmpty() ? "" : ", " + counts))
                .within(columns);
    }

    /** A task and how far it is: where both don't fit, the task's name gives way. */
    private record Heading(String task, String state) {
        String within(int columns) {
            int left = columns - state.length();
            return shortened(task, Math.max(MOST_OF_NAME, left)) + state;
        }
    }

    /** What all names have in common from a dot on; it tells nothing apart. */
    private static String domain(List<String> names) {
        String first = names.isEmpty() ? "" : names.getFirst();
        for (int dot = first.indexOf('.'); dot > 0; dot = first.indexOf('.', dot + 1)) {
            String end = first.substring(dot);
            if (names.stream().allMatch(name -> name.endsWith(end))) {
                return end;
            }
        }
        return "";
    }

    private static String shortened(String name, String domain, int most) {
        return name.length() <= most
                ? name
                : shortened(name.substring(0, name.length() - domain.length()), most);
    }

    /** A name of more letters than there is room for keeps its beginning and its end, which tells hosts apart. */
    private static String shortened(String name, int most) {
        int end = Math.max(1, (most - 2) / 2);
        return name.length() <= most
                ? name
                : name.substring(0, Math.max(0, most - 2 - end)) + ".." + name.substring(name.length() - end);
    }

    /** How many lines of the screen a line takes, which was drawn when the screen may have been wider. */
    static int rows(String line, int columns) {
        int width = line.codePoints().map(LiveModel::width).sum();
        return Math.max(1, (width + columns - 1) / columns);
    }

    private static int width(int letter) {
        return letter < 0x1100 ? 1 : 2; // what is wide is there, and some of what isn't
    }

    private static String cut(String line, int columns) {
        int width = 0;
        for (int i = 0; i < line.length(); i += Character.charCount(line.codePointAt(i))) {
            width += width(line.codePointAt(i));
            if (width > columns) {
                return line.substring(0, i);
            }
        }
        return line;
    }

    /** What comes from a node shall not steer the terminal; our own colours do. */
    private static String clean(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                out.append("    ");
            } else if (c == '\u001b' && text.startsWith("\u001b[", i)
                    && text.substring(i).matches("(?s)\\u001b\\[(0|0;3[0-9]|1;3[05])m.*")) {
                out.append(c);
            } else {
                out.append((c < ' ' && c != '\n') || (c >= 0x7f && c < 0xa0) ? '?' : c);
            }
        }
        return out.toString();
    }

    private static String count(int number, String one) {
        return count(number, one, one + "s");
    }

    private static String count(int number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }

    private static String time(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        return seconds < 60
                ? seconds + "s"
                : seconds < 3600
                        ? String.format(Locale.ROOT, "%dm %02ds", seconds / 60, seconds % 60)
                        : String.format(Locale.ROOT, "%dh %02dm", seconds / 3600, seconds % 3600 / 60);
    }
}
