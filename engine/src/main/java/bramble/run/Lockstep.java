package bramble.run;

import bramble.event.Event;
import bramble.event.Events;
import bramble.event.TaskInfo;
import bramble.problem.ProblemException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The strategy {@code linear}: all hosts do a task before any begins the next. A host that has more to do, because it
 * includes what others don't, is waited for: of those that wait, the ones at the earliest position go first.
 *
 * <p>One thread owns the bookkeeping; hosts send it messages.
 */
final class Lockstep implements Pace {
    private sealed interface Message {
        record Arrival(String host, Position position, TaskInfo task, boolean onlyOnce, Optional<Line> line,
                CompletableFuture<Go> answer) implements Message {}

        record Done(String host, boolean failed, Optional<Position> ends) implements Message {}

        record Ended() implements Message {}

        record Leave(String host) implements Message {}

        record Close() implements Message {}
    }

    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final Events events;
    private final Stepping stepping;
    private final List<String> order;
    private final double maxFailPercentage;

    /**
     * @param hosts the batch, in the order in which they count
     * @param maxFailPercentage when more of them have failed, the play ends for all; 100 for never
     */
    Lockstep(List<String> hosts, double maxFailPercentage, Events events, Stepping stepping) {
        this.order = List.copyOf(hosts);
        this.maxFailPercentage = maxFailPercentage;
        this.events = events;
        this.stepping = stepping;
        Thread.ofVirtual().name("lockstep").start(this::work);
    }

    @Override
    public Go arrive(String host, Position position, TaskInfo task, boolean onlyOnce, Optional<Line> line)
            throws InterruptedException {
        var answer = new CompletableFuture<Go>();
        messages.add(new Message.Arrival(host, position, task, onlyOnce, line, answer));
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ProblemException problem ? problem : new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void done(String host, boolean failed, Optional<Position> ends) {
        messages.add(new Message.Done(host, failed, ends));
    }

    @Override
    public void end() {
        messages.add(new Message.Ended());
    }

    @Override
    public void leave(String host) {
        messages.add(new Message.Leave(host));
    }

    @Override
    public void close() {
        messages.add(new Message.Close());
    }

    private void work() {
        Set<String> active = new HashSet<>(order);
        Set<String> failed = new HashSet<>();
        Map<String, Position> toStop = new HashMap<>();
        Map<String, Message.Arrival> waiting = new LinkedHashMap<>();
        boolean over = false;
        while (true) {
            try {
                switch (messages.take()) {
                    case Message.Arrival arrival -> waiting.put(arrival.host(), arrival);
                    case Message.Done(String host, boolean hasFailed, Optional<Position> ends) -> {
                        boolean tooMany = false;
                        if (hasFailed && failed.add(host)) {
                            tooMany = failed.size() * 100.0 / order.size() > maxFailPercentage;
                        }
                        if (tooMany || ends.isPresent()) {
                            Position ended = tooMany ? Position.of() : ends.orElseThrow();
                            order.forEach(one -> toStop.merge(one, ended, (a, b) -> a.holds(b) ? a : b));
                        }
                        if (tooMany || ends.isPresent()) {
                            toStop.remove(host); // its own failure already tells it
                        }
                    }
                    case Message.Ended() -> over = true;
                    case Message.Leave(String host) -> active.remove(host);
                    case Message.Close() -> {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                return;
            }
            if (over) {
                List.copyOf(waiting.keySet()).forEach(host -> answer(waiting, host, Go.not(Word.STOP, host)));
            }
            if (!waiting.isEmpty() && waiting.keySet().containsAll(active)) {
                release(waiting, toStop);
            }
        }
    }

    private void release(Map<String, Message.Arrival> waiting, Map<String, Position> toStop) {
        boolean stopping = false;
        for (Message.Arrival arrival : List.copyOf(waiting.values())) {
            Position ended = toStop.remove(arrival.host());
            if (ended != null && ended.holds(arrival.position())) { // otherwise it had already come to its end
                answer(waiting, arrival.host(), Go.not(Word.STOP, arrival.host()));
                stopping = true;
            }
        }
        if (stopping) {
            return;
        }
        Position first = order.stream().flatMap(host -> Optional.ofNullable(waiting.get(host)).stream())
                .map(Message.Arrival::position).reduce((a, b) -> b.compareTo(a) < 0 ? b : a).orElseThrow();
        var group = new ArrayList<String>();
        for (String host : order) {
            Message.Arrival arrival = waiting.get(host);
            if (arrival != null && arrival.position().equals(first)) {
                group.add(host);
            }
        }
        Message.Arrival leader = java.util.Objects.requireNonNull(waiting.get(group.getFirst()));
        try {
            if (!stepping.takes(leader.task())) {
                group.forEach(host -> answer(waiting, host, Go.not(Word.PASS_OVER, host)));
                return;
            }
        } catch (ProblemException e) {
            for (String host : group) {
                Optional.ofNullable(waiting.remove(host)).ifPresent(one -> one.answer().completeExceptionally(e));
            }
            return;
        }
        events.tell(new Event.TaskStarted(Instant.now(), leader.task()));
        if (leader.task().module().equals("meta")) {
            (leader.onlyOnce() ? List.of(leader.host()) : group)
                    .forEach(host -> events.tell(new Event.HostStarted(Instant.now(), leader.task(), host)));
        }
        var together = new Group(group);
        for (String host : group) {
            Message.Arrival arrival = java.util.Objects.requireNonNull(waiting.get(host));
            boolean works = !arrival.onlyOnce() || together.isFirst(host);
            answer(waiting, host,
                    new Go(Word.BEGIN, together, works ? arrival.line().map(Line::stand) : Optional.empty()));
        }
    }

    private static void answer(Map<String, Message.Arrival> waiting, String host, Go go) {
        Message.Arrival arrival = waiting.remove(host);
        if (arrival != null) {
            arrival.answer().complete(go);
        }
    }
}
