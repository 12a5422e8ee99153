package bramble.cli;

import bramble.record.History;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the record had of a node and a rebuilt one hasn't: what nothing made again, and what came out otherwise.
 *
 * @param lines to be shown; none where there is no difference
 */
record RebuildReport(List<String> lines) {
    /** What leaves no state behind that could be compared. */
    private static final Set<String> DEEDS = Set.of("command", "shell", "raw", "script", "reboot", "expect", "uri",
            "fetch",
            "service", "systemd", "meta", "pause", ImageRecord.MODULE);

    /**
     * Compares.
     *
     * @param changes all that is recorded as changed on the node, the newest first
     * @param played what was played since the rebuilding began
     */
    static RebuildReport of(List<History.Entry> changes, List<History.Entry> played, Instant began) {
        var tasks = new HashSet<String>();
        played.stream().filter(entry -> !entry.outcome().equals("SKIPPED")).forEach(entry -> tasks.add(task(entry)));
        Map<String, Made> now = new LinkedHashMap<>();
        Map<String, Made> before = new LinkedHashMap<>();
        for (History.Entry entry : changes) {
            if (entry.outcome().equals("CHANGED") && !DEEDS.contains(plain(entry.module()))) {
                made(entry, entry.started().isBefore(began) ? before : now);
            }
        }
        var lines = new ArrayList<String>();
        before.forEach((subject, old) -> {
            Made fresh = now.get(subject);
            if (fresh == null && !tasks.contains(task(old.entry))) {
                lines.add("not made again: " + subject + told(old.entry));
            } else if (fresh != null && differs(old.after, fresh.after)) {
                lines.add("otherwise than before: " + subject + told(fresh.entry));
            }
        });
        if (lines.isEmpty()) {
            lines.add("All that the record had of it is there again.");
        }
        lines.addAll(cards(changes, began));
        return new RebuildReport(List.copyOf(lines));
    }

    /** Which image its card has, and which the one before had, as far as that is recorded. */
    private static List<String> cards(List<History.Entry> changes, Instant began) {
        List<History.Entry> written = changes.stream()
                .filter(entry -> entry.module().equals(ImageRecord.MODULE) && entry.outcome().equals("CHANGED")
                        && entry.changes().items().stream().anyMatch(one -> one instanceof MapValue change
                                && change.get("subject").equals(Optional.of(new Text(ImageRecord.CARD)))))
                .toList();
        var lines = new ArrayList<String>();
        written.stream().filter(entry -> !entry.started().isBefore(began)).findFirst()
                .ifPresent(entry -> lines.add("its card has " + image(entry)));
        written.stream().filter(entry -> entry.started().isBefore(began)).findFirst()
                .ifPresent(entry -> lines
                        .add((lines.isEmpty() ? "its last card that is recorded had " : "the one before had ")
                                + image(entry)));
        return lines;
    }

    private static String image(History.Entry entry) {
        String name = PythonText.of(entry.result().get("image").orElse(new Text("")));
        String checksum = PythonText.of(entry.result().get("checksum").or(() -> entry.result().get("content"))
                .orElse(new Text("")));
        return name.substring(name.lastIndexOf('/') + 1) + " (" + checksum + "), written "
                + HistoryCommand.TIME.format(entry.started()) + ", run " + entry.run();
    }

    private record Made(History.Entry entry, Value after) {}

    /** The newest counts. */
    private static void made(History.Entry entry, Map<String, Made> into) {
        for (Value one : entry.changes().items()) {
            if (one instanceof MapValue change) {
                into.putIfAbsent(
                        plain(entry.module()) + " " + PythonText.of(change.get("subject").orElse(new Text(""))),
                        new Made(entry, change.get("after").orElse(new Text(""))));
            }
        }
    }

    /** What can't be compared, as it isn't shown, doesn't differ. */
    private static boolean differs(Value old, Value fresh) {
        boolean shown = !old.equals(new Text("")) && !fresh.equals(new Text(""));
        return shown && !old.equals(fresh);
    }

    /** By its name; one without a name by where it stands. */
    private static String task(History.Entry entry) {
        boolean named = !plain(entry.task()).equals(plain(entry.module()));
        return plain(entry.module()) + " " + (named ? entry.task() : entry.source()) + " " + entry.item().orElse("");
    }

    private static String plain(String module) {
        return module.substring(module.lastIndexOf('.') + 1);
    }

    private static String told(History.Entry entry) {
        return "   (" + (entry.task().equals(plain(entry.module())) ? "" : "\"" + entry.task() + "\", ")
                + HistoryCommand.TIME.format(entry.started()) + ", run " + entry.run() + ")";
    }
}
