package bramble.template;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the fuzz tests of templates have in common: some variables, and how evaluation may end. */
final class Fuzzed {
    static final Templates TEMPLATES = new Templates(_ -> Value.text("opened"));
    static final Source AT = new Source("f.j2", 1, 1);
    /** Nothing is looked up: lookups read files and run commands. */
    static final Scope SCOPE = new Scope() {
        private final Scope names = Scopes.of(Map.of("n", Value.of(3), "text", Value.text("a b"), "list",
                Value.of(List.of(1, 2, 3)), "map", MapValue.of("a", 1, "b", Value.of(List.of("x")))),
                Site.of(Path.of("/nonexistent")));

        @Override
        public Value get(String name) {
            return names.get(name);
        }

        @Override
        public java.util.Set<String> names() {
            return names.names();
        }

        @Override
        public Site site() {
            return names.site();
        }

        @Override
        public boolean looksUp() {
            return false;
        }
    };

    private Fuzzed() {}

    /** Does the work, which ends with a value or a problem. */
    static void ends(Runnable work) {
        try {
            work.run();
        } catch (ProblemException | UnknownValueException e) {
            // told as it should be
        }
    }
}
