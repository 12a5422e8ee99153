package bramble.modules.containers;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code docker_prune}: removes what Docker keeps and nobody uses. */
@AutoService(AnyModule.class)
public final class DockerPruneModule implements TaskModule<DockerPruneModule.Args, DockerPruneModule.State> {
    @Doc(value = "Removes containers, images, networks, volumes and parts of builds that nobody uses. Only docker itself can tell what that is, so a dry run doesn't know.", collection = "community.docker", oneByOne = true, neverSettles = "only docker can tell whether there is anything to remove", example = """
            - name: Make room on the card
              community.docker.docker_prune:
                images: true
                images_filters:
                  dangling: false
            """, returns = {
        "containers: list: the containers that went, and so images, networks, volumes",
        "containers_space_reclaimed: int: the room that is won, in bytes, as exactly as docker's words have it, and so for images, volumes, builder_cache"})
    public record Args(@Arg(value = "Whether containers that don't run go.", fallback = "no") boolean containers,
            @Arg("Which of them: label, until.") Optional<MapValue> containersFilters,
            @Arg(value = "Whether images go.", fallback = "no") boolean images,
            @Arg("Which of them: dangling (no: all that no container uses), label, until.") Optional<MapValue> imagesFilters,
            @Arg(value = "Whether networks go.", fallback = "no") boolean networks,
            @Arg("Which of them: label, until.") Optional<MapValue> networksFilters,
            @Arg(value = "Whether volumes go.", fallback = "no") boolean volumes,
            @Arg("Which of them: label, all.") Optional<MapValue> volumesFilters,
            @Arg(value = "Whether what builds have kept goes.", fallback = "no") boolean builderCache,
            @Arg(value = "Whether all of it goes, not only what nothing refers to.", fallback = "no") boolean builderCacheAll,
            Docker docker) {}

    /** Whether the node has docker. */
    public record State(Optional<String> command) {}

    private static final Pattern SIZE = Pattern.compile("([0-9.]+)\\s*([kMGTPE]?)B");

    @Override
    public String name() {
        return "docker_prune";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(new CommandFact("docker")).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (actual.command.isEmpty()) {
            return Docker.lacking("make room");
        }
        var changes = new ArrayList<Change>();
        add(args, changes, args.containers(), "container", args.containersFilters());
        add(args, changes, args.images(), "image", args.imagesFilters());
        add(args, changes, args.networks(), "network", args.networksFilters());
        add(args, changes, args.volumes(), "volume", args.volumesFilters());
        add(args, changes, args.builderCache(), "builder", Optional.empty());
        return Plan.of(changes);
    }

    private static void add(Args args, List<Change> changes, boolean asked, String kind, Optional<MapValue> filters) {
        if (!asked) {
            return;
        }
        var words = new ArrayList<String>(List.of(kind, "prune", "--force"));
        filters.ifPresent(all -> all.byName().forEach((name, value) -> {
            if (name.equals("dangling")) {
                if (Tree.text(value).matches("(?i)false|no")) {
                    words.add("--all");
                }
            } else {
                List<Value> values = value instanceof ListValue list ? list.items() : List.of(value);
                values.forEach(one -> words.addAll(List.of("--filter", name + "=" + Tree.text(one))));
            }
        }));
        if (kind.equals("builder") && args.builderCacheAll()) {
            words.add("--all");
        }
        changes.add(
                new Change(kind, Diff.NONE, List.of(new Action.Run(Sh.of("{} </dev/null", args.docker().run(words)))),
                        List.of()));
    }

    /** {@code 1.5MB}, as docker rounds it. */
    private static long bytes(String text) {
        Matcher size = SIZE.matcher(text.strip());
        return size.matches()
                ? new BigDecimal(size.group(1))
                        .movePointRight(3 * " kMGTPE".indexOf(size.group(2).isEmpty() ? " " : size.group(2)))
                        .longValue()
                : 0;
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        if (applied.predicted() && !applied.changes().isEmpty()) {
            return Verdict.unknown(false, "only docker can tell whether there is anything to remove", MapValue.EMPTY);
        }
        MapValue results = MapValue.EMPTY;
        boolean changed = false;
        for (int i = 0; i < applied.answers().size(); i++) {
            Answer answer = applied.answers().get(i);
            String kind = applied.changes().get(i).subject();
            if (answer.status() > 0) {
                return Verdict.failed("Tried to make room, but docker says: " + answer.errors().strip(), results);
            }
            List<String> gone = answer.text().lines()
                    .filter(line -> !line.isBlank() && !line.endsWith(":") && !line.startsWith("Total")).toList();
            changed |= !gone.isEmpty();
            String key = kind.equals("builder") ? "builder_cache" : kind + "s";
            results = results.with(key, Value.texts(gone)).with(key + "_space_reclaimed",
                    answer.text().lines().filter(line -> line.startsWith("Total"))
                            .map(line -> line.replaceFirst("^[^:]*:\\s*", ""))
                            .findFirst().map(DockerPruneModule::bytes).orElse(0L));
        }
        return Verdict.changed(changed, results);
    }
}
