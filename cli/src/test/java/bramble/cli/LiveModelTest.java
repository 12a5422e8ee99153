package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.Outcome;
import bramble.event.PlayInfo;
import bramble.event.Tally;
import bramble.event.TaskInfo;
import bramble.problem.Source;
import bramble.value.MapValue;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a terminal shows of a run, from the events alone. */
class LiveModelTest {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    private static final ScreenSize SIZE = new ScreenSize(60, 14);
    private static final TaskInfo PACKAGES = task("0.1", "base : Packages");
    private static final TaskInfo KEYS = task("0.2", "base : Keys");

    private final LiveModel model = new LiveModel(
            new ResultLines(new Colours(false), 0, false, ResultForm.JSON,
                    new Diffs(new Colours(false), Diffs.CONTEXT)));
    private final List<String> scrolled = new ArrayList<>();

    private static TaskInfo task(String position, String name) {
        return new TaskInfo(position, name, "command", Source.NONE, false, false, "");
    }

    private void tell(Event... events) {
        for (Event event : events) {
            scrolled.addAll(model.accept(event));
        }
    }

    private void begin(String... hosts) {
        tell(new Event.PlayStarted(START, new PlayInfo("Cluster", "all", Source.NONE, false), List.of(hosts)),
                new Event.TaskStarted(START, PACKAGES));
        for (String host : hosts) {
            tell(new Event.HostStarted(START, PACKAGES, host));
        }
        scrolled.clear();
    }

    private static Event ended(TaskInfo task, String host, Outcome outcome, MapValue result) {
        return new Event.TaskEnded(START, task,
                new HostResult(host, Optional.empty(), Optional.empty(), outcome, result, List.of(),
                        Optional.empty(), false, false, START, Duration.ZERO));
    }

    private static Event item(TaskInfo task, String host, Outcome outcome, String item, MapValue result) {
        return new Event.ItemEnded(START, task,
                new HostResult(host, Optional.empty(), Optional.empty(), outcome, result, List.of(),
                        Optional.of(item), false, false, START, Duration.ZERO));
    }

    private static MapValue message(String text) {
        return MapValue.of("msg", text);
    }

    private List<String> region(int seconds) {
        return model.region(SIZE, START.plusSeconds(seconds));
    }

    @Test
    void tellsWhatEachHostDoesAndForHowLong() {
        begin("pi1", "pi2", "pi3");
        tell(ended(PACKAGES, "pi1", Outcome.CHANGED, MapValue.EMPTY),
                new Event.Waiting(START, "pi2", "connecting"),
                new Event.Blocked(START, "pi3", "jo@desk.example since noon"));
        assertEquals(List.of(
                "TASK [base : Packages] 2 at work, 1 changed",
                "  pi2  1m 15s  connecting",
                "  pi3  1m 15s  waits for another run: jo@desk.example since"), region(75));

        tell(new Event.Waiting(START, "pi2", ""), new Event.Waiting(START, "pi3", ""),
                new Event.Retrying(START, PACKAGES, "pi3", Optional.empty(), MapValue.EMPTY, 1));
        assertEquals(List.of("  pi2      2s", "  pi3      2s  not yet, 1 try left"),
                region(2).subList(1, 3));
        assertEquals(List.of(), scrolled);
    }

    @Test
    void tellsHowFarALargeFileIs() {
        begin("pi1", "pi2");
        tell(carried("pi1", 0, 1 << 20), carried("pi2", 0, 1 << 20), carried("pi1", 900, 40 << 20));
        assertEquals(List.of("  pi1      0s", "  pi2      0s"), region(0).subList(1, 3),
                "what is quick needs no words");
        tell(carried("pi1", 1900, 41 << 20));
        assertEquals(List.of("  pi1      2s  41% of 100.0 MiB sent, 20.0 MiB/s",
                "  pi2      2s  1% of 100.0 MiB sent, 0.0 KiB/s"), region(2).subList(1, 3));
        tell(carried("pi1", 4000, 100 << 20));
        assertEquals("  pi1      9s  100.0 MiB sent, 24.8 MiB/s", region(9).get(1), "the node is busy with it");

        tell(carried("pi1", 10_000, 1 << 20), carried("pi1", 10_500, 12 << 20));
        assertEquals("  pi1     11s  12% of 100.0 MiB sent, 11.0 MiB/s", region(11).get(1), "of the next one");
        tell(new Event.Carried(START, "pi2", Event.Carried.Way.RECEIVED, 0, 0),
                new Event.Carried(START.plusSeconds(2), "pi2", Event.Carried.Way.RECEIVED, 3 << 20, 0));
        assertEquals("  pi2      2s  3.0 MiB received, 1.5 MiB/s", region(2).get(2), "of how many, nobody knows");
        tell(ended(PACKAGES, "pi2", Outcome.CHANGED, MapValue.EMPTY), new Event.HostStarted(START, PACKAGES, "pi2"));
        assertEquals("  pi2      3s", region(3).get(2), "it is at something else");
    }

