package bramble.playbook;

import bramble.inventory.Variables;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Undefined;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One go at reading a playbook, or what a task brings in: the readers, and what they found to be wrong. */
final class Reading {
    /** More steps than anybody can mean: imports that double each other are stopped here. */
    private static final int MAX_STEPS = 500_000;

    final Surroundings surroundings;
    final Routes routes;
    final Findings findings;
    final Documents documents;
    final KeywordReader keywords;
    final ActionReader actions;
    final StepReader steps;
    final RoleReader roles;
    private int count;

    Reading(Surroundings surroundings, Routes routes, Consumer<Problem> warnings) {
        this.surroundings = surroundings;
        this.routes = routes;
        this.findings = new Findings(warnings);
        this.documents = new Documents(surroundings, findings);
        this.keywords = new KeywordReader(findings);
        this.actions = new ActionReader(surroundings.actions(), findings);
        this.steps = new StepReader(this);
        this.roles = new RoleReader(this);
    }

    void countStep(Source at) {
        if (++count > MAX_STEPS) {
            throw new ProblemException(
                    Problem.error(at, "Tried to read the tasks, but there are more than " + MAX_STEPS + " of them.",
                            "Do files import each other again and again?"));
        }
    }

    /** A text that must be known now, before any host is; what can't be evaluated is reported, and empty. */
    Optional<String> now(Value value, List<Variables> layers, Source at, String remedy) {
        if (!(value instanceof Template || value instanceof Vaulted)) {
            return Optional.of(PythonText.of(value));
        }
        try {
            Value known = surroundings.evaluator().evaluate(value, layers);
            if (known instanceof Undefined undefined) {
                throw new ProblemException(undefined.source(), undefined.what());
            }
            return Optional.of(PythonText.of(known));
        } catch (ProblemException e) {
            findings.error(at, "Tried to evaluate \"" + value + "\" before the play starts, but " + e.summary() + ".",
                    "Only extra vars, and vars of the play, its roles and blocks are known then." + remedy);
            return Optional.empty();
        }
    }
}
