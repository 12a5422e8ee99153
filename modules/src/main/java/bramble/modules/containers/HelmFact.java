package bramble.modules.containers;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.Json;
import bramble.value.None;
import bramble.value.Value;
import java.util.Optional;

/** What helm prints in JSON, if it knows what is asked for; empty where the node has no helm. */
record HelmFact(String program, Sh question) implements Fact<Optional<HelmFact.Said>> {
    /**
     * The answer.
     *
     * @param told none where helm knows of no such thing
     * @param trouble why helm can't tell; empty if it can
     */
    record Said(Value told, String trouble) {}

    @Override
    public Sh script() {
        return Sh.of("command -v {} >/dev/null || exit 0\necho tool\n{} </dev/null", program, question);
    }

    @Override
    public Optional<Said> parse(Answer answer) {
        String text = answer.text();
        if (!text.startsWith("tool\n")) {
            return Optional.empty();
        }
        String errors = Kube.said(answer);
        boolean absent = errors.contains("release: not found") || errors.contains("no repositories to show");
        return Optional.of(answer.ok() || absent
                ? new Said(absent ? None.NONE : Json.tryParse(text.substring(5)).orElse(None.NONE), "")
                : new Said(None.NONE, errors));
    }
}
