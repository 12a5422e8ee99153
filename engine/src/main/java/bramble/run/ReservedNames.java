package bramble.run;

import bramble.inventory.Variables;
import bramble.playbook.Keyword;
import bramble.problem.Problem;
import bramble.problem.Source;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names of variables that hide something else: a keyword, or a function of templates. */
final class ReservedNames {
    private static final Set<String> WORDS = words();

    private ReservedNames() {}

    private static Set<String> words() {
        var words = new HashSet<>(Set.of("lipsum", "range", "dict", "cycler", "joiner", "namespace", "block", "rescue",
                "always", "tasks", "pre_tasks", "post_tasks", "roles", "handlers", "vars_files", "vars_prompt", "loop",
                "loop_control", "action", "local_action", "args", "name", "tags", "when", "vars", "module_defaults",
                "collections"));
        for (Keyword keyword : Keyword.values()) {
            words.add(keyword.word());
        }
        return Set.copyOf(words);
    }

    /** A warning for each of them. */
    static List<Problem> among(Variables variables) {
        return variables.values().byName().keySet().stream().filter(WORDS::contains)
                .map(name -> Problem.warning(variables.places().getOrDefault(name, Source.NONE),
                        "Found variable using reserved name: " + name, "Give it another name."))
                .toList();
    }
}
