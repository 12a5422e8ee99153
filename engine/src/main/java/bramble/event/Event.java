package bramble.event;

import bramble.problem.Problem;
import bramble.value.MapValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Something that happened in a run. */
public sealed interface Event {
    Instant at();

    /**
     * A run began.
     *
     * @param id unique, and in the order of time
     * @param command {@code run} or {@code exec}
     * @param arguments the command line, secrets hidden
     * @param playbooks the files
     * @param commit the git commit that the first playbook is at, {@code +} behind it if its folder has changes
     */
    record RunStarted(Instant at, String id, String command, List<String> arguments, List<String> playbooks,
            Optional<String> commit, String user, boolean dryRun) implements Event {}

    /** A playbook began, which has that many plays. */
    record PlaybookStarted(Instant at, String file, int plays) implements Event {}

    /** A play began on these hosts, a batch of {@code serial} say. */
    record PlayStarted(Instant at, PlayInfo play, List<String> hosts) implements Event {}

    /** A play was left out. */
    record PlaySkipped(Instant at, PlayInfo play, String why) implements Event {}

    /** No host is left for what remains of the play. */
    record NoHostsLeft(Instant at) implements Event {}

    /** The first hosts begin a task; with a strategy that lets hosts run ahead, it comes once for each host. */
    record TaskStarted(Instant at, TaskInfo task) implements Event {}

    /** A host begins a task; of a meta task that concerns all of them, only the first host. */
    record HostStarted(Instant at, TaskInfo task, String host) implements Event {}

    /** A host is through with one item of a task's loop. */
    record ItemEnded(Instant at, TaskInfo task, HostResult result) implements Event {}

    /** A host is through with a task. */
    record TaskEnded(Instant at, TaskInfo task, HostResult result) implements Event {}

    /** A host's last result doesn't count: the task is done anew. */
    record TakenBack(Instant at, TaskInfo task, String host) implements Event {}

    /** A task is tried again. */
    record Retrying(Instant at, TaskInfo task, String host, Optional<String> delegate, MapValue result, int left)
            implements
                Event {}

    /** A task in the background was looked after. */
    record Polled(Instant at, TaskInfo task, String host, String job, State state) implements Event {
        /** How far it was. */
        public enum State {
            RUNNING,
            OK,
            FAILED
        }
    }

    /** A host does what a {@code meta} says. */
    record Steered(Instant at, TaskInfo task, String host, String what) implements Event {}

    /**
     * A host includes a file or role.
     *
     * @param item how the item is shown, in a loop
     */
    record Included(Instant at, TaskInfo task, String host, String what,
            Optional<String> item) implements Event {}

    /** A condition kept a host from a meta task; this is shown, and not counted. */
    record MetaSkipped(Instant at, TaskInfo task, String host) implements Event {}

    /** A host will run a handler later. */
    record Notified(Instant at, String host, String handler, boolean perhaps) implements Event {}

    /** A handler that was notified has been run. */
    record HandlerDone(Instant at, String host, String handler) implements Event {}

    /** What takes a while, for live progress: why a host waits; empty when it waits no longer. */
    record Waiting(Instant at, String host, String why) implements Event {}

    /** A task waits for something of the node, for as long as it may: the package manager's lock. */
    record Held(Instant at, String host, String what) implements Event {}

    /**
     * Something large is on its way to a host, or from there, or a host fetches it; this comes often.
     *
     * @param done the bytes so far
     * @param all of how many; 0 if nobody knows
     */
    record Carried(Instant at, String host, Way way, long done, long all) implements Event {
        /** Seen from here. */
        public enum Way {
            SENT,
            RECEIVED,
            /** By the host itself, from elsewhere. */
            FETCHED
        }
    }

    /** How a host is reached, for who wants to be told all. */
    record Reaching(Instant at, String host, String what) implements Event {}

    /** A host is in the hands of another run, whose end is waited for. */
    record Blocked(Instant at, String host, String by) implements Event {}

    /** Something is odd. */
    record Warned(Instant at, Problem problem) implements Event {}

    /**
     * The run is over; hosts in the order of their names.
     *
     * @param statistics those of {@code set_stats}, by the host's name; those of the whole run by {@link #RUN}
     */
    record RunEnded(Instant at, Map<String, Tally> tallies, MapValue statistics, int exitCode) implements Event {
        /** What stands for the whole run. */
        public static final String RUN = "_run";
    }
}
