package bramble.run;

import bramble.connection.UnreachableException;
import bramble.event.Event;
import bramble.event.TaskInfo;
import bramble.module.Action;
import bramble.module.Inquiry;
import bramble.module.Platform;
import bramble.module.Talk;
import bramble.shell.Answer;
import bramble.shell.Piece;
import bramble.shell.Progress;
import bramble.shell.Watch;
import bramble.template.Scope;
import bramble.template.Templates;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;

/** A conversation module's view of the run. */
final class Dialogue implements Talk {
    private final World world;
    private final TaskInfo info;
    private final TaskPlace place;
    private final HostScope scope;
    private final Turn turn;

    Dialogue(World world, TaskInfo info, TaskPlace place, HostScope scope, Turn turn) {
        this.turn = turn;
        this.world = world;
        this.info = info;
        this.place = place;
        this.scope = scope;
    }

    /** A job in the background that this run began. */
    Optional<Job.Known> job(String id) {
        return Optional.ofNullable(world.jobs.get(id));
    }

    /** Where the node's jobs in the background are kept. */
    String jobs() throws InterruptedException {
        return Job.home(TaskPlace.text(world, scope, "ansible_async_dir"), place, turn);
    }

    /** When the host works on the task. */
    Turn turn() {
        return turn;
    }

    @Override
    public Scope scope() {
        return scope;
    }

    @Override
    public Templates templates() {
        return world.templates;
    }

    @Override
    public Peer node() {
        return new Peer() {
            @Override
            public <S> S ask(Inquiry<S> inquiry) {
                return inNode(() -> nodeTask(place.predictions(), _ -> {}).ask(inquiry));
            }

            @Override
            public Answer run(Action action) {
                return inNode(() -> nodeTask(place.predictions(), _ -> {}).act(action));
            }

            @Override
            public Answer part(Action action, long before, long all) {
                var received = new Carrying(world, scope.host(), Event.Carried.Way.RECEIVED);
                return inNode(() -> nodeTask(place.predictions(),
                        came -> received.at(Math.min(all, before + came), all)).act(action));
            }

            @Override
            public Platform platform() {
                return inNode(() -> place.node().platform(place.become()));
            }

            @Override
            public void reconnect(Duration timeout) {
                Instant end = Instant.now().plus(timeout);
                while (true) {
                    try {
                        inNode(() -> {
                            place.node().reconnect();
                            return place.node().ask(place.become(), List.of(Piece.free(bramble.shell.Sh.raw(":"))),
                                    Watch.NONE);
                        });
                        return;
                    } catch (UnreachableException e) {
                        if (Instant.now().isAfter(end)) {
                            throw e;
                        }
                        pause(Duration.ofSeconds(1), "it does not answer yet");
                    }
                }
            }
        };
    }

    private NodeTask nodeTask(Overlay overlay, LongConsumer came) {
        return new NodeTask(place.node().asker(new NodeTask.Asker() {
            @Override
            public List<Answer> ask(List<Piece> pieces) {
                return place.node().ask(place.become(), pieces,
                        Watch.carrying(new Carrying(world, scope.host(), Event.Carried.Way.SENT), came));
            }

            @Override
            public Progress received() {
                return new Carrying(world, scope.host(), Event.Carried.Way.RECEIVED);
            }

            @Override
            public List<Answer> read(List<Piece> pieces) {
                return place.node().read(place.become(), pieces, _ -> List.of(), Watch.NONE);
            }
        }),
                place.node().platform(place.become()), overlay, place.dryRun(), place.environment());
    }

    private <T> T inNode(java.util.concurrent.Callable<T> work) {
        try {
            return place.node().call(turn, work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Interrupted(e);
        }
    }

    private void pause(Duration time, String why) {
        try {
            controller().sleep(time, why);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Interrupted(e);
        }
    }

    /** The run was ended while a conversation was going on. */
    static final class Interrupted extends RuntimeException {
        Interrupted(InterruptedException cause) {
            super(cause);
        }
    }

    @Override
    public Controller controller() {
        return new Controller() {
            @Override
            public boolean dryRun() {
                return place.dryRun();
            }

            @Override
            public boolean diff() {
                return place.diff();
            }

            @Override
            public void sleep(Duration time, String why) throws InterruptedException {
                if (!why.isEmpty()) {
                    world.events.tell(new Event.Waiting(Instant.now(), scope.host(), info.name() + ": " + why));
                }
                turn.aside(() -> Thread.sleep(time));
            }

            @Override
            public String prompt(String question, boolean echo) {
                var answer = new AtomicReference<>(Optional.<String>empty());
                try {
                    turn.aside(() -> answer.set(world.terminal.ask(question, echo)));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new Interrupted(e);
                }
                return answer.get().orElse("");
            }
        };
    }
}
