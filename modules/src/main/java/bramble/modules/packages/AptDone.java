package bramble.modules.packages;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;

/** The steps that apt-get took last; only effects speak of it, and what is known of packages follows from it. */
record AptDone() implements Fact<List<AptState.Step>> {
    @Override
    public Sh script() {
        return Sh.raw(":");
    }

    @Override
    public List<AptState.Step> parse(Answer answer) {
        return List.of();
    }
}
