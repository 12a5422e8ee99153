package bramble.module;

import bramble.shell.Content;
import bramble.shell.Sh;
import java.util.Optional;

/** One thing to do on the way to a change. The actions of a change stop at the first that fails. */
public sealed interface Action {
    /** A script. */
    record Run(Sh sh, Content input) implements Action {
        public Run(Sh sh) {
            this(sh, Content.none());
        }
    }

    /**
     * A file gets new content, all or nothing: written beside its place with its attributes set, validated, then moved.
     *
     * @param path where the file is; a link is followed before this is made
     * @param validate a script that fails if the new content is no good; the shell variable {@code new} holds its path
     * @param backup whether the old file is kept beside it, under a name with the date; the name is printed by the script
     * @param still a script that fails if what is to be replaced is no longer what was read; then nothing is written, and
     *     the task inspects again
     */
    record Write(String path, Content content, Attributes attributes, Optional<Sh> validate, boolean backup,
            Optional<Sh> still) implements Action {
        public Write(String path, Content content, Attributes attributes) {
            this(path, content, attributes, Optional.empty(), false, Optional.empty());
        }
    }

    /** A file gets the content that a script writes to its standard output; all the rest as with {@link Write}. */
    record Make(Sh output, Write file) implements Action {}

    /** The controller's part of something that goes through the node's network; it says what is left to do on the node. */
    record Errand(String what, ErrandRun run) implements Action {}

    /** Something that the controller does over the node's network. What goes wrong is told by an action that fails. */
    @FunctionalInterface
    interface ErrandRun {
        Action over(Beyond beyond) throws java.io.IOException, InterruptedException;
    }

    /** The controller's own part, planned like the rest. */
    record Work(String what, ControllerWork work) implements Action {}

    /** Something that the controller does by itself: a file fetched, an image written to a card. */
    @FunctionalInterface
    interface ControllerWork {
        void run() throws java.io.IOException, InterruptedException;
    }
}
