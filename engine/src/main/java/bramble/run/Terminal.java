package bramble.run;

import java.util.Optional;

/** The person who started the run, if there is one. */
public interface Terminal {
    /** What is typed in answer to a question; empty where nobody can answer. */
    Optional<String> ask(String question, boolean echo);

    /** Whether a person is there, and not just something to be read. */
    default boolean attended() {
        return true;
    }

    /** Nobody is there. */
    Terminal NOBODY = new Terminal() {
        @Override
        public Optional<String> ask(String question, boolean echo) {
            return Optional.empty();
        }

        @Override
        public boolean attended() {
            return false;
        }
    };
}
