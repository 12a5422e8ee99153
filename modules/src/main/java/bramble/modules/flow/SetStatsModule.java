package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Result.Consequence;
import bramble.module.Talk;
import bramble.value.MapValue;
import bramble.value.VariableName;
import com.google.auto.service.AutoService;
import java.util.Optional;

/** {@code set_stats}: statistics that are shown at the end of a run. */
@AutoService(AnyModule.class)
public final class SetStatsModule implements Conversation<SetStatsModule.Args> {

    /** The arguments of {@code set_stats}. */
    @Doc(value = "Sets statistics that are shown at the end of the run.", example = """
            - name: Count the hosts
              set_stats:
                data:
                  hosts_seen: 1
            """, returns = "ansible_stats: dict: data, per_host and aggregate")
    public record Args(@Arg("Values by name.") MapValue data,
            @Arg(value = "Whether they are this host's, and not the whole run's.", fallback = "false") boolean perHost,
            @Arg(value = "Whether numbers, lists and mappings are added to what is there.", fallback = "true") boolean aggregate) {}

    @Override
    public String name() {
        return "set_stats";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) {
        Optional<String> problem = VariableName.problem(args.data().byName().keySet());
        if (problem.isPresent()) {
            return Result.failed(problem.get());
        }
        return Result.ok(
                MapValue.of("ansible_stats",
                        MapValue.of("data", args.data(), "per_host", args.perHost(), "aggregate", args.aggregate())),
                new Consequence.Statistics(args.data().byName(), args.perHost(), args.aggregate()));
    }
}
