package bramble.modules.packages;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks Debian's configuration database what a package was told, and the answer to one question; passwords too.
 *
 * @param question empty for none
 * @param seen whether the question's flag is asked for, not its answer
 */
public record DebconfFact(String packageName, String question, boolean seen) implements Fact<DebconfFact.State> {

    /**
     * What is there.
     *
     * @param tools whether the node has debconf
     * @param answers of the package, passwords left out
     * @param answer to the question; empty if nobody answered
     */
    public record State(boolean tools, Map<String, String> answers, Optional<String> answer) {
        public State {
            answers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(answers));
        }
    }

    @Override
    public Sh script() {
        Sh ask = question.isEmpty()
                ? Sh.raw(":")
                : Sh.of("printf '%s %s\\n' {} {} | debconf-communicate {} 2>/dev/null", seen ? "FGET" : "GET",
                        seen ? question + " seen" : question, packageName);
        return Sh.of("command -v debconf-show >/dev/null || exit 9\n{}\necho --\ndebconf-show {} 2>/dev/null; :", ask,
                packageName);
    }

    @Override
    public State parse(Answer answer) {
        if (answer.status() == 9) {
            return new State(false, Map.of(), Optional.empty());
        }
        String text = answer.text();
        int cut = text.startsWith("--\n") ? 0 : text.indexOf("\n--\n") + 1;
        String reply = text.substring(0, cut).strip();
        var answers = new LinkedHashMap<String, String>();
        text.substring(cut).lines().skip(1).forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                answers.put(line.substring(0, colon).replaceFirst("^[* ]+", ""), line.substring(colon + 1).strip());
            }
        });
        return new State(true, answers, reply.startsWith("0")
                ? Optional.of(reply.substring(1).strip())
                : Optional.empty());
    }

    @Override
    public Maybe<State> after(Effect.Becomes<?> effect, State current) {
        if (effect.fact().equals(this)) {
            return Maybe.known((State) effect.value());
        }
        boolean same = effect.fact() instanceof DebconfFact other && other.question.equals(question)
                && !question.isEmpty()
                && other.seen == seen;
        return Maybe.known(same ? new State(true, current.answers(), ((State) effect.value()).answer()) : current);
    }
}
