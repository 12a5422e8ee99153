package bramble.run;

import bramble.module.AnyModule;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.TaskModule;
import java.util.List;
import java.util.Set;

/** What a dry run leaves behind of a task of which it isn't known what it does: what fails later may not fail in earnest. */
record Doubt(HostTask one) {
    /** Modules that look, and alter nothing; besides those whose names end with facts or info. */
    private static final Set<String> LOOK = Set.of("stat", "find", "slurp", "getent", "setup", "ping", "check", "fetch",
            "debug", "assert", "fail");

    static boolean alters(AnyModule module) {
        return module instanceof TaskModule<?, ?> && !looks(module.name());
    }

    /** Whether the module of that name alters nothing. */
    static boolean looks(String name) {
        return LOOK.contains(name) || name.endsWith("_facts") || name.endsWith("_info");
    }

    void leave(TaskPlace place, String why) throws InterruptedException {
        if (place.dryRun() && place.counts()) {
            String name = one.task().action().name();
            place.node().call(one.turn(), () -> {
                place.predictions().add(of(name, why));
                return why;
            });
        }
    }

    static Change of(String name, String why) {
        return new Change(name, Diff.NONE, List.of(),
                List.of(Effect.unbounded("what " + name + " does isn't known: " + why)));
    }
}
