package bramble.modules.flow;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;
import java.util.Optional;
import java.util.function.Function;

/**
 * One thing that is looked at on a node.
 *
 * @param what its name in a message
 * @param wrong what isn't as it should be, to go on behind the name
 */
record Probe(String what, Sh sh, Function<Probe.Said, Optional<String>> wrong) {
    /** What a script printed, and its exit status. */
    record Said(int status, String text) {
        boolean ok() {
            return status == 0;
        }

        /** The same as a fact's own reader takes it. */
        Answer answer() {
            return new Answer(status, EscapedBytes.encode(text), new byte[0]);
        }
    }

    /** Asks what a script prints. */
    record Asked(Sh sh) implements Fact<Said> {
        @Override
        public Sh script() {
            return sh;
        }

        @Override
        public Said parse(Answer answer) {
            return new Said(answer.status(), answer.text());
        }
    }
}
