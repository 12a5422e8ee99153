package bramble.args;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;

/**
 * Makes images those of nodes of the inventory, before they first start. It is no argument of playbooks: a module with such a component is
 * given it by the run.
 */
@FunctionalInterface
public interface FirstStarts {
    /** Knows no nodes. */
    FirstStarts NONE = node -> {
        throw new ProblemException(Source.NONE, "Tried to make an image that of " + node
                + ", but only a run of a playbook knows what the inventory says of it.");
    };

    /**
     * A node's.
     *
     * @throws ProblemException if the inventory doesn't know it, or what it says of its first start isn't right
     */
    FirstStart of(String node);

    /** What a node's image is told. */
    interface FirstStart {
        /**
         * Changes an image.
         *
         * @param image a file that holds at least its partition table and its boot partition
         * @return the names of the files that changed
         */
        List<String> apply(FileChannel image) throws IOException;

        /**
         * Makes the image of a system that has run one of its own, and the node's.
         *
         * @param image a file that holds all of it; it becomes as long as the card, with what stands at the card's end
         * @param card how many bytes the card has, to which it grows
         * @return what can't be as it should, a sentence each
         */
        List<String> renew(FileChannel image, long card) throws IOException;

        /** Before the card is finished: from now on the node is known by the host key that is on it. */
        void known();
    }
}
