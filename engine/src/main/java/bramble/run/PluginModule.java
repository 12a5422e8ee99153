package bramble.run;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.value.MapValue;

/** Stands for a task that Python does as a whole, see {@link PythonTask}. */
final class PluginModule implements Conversation<PluginModule.Args> {
    /** The arguments, whatever they are. */
    @Doc(value = "Runs an action plugin that the playbook brings.", example = "_plugin:")
    record Args(@Arg(value = "The plugin's own arguments.", rest = true) MapValue own) {}

    @Override
    public String name() {
        return "_plugin";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) {
        return Result.failed("Tried to run an action plugin, but not by Python.");
    }
}
