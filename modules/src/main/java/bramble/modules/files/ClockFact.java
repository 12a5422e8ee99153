package bramble.modules.files;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;

/** Asks for the node's time, in seconds since 1970. */
public record ClockFact() implements Fact<Long> {
    @Override
    public Sh script() {
        return Sh.raw("date +%s");
    }

    @Override
    public Long parse(Answer answer) {
        return Long.valueOf(answer.text().strip());
    }
}
