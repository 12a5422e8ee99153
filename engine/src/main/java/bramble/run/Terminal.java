package bramble.run;

import java.util.Optional;

/** The person who started the run, if there is one. */
public interface Terminal {
    /** What is typed in answer to a question; empty where nobody can answer. */
    Optional<String> ask(String question, boolean echo);

    /** Nobody is there. */
    Terminal NOBODY = (_, _) -> Optional.empty();
}
