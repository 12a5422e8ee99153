package bramble.modules.packages;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;

/** The packages that apt was told last to keep, whatever needs them; only effects speak of it. */
record AptMarked() implements Fact<List<String>> {
    @Override
    public Sh script() {
        return Sh.raw(":");
    }

    @Override
    public List<String> parse(Answer answer) {
        return List.of();
    }
}
