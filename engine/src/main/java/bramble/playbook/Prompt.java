package bramble.playbook;

import bramble.problem.Source;
import bramble.value.Value;
import java.util.Optional;

/**
 * A variable that is asked for before a play starts, unless {@code --extra-vars} has it.
 *
 * @param question as shown; Ansible's default is the variable's name
 * @param secret whether what is typed stays hidden ({@code private}, true by default)
 * @param confirm whether it is asked for twice
 * @param encrypt the password hash that is made of the answer
 * @param unsafe whether the answer is plain text even if it looks like a template
 */
public record Prompt(Source source, String name, Value question, Optional<Value> fallback, boolean secret,
        boolean confirm,
        Optional<String> encrypt, Optional<Integer> saltSize, Optional<String> salt, boolean unsafe) {}
