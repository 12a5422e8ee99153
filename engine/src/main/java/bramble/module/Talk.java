package bramble.module;

import bramble.shell.Answer;
import bramble.template.Scope;
import bramble.template.Templates;
import java.time.Duration;

/** A conversation's two partners: the node, and the controller. */
public interface Talk {
    /** The node. */
    Peer node();

    /** The host's variables, where they stand now. */
    Scope scope();

    Templates templates();

    /** The controller's side. */
    Controller controller();

    /** A node to ask and to act on. In a dry run {@link #ask} has the predictions laid over what it reads. */
    interface Peer {
        <S> S ask(Inquiry<S> inquiry);

        /** Does something on the node itself: a script, a file to be written. */
        Answer run(Action action);

        /**
         * The same, where what comes is a part of something large.
         *
         * @param before how many bytes of it came before
         * @param all how many it has
         */
        default Answer part(Action action, long before, long all) {
            return run(action);
        }

        Platform platform();

        /** Closes the connection if there is one, opens a new one, and gives up after the time. Throws NoShellException. */
        void reconnect(Duration timeout);
    }

    /** What the controller offers. */
    interface Controller {
        boolean dryRun();

        boolean diff();

        /** Sleeps, interruptibly, while progress shows why. */
        void sleep(Duration time, String why) throws InterruptedException;

        /** Asks the person at the terminal; empty off a terminal. */
        String prompt(String question, boolean echo);
    }
}
