package bramble.run;

import bramble.event.TaskInfo;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** How the hosts of a batch keep step: Ansible's strategies. */
interface Pace extends AutoCloseable {
    /**
     * Waits until the host may begin the task.
     *
     * @param line where it stands in line for its turn; the hosts of a group do so in their order. Empty where there is none
     */
    Go arrive(String host, Position position, TaskInfo task, boolean onlyOnce, Optional<Line> line)
            throws InterruptedException;

    /**
     * The host is through with the task that it last arrived at.
     *
     * @param ends what its failure ends for all others that are still in it: the tasks of a block with a rescue, or everything
     */
    void done(String host, boolean failed, Optional<Position> ends);

    /** Nobody begins another task, nor do those that wait. */
    void end();

    /** The host does nothing more in this batch. */
    void leave(String host);

    @Override
    void close();

    /** What a host is told that has come to a task. */
    enum Word {
        BEGIN,
        /** A person doesn't want the task to be done, under {@code --step}. */
        PASS_OVER,
        /** The play has ended for this host, because of others. */
        STOP
    }

    /**
     * The word to begin, or not to.
     *
     * @param group those that begin together
     * @param spot where the host stands in line, to be left when it is through
     */
    record Go(Word word, Group group, Optional<Line.Spot> spot) {
        /** Not to begin. */
        static Go not(Word word, String host) {
            return new Go(word, new Group(List.of(host)), Optional.empty());
        }
    }

    /**
     * Hosts that do a task together.
     *
     * @param once what the first of them does for all, under {@code run_once}
     */
    record Group(List<String> hosts, CompletableFuture<TaskEnd> once) {
        Group(List<String> hosts) {
            this(hosts, new CompletableFuture<>());
        }

        boolean isFirst(String host) {
            return hosts.getFirst().equals(host);
        }
    }
}
