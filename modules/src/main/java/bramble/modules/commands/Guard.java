package bramble.modules.commands;

import bramble.args.Arg;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathState;
import bramble.modules.files.Placed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Arguments that say when a command has nothing to do: what it creates is there already, or what it removes is gone. */
record Guard(@Arg(value = "The folder to run in.", nodePath = true) Optional<String> chdir,
        @Arg(value = "A path or pattern; nothing is done if it exists.", nodePath = true) Optional<String> creates,
        @Arg(value = "A path or pattern; nothing is done unless it exists.", nodePath = true) Optional<String> removes) {

    /** Why there is nothing to do, in Ansible's words; empty if there is something. */
    record State(Optional<String> done) {}

    Inquiry<State> inspect() {
        var facts = new ArrayList<Fact<?>>();
        creates.ifPresent(path -> facts.add(fact(path)));
        removes.ifPresent(path -> facts.add(fact(path)));
        return Inquiry.ask(facts, known -> {
            if (creates.isPresent() && there(known.get(fact(creates.get())))) {
                return new State(Optional.of(creates.get() + " exists"));
            }
            if (removes.isPresent() && !there(known.get(fact(removes.get())))) {
                return new State(Optional.of(removes.get() + " does not exist"));
            }
            return new State(Optional.empty());
        });
    }

    private Fact<?> fact(String path) {
        String at = chdir.map(folder -> NodePath.resolve(folder, path)).orElse(path);
        return GlobFact.isPattern(at) ? new GlobFact(at) : new ExistsFact(at);
    }

    private static boolean there(Object answer) {
        return answer instanceof ExistsFact.Existence existence ? existence.exists() : answer.equals(true);
    }

    /** Whether a dry run can tell if the command would run. */
    boolean tells() {
        return creates.isPresent() || removes.isPresent();
    }

    /** What is no longer known once the command has run. */
    List<Effect> effects(String command) {
        var effects = new ArrayList<Effect>();
        effects.add(Effect.unbounded("the command '" + command + "' may do anything"));
        creates.ifPresent(path -> {
            switch (fact(path)) {
                case ExistsFact fact -> {
                    effects.add(Effect.becomes(fact, new ExistsFact.Existence(
                            new PathState.Absent(fact.path(), NodePath.parent(fact.path()), false), true)));
                    effects.add(new Effect.Unknown((_, value) -> value instanceof Placed placed
                            && (placed.lists(fact.path()) || (placed.missing() && (placed.real().equals(fact.path())
                                    || NodePath.below(placed.real(), fact.path())))),
                            "the command '" + command + "' would create it"));
                }
                case GlobFact fact -> effects.add(Effect.becomes(fact, true));
                default -> throw new IllegalStateException("no other fact is asked for");
            }
        });
        return effects;
    }
}
