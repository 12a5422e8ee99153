package bramble.modules.containers;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.value.Bool;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code docker_volume}: volumes that Docker keeps. */
@AutoService(AnyModule.class)
public final class DockerVolumeModule implements TaskModule<DockerVolumeModule.Args, DockerVolumeModule.State> {
    /** Whether the volume is to be there. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    /** When a volume is made anew, without what was in it. */
    public enum Recreate {
        ALWAYS,
        NEVER,
        OPTIONS_CHANGED
    }

    @Doc(value = "Makes and removes volumes of Docker's.", collection = "community.docker", oneByOne = true, neverSettles = "recreate: always makes the volume anew each time", example = """
            - name: Have a place for the measurements
              community.docker.docker_volume:
                name: measurements
            """, returns = {
        "volume: dict: what docker volume inspect tells of it"})
    public record Args(@Arg(value = "The volume's name.", name = "volume_name", aliases = "name") String volumeName,
            @Arg(value = "Whether it is to be there.", fallback = "present") Wanted state,
            @Arg(value = "What keeps it.", fallback = "local") String driver,
            @Arg("Options of the driver.") Optional<MapValue> driverOptions,
            @Arg("Its labels.") Optional<MapValue> labels,
            @Arg(value = "When it is made anew, without what was in it.", fallback = "never") Recreate recreate,
            Docker docker) {}

    /** What is there. */
    public record State(Optional<InspectFact.Found> volume) {
        Optional<MapValue> object() {
            return volume.flatMap(InspectFact.Found::object);
        }
    }

    @Override
    public String name() {
        return "docker_volume";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    private static InspectFact fact(Args args) {
        return new InspectFact(args.docker(), "volume", args.volumeName());
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(fact(args)).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        String tried = "look after the volume " + args.volumeName();
        if (actual.volume.isEmpty()) {
            return Docker.lacking(tried);
        }
        if (!actual.volume.get().trouble().isEmpty()) {
            return Docker.troubled(tried, actual.volume.get().trouble());
        }
        Map<String, Value> now = new TreeMap<>();
        Map<String, Value> next = new TreeMap<>();
        var actions = new ArrayList<Action>();
        boolean there = actual.object().isPresent();
        MapValue is = actual.object().orElse(MapValue.EMPTY);
        if (there && args.state() == Wanted.PRESENT) {
            compare(now, next, "driver", new Text(Tree.text(is, "Driver")), new Text(args.driver()));
            args.driverOptions().ifPresent(options -> compare(now, next, "driver_options",
                    MapValue.named(Tree.map(is, "Options")), over(is, "Options", options)));
            args.labels().ifPresent(labels -> compare(now, next, "labels", MapValue.named(Tree.map(is, "Labels")),
                    over(is, "Labels", labels)));
        }
        boolean anew = there && args.state() == Wanted.PRESENT && switch (args.recreate()) {
            case NEVER -> false;
            case ALWAYS -> true;
            case OPTIONS_CHANGED -> !next.isEmpty();
        };
        if (args.state() == Wanted.PRESENT ? there && !anew : !there) {
            return Plan.NOTHING;
        }
        if (there) {
            actions.add(new Action.Run(args.docker().quiet(List.of("volume", "rm", args.volumeName()))));
        }
        if (args.state() == Wanted.PRESENT) {
            var words = new ArrayList<String>(List.of("volume", "create", "--driver", args.driver()));
            DockerNetworkModule.pairs(words, "--opt", args.driverOptions());
            DockerNetworkModule.pairs(words, "--label", args.labels());
            words.add(args.volumeName());
            actions.add(new Action.Run(args.docker().quiet(words)));
        }
        if (next.isEmpty()) {
            now.put("exists", Bool.of(there));
            next.put("exists", Bool.of(args.state() == Wanted.PRESENT));
        }
        InspectFact.Found after = args.state() == Wanted.ABSENT
                ? InspectFact.Found.none()
                : InspectFact.Found.of(MapValue.of("Name", args.volumeName(), "Driver", args.driver(), "Options",
                        over(MapValue.EMPTY, "", args.driverOptions().orElse(MapValue.EMPTY)), "Labels",
                        over(MapValue.EMPTY, "", args.labels().orElse(MapValue.EMPTY))));
        return Plan.of(new Change(args.volumeName(),
                Diff.attributes(args.volumeName(), MapValue.named(now), MapValue.named(next)), actions,
                List.of(Effect.becomes(fact(args), Optional.of(after)))));
    }

    private static void compare(Map<String, Value> now, Map<String, Value> next, String name, Value is, Value wanted) {
        if (!is.equals(wanted)) {
            now.put(name, is);
            next.put(name, wanted);
        }
    }

    private static MapValue over(Value is, String key, MapValue wanted) {
        var all = new TreeMap<String, Value>(Tree.map(is, key));
        wanted.byName().forEach((name, value) -> all.put(name, new Text(Tree.text(value))));
        return MapValue.named(all);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        return Told.of("look after the volume " + args.volumeName(), "volume", applied, State::object);
    }
}
