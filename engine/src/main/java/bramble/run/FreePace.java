package bramble.run;

import bramble.event.Event;
import bramble.event.Events;
import bramble.event.TaskInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The strategies {@code free} and {@code host_pinned}: nobody waits for anybody. */
final class FreePace implements Pace {
    private final Events events;
    private final Stepping stepping;
    private final Map<Position, Group> once = new ConcurrentHashMap<>();

    FreePace(Events events, Stepping stepping) {
        this.events = events;
        this.stepping = stepping;
    }

    @Override
    public Go arrive(String host, Position position, TaskInfo task, boolean onlyOnce, Optional<Line> line) {
        if (!stepping.takes(task)) {
            return Go.not(Word.PASS_OVER, host);
        }
        events.tell(new Event.TaskStarted(Instant.now(), task));
        Group group = onlyOnce
                ? once.computeIfAbsent(position, _ -> new Group(List.of(host)))
                : new Group(List.of(host));
        if (task.module().equals("meta") && group.isFirst(host)) {
            events.tell(new Event.HostStarted(Instant.now(), task, host));
        }
        return new Go(Word.BEGIN, group, onlyOnce && !group.isFirst(host) ? Optional.empty() : line.map(Line::stand));
    }

    @Override
    public void done(String host, boolean failed, Optional<Position> ends) {
        // the others go on
    }

    @Override
    public void end() {
        // each host looks for itself before it begins a task
    }

    @Override
    public void leave(String host) {
        // nobody waits for it
    }

    @Override
    public void close() {
        // there is nothing to end
    }
}
