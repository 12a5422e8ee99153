package bramble.run;

import bramble.event.Event;
import bramble.playbook.Prompt;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.template.Scope;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import java.time.Instant;
import java.util.Optional;

/** Asks for the variables of {@code vars_prompt}. */
final class Prompts {
    private Prompts() {}

    static Value ask(Prompt prompt, World world, Scope scope) {
        Optional<String> fallback = prompt.fallback()
                .map(value -> PythonText.of(world.templates.resolve(value, scope)));
        String question = PythonText.of(world.templates.resolve(prompt.question(), scope))
                + fallback.map(text -> " [" + text + "]").orElse("") + ": ";
        String answer;
        while (true) {
            Optional<String> typed = world.terminal.attended()
                    ? world.terminal.ask(question, !prompt.secret())
                    : Optional.empty();
            if (typed.isEmpty()) {
                world.events.tell(new Event.Warned(Instant.now(), Problem.warning(prompt.source(),
                        "Not prompting as we are not in interactive mode",
                        "Give the variable with -e " + prompt.name() + "=...")));
            }
            answer = typed.filter(text -> !text.isEmpty()).or(() -> fallback).orElse("");
            if (!prompt.confirm() || !world.terminal.attended()
                    || answer.equals(world.terminal.ask("confirm " + question, !prompt.secret()).orElse(answer))) {
                break;
            }
        }
        if (prompt.secret()) {
            world.secrets.add(answer);
        }
        if (prompt.encrypt().isPresent()) {
            answer = hashed(prompt, answer, world, scope);
        }
        return prompt.unsafe() ? new Text(answer) : Template.of(answer, prompt.source());
    }

    private static String hashed(Prompt prompt, String answer, World world, Scope scope) {
        String salt = prompt.salt().map(text -> ", salt='" + text + "'").orElse("");
        Value hash = world.templates
                .expression("b_answer | password_hash('" + prompt.encrypt().orElseThrow() + "'" + salt
                        + ")", prompt.source(), new Layered(scope, MapValue.of("b_answer", answer)));
        if (!(hash instanceof Text(String text))) {
            throw new ProblemException(prompt.source(),
                    "Tried to hash the answer, but got " + PythonText.repr(hash) + ".");
        }
        return text;
    }

    /** A scope with a few names on top. */
    private record Layered(Scope below, MapValue top) implements Scope {
        @Override
        public Value get(String name) {
            return top.get(name).orElseGet(() -> below.get(name));
        }

        @Override
        public java.util.Set<String> names() {
            return below.names();
        }

        @Override
        public bramble.template.Site site() {
            return below.site();
        }
    }
}
