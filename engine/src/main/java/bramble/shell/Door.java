package bramble.shell;

import java.util.Optional;

/** The way to a shell on a node: how it is started, and what is said to whoever asks for a password before it begins. */
public interface Door {
    /**
     * Starts a POSIX shell with this script (as {@code sh -c script} does). The script is one line without single quotes,
     * backslashes and exclamation marks, so that every login shell passes it on unharmed.
     */
    Remote open(String script);

    /**
     * What to answer, without the newline, to what was printed since the last answer; empty while there is nothing to
     * answer. What it throws ends the attempt.
     *
     * @param answers the number of answers given so far
     */
    Optional<String> answer(String printed, int answers);

    /** What to throw if it all ended before the shell began. */
    RuntimeException refused(String printed);

    /** Whose shell it is, for messages: {@code pi@node1}, {@code root on node1}. */
    @Override
    String toString();
}
