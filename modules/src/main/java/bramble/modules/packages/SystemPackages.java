package bramble.modules.packages;

import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;

/** A module for one of the simple package managers: it says what its arguments ask for, and the rest is common. */
interface SystemPackages<A extends Record> extends TaskModule<A, SimpleTask.State> {
    /** What the arguments ask for. */
    SimpleTask task(A args);

    /** The systems that have the manager, for a message. */
    String systems();

    @Override
    default Inquiry<SimpleTask.State> inspect(A args, Platform node) {
        return task(args).inspect();
    }

    @Override
    default Plan plan(A args, SimpleTask.State actual) {
        return task(args).plan(actual, systems());
    }

    @Override
    default Verdict judge(A args, SimpleTask.State before, Applied<SimpleTask.State> applied) {
        return task(args).judge(applied);
    }
}