    /** Where lines stay, there are few of them, and none under Ansible's names. */
    @Test
    void tellsNowAndThenHowFarALargeFileIs() {
        assertEquals(List.of("pi1: 11% of 100.0 MiB sent, 1.0 MiB/s", "pi1: 41% of 100.0 MiB sent, 1.0 MiB/s"),
                notices(false));
        assertEquals(List.of(), notices(true));
    }

    private static List<String> notices(boolean compat) {
        var err = new ByteArrayOutputStream();
        var notices = new Notices(new PrintStream(err, true, StandardCharsets.UTF_8), new Colours(false), compat);
        for (int second = 0; second <= 45; second++) {
            notices.accept(carried("pi1", second * 1000, (1L + second) << 20));
        }
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static Event carried(String host, int milliseconds, long done) {
        return new Event.Carried(START.plusMillis(milliseconds), host, Event.Carried.Way.SENT, done, 100 << 20);
    }

    @Test
    void fitsTheScreenHoweverManyHostsThereAre() {
        begin(IntStream.range(0, 500).mapToObj(i -> "node" + i).toArray(String[]::new));
        List<String> region = region(1);
        assertEquals(7, region.size(), "half of the screen");
        assertEquals("  and 495 more: node5, node6, node7, node8, node9, node10, ", region.getLast());
        region.forEach(line -> assertEquals(true, line.length() < SIZE.columns(), line));
    }

    @Test
    void narrowScreensAndLongNamesKeepWhatTellsHostsApart() {
        String rack = "node-in-the-cellar-behind-the-boiler-";
        begin(rack + "1.cluster.example", rack + "2.cluster.example");
        tell(new Event.Waiting(START, rack + "2.cluster.example", "connecting"));
        assertEquals(List.of("TASK [b..kages] 2 at work", "  nod..r-1      5s", "  nod..r-2      5s  conne"),
                model.region(new ScreenSize(26, 10), START.plusSeconds(5)));
        assertEquals("  node-in..iler-2      5s  connecting",
                model.region(new ScreenSize(47, 10), START.plusSeconds(5)).getLast());
        for (int columns = 1; columns < 130; columns++) {
            var size = new ScreenSize(columns, 3);
            model.region(size, START).forEach(line -> assertTrue(line.length() < size.columns(), line));
        }
        assertEquals(List.of(1, 1, 2, 3), List.of(LiveModel.rows("", 10), LiveModel.rows("0123456789", 10),
                LiveModel.rows("0123456789a", 10), LiveModel.rows("\u754c".repeat(11), 10)));
    }

    @Test
    void manyHostsAreToldInALineUnlessTheyFailed() {
        String[] hosts = IntStream.range(0, 200).mapToObj(i -> "n" + i).toArray(String[]::new);
        begin(hosts);
        for (String host : hosts) {
            tell(ended(PACKAGES, host, host.equals("n7") ? Outcome.CHANGED : Outcome.OK, MapValue.EMPTY));
        }
        assertEquals(List.of("TASK [base : Packages]", "  ok: all but n7 (199)", "  changed: n7"),
                scrolled);
        begin(hosts);
        for (int i = 0; i < 200; i++) {
            tell(ended(PACKAGES, hosts[i], i < 100 ? Outcome.OK : Outcome.FAILED, message("no space left")));
        }
        assertTrue(scrolled.get(1).endsWith(", n19 and 80 more (100)"), scrolled.get(1));
        assertTrue(scrolled.get(2).endsWith(", n199 (100): no space left"), scrolled.get(2));
    }

    @Test
    void hostsThatRunAheadAreTold() {
        begin("pi1", "pi2");
        tell(ended(PACKAGES, "pi1", Outcome.OK, MapValue.EMPTY), new Event.TaskStarted(START, KEYS),
                new Event.HostStarted(START.plusSeconds(3), KEYS, "pi1"));
        assertEquals(List.of("2 hosts at work", "  pi2      4s  base : Packages", "  pi1      1s  base : Keys"),
                region(4));
    }

    @Test
    void equalResultsAreSaidOnce() {
        begin("pi1", "pi2", "pi3", "pi4", "pi5");
        for (int i = 1; i < 5; i++) {
            tell(ended(PACKAGES, "pi" + i, Outcome.FAILED, MapValue.of("msg", "no space left on pi" + i,
                    "stderr", "cat: write\nerror", "delta", "0:00:0" + i)));
        }
        assertEquals(List.of(), scrolled, "while others are at it");
        tell(ended(PACKAGES, "pi5", Outcome.FAILED, message("no space left")));
        assertEquals(List.of(
                "TASK [base : Packages]",
                "  failed: pi1, pi2, pi3, pi4 (4): no space left on HOST",
                "    stderr: cat: write",
                "      error",
                "  failed: pi5: no space left"), scrolled);
        assertEquals(List.of(), region(1));

        begin("a", "b");
        tell(ended(PACKAGES, "a", Outcome.UNREACHABLE, message("Tried to reach 10.0.0.1, but no route")),
                ended(PACKAGES, "b", Outcome.UNREACHABLE, message("Tried to reach 10.0.0.2, but no route")));
        assertEquals("  unreachable: a, b: Tried to reach HOST, but no route", scrolled.getLast());
        begin("a");
        tell(ended(PACKAGES, "a", Outcome.UNREACHABLE, message("Tried to reach 10.0.0.1, but no route")));
        assertEquals("  unreachable: a: Tried to reach 10.0.0.1, but no route", scrolled.getLast());
    }

    @Test
    void loopsTellWhatChangedOrFailed() {
        begin("pi1", "pi2");
        for (String host : List.of("pi1", "pi2")) {
            tell(item(PACKAGES, host, Outcome.OK, "curl", MapValue.EMPTY),
                    item(PACKAGES, host, Outcome.CHANGED, "vim", MapValue.of("diff",
                            MapValue.of("before", "", "after", "1\n", "before_header", "f", "after_header", "f"))));
        }
        tell(item(PACKAGES, "pi2", Outcome.FAILED, "emacs", message("no such package")),
                ended(PACKAGES, "pi1", Outcome.CHANGED, MapValue.of("results", List.of(), "skipped", false)),
                ended(PACKAGES, "pi2", Outcome.FAILED, MapValue.of("results", List.of(), "skipped", false)));
        assertEquals(List.of(
                "TASK [base : Packages]",
                "  --- before: f",
                "  +++ after: f",
                "  @@ -0,0 +1 @@",
                "  +1",
                "  changed: pi1, pi2 => (item=vim)",
                "  failed: pi2 (item=emacs): no such package"), scrolled);
    }

    @Test
    void whatANodeSaysDoesNotSteerTheTerminal() {
        begin("pi1");
        tell(ended(PACKAGES, "pi1", Outcome.FAILED, message("gone\u001b[2J\u0007\u009b1m\tx")));
        assertEquals("  failed: pi1: gone?[2J??1m    x", scrolled.getLast());
    }

    @Test
    void theRecapFitsTheScreen() {
        begin("pi1", "pi10");
        model.screen(new ScreenSize(80, 24));
        tell(new Event.RunEnded(START, new java.util.TreeMap<>(Map.of("pi1", Tally.ZERO.plusOk(), "pi10", Tally.ZERO)),
                MapValue.EMPTY, 0));
        assertEquals(List.of("RECAP", "pi1  : ok=1", "pi10 : ok=0"), scrolled.subList(1, 4));
    }

    @Test
    void endsWithTheRecap() {
        begin("pi1");
        tell(new Event.RunStarted(START, "20260301-100000-000", "run", List.of(), List.of(), Optional.empty(), "jo",
                false), ended(PACKAGES, "pi1", Outcome.SKIPPED, MapValue.EMPTY), new Event.TaskStarted(START, KEYS),
                new Event.HostStarted(START, KEYS, "pi1"),
                new Event.RunEnded(START.plusSeconds(3700), Map.of("pi1", Tally.ZERO), MapValue.EMPTY, 99));
        assertEquals(List.of("TASK [base : Packages]", "  skipping: pi1", "", "RECAP",
                "pi1                        : ok=0    changed=0    unreachable=0    failed=0    skipped=0    "
                        + "rescued=0    ignored=0   ",
                "Took 1h 01m, run 20260301-100000-000."), scrolled);
        assertEquals(List.of(), region(1), "nothing is left below it");
    }
}
