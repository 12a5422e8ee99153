package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.Outcome;
import bramble.event.TaskInfo;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.record.Recorder;
import bramble.value.MapValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts into the record of runs what a command does with images: which image, whose card, with what result. The host of an entry is the
 * node whose card it is, or this machine; its module is {@link #MODULE}.
 */
final class ImageRecord implements AutoCloseable {
    /** The module of such entries. */
    static final String MODULE = "image";

    /** What changes when a card gets an image. */
    static final String CARD = "card";

    /** What changes when an image is made, or made smaller. */
    static final String IMAGE = "image";

    private final Session session;
    private final Optional<Recorder> recorder;
    private final String id;
    private final Instant begun = Instant.now();
    private int entries;
    private int code = 1;

    private ImageRecord(Session session, Optional<Recorder> recorder, String id) {
        this.session = session;
        this.recorder = recorder;
        this.id = id;
    }

    /** @param command as it is typed: {@code image write} */
    static ImageRecord begin(Session session, String command) {
        var record = new ImageRecord(session, session.recorder(), session.newRunId());
        List<String> words = session.arguments().stream().map(word -> word.replaceAll("//[^/@\\s]*@", "//***@"))
                .toList();
        record.tell(Launch.started(record.id, command, words, List.of(), Optional.empty(), false));
        return record;
    }

    /**
     * One thing that was done.
     *
     * @param node whose it is; empty where it isn't said
     * @param did in words
     * @param changed what changed, by its name
     * @param after how it is now, of what may be shown
     * @param trouble why it failed; empty if it didn't
     */
    void entry(Optional<String> node, String did, List<String> changed, String before, String after, MapValue more,
            String trouble) {
        boolean failed = !trouble.isEmpty();
        List<Change> changes = failed
                ? List.of()
                : changed.stream().map(name -> new Change(name, Diff.text(name, before, after), List.of(), List.of()))
                        .toList();
        var task = new TaskInfo("0." + entries++, did, MODULE, Source.file("bramble image"), false, false, "");
        Outcome outcome = failed ? Outcome.FAILED : changes.isEmpty() ? Outcome.OK : Outcome.CHANGED;
        tell(new Event.TaskEnded(Instant.now(), task, new HostResult(node.orElse("localhost"), Optional.empty(),
                Optional.empty(), outcome, failed ? more.with("msg", session.secrets().mask(trouble)) : more, changes,
                Optional.empty(), false, false, begun, Duration.between(begun, Instant.now()))));
    }

    /** @param exitCode of the command */
    int ended(int exitCode) {
        code = exitCode;
        return exitCode;
    }

    private void tell(Event event) {
        try {
            recorder.ifPresent(one -> one.accept(event));
        } catch (IllegalStateException e) {
            session.report(Problem.warning(Source.NONE, String.valueOf(e.getMessage()), ""));
        }
    }

    @Override
    public void close() {
        tell(new Event.RunEnded(Instant.now(), Map.of(), MapValue.EMPTY, code));
        recorder.ifPresent(Recorder::close);
    }
}
