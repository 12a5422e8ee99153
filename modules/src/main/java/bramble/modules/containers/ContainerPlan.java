package bramble.modules.containers;

import bramble.module.Action;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Plan;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What is to be done about a container. */
final class ContainerPlan {
    /** What a step prints that looked for a newer image, and found none. */
    static final String SAME = "same";

    private final DockerContainerModule.Args args;
    private final Optional<ContainerState> now;
    private final Optional<MapValue> image;
    private final Optional<ImageName> imageName;
    private final Optional<Set<String>> known;
    private final Map<String, NetworkEnd> ends = new LinkedHashMap<>();
    private final Creation creation;
    private final Map<String, Value> inherited; // labels of the image
    private final Map<String, Value> before = new TreeMap<>();
    private final Map<String, Value> after = new TreeMap<>();
    private final List<Action> actions = new ArrayList<>();

    /**
     * The plan.
     *
     * @param known the networks that there are; empty where nobody asked
     * @param ownImage the container's own image, if that is what counts
     */
    ContainerPlan(DockerContainerModule.Args args, Optional<ContainerState> now, Optional<MapValue> image,
            Optional<Set<String>> known, String envFile, Optional<MapValue> ownImage) {
        this.args = args;
        this.now = now;
        this.image = image;
        this.known = known;
        this.imageName = args.image().filter(name -> !name.isEmpty()).map(ImageName::of);
        args.networks().orElse(List.of())
                .forEach(one -> ends.put(Tree.text(one, "name"), NetworkEnd.wanted(one)));
        this.creation = new Creation(args.shape(), ownImage.or(() -> image).orElse(MapValue.EMPTY), envFile);
        this.inherited = Tree.map(ownImage.or(() -> image).orElse(MapValue.EMPTY), "Config", "Labels");
        mode().ifPresent(mode -> creation.wanted().put(Setting.NETWORK_MODE, new Text(Setting.network(mode))));
        for (String name : args.comparisons().byName().keySet()) {
            comparable(name);
        }
    }

    private Optional<String> mode() {
        return args.shape().networkMode().or(() -> args.networksCliCompatible() && !ends.isEmpty()
                ? Optional.of(ends.keySet().iterator().next())
                : Optional.empty());
    }

    Plan plan() {
        if (args.state() == DockerContainerModule.Wanted.ABSENT) {
            return absent();
        }
        for (String network : ends.keySet()) {
            if (known.isPresent() && !known.get().contains(network)) {
                return new Plan.Refused("Parameter error: network named " + network
                        + " could not be found. Does it exist?");
            }
        }
        boolean pulls = pull();
        Map<String, Setting> differing = differing();
        boolean anew = now.isEmpty() || args.recreate() || !differing.isEmpty();
        boolean looks = pulls && now.isPresent() && !anew;
        if (anew && imageName.isEmpty() && now.isEmpty()) {
            return new Plan.Refused("Cannot create container when image is not specified!");
        }
        String from = imageName.map(ImageName::whole).orElseGet(() -> now.map(ContainerState::imageName).orElse(""));
        ContainerState next = now.orElse(null);
        if (anew || looks) {
            next = make(from, looks);
        } else {
            next = live(now.orElseThrow());
            next = networks(next);
        }
        next = run(next);
        if (actions.isEmpty()) {
            return Plan.NOTHING;
        }
        var effects = new ArrayList<Effect>();
        if (pulls && image.isEmpty()) {
            effects.add(Effect.becomes(imageName.orElseThrow().fact(args.docker()),
                    Optional.of(InspectFact.Found.of(now.filter(_ -> looks)
                            .map(old -> MapValue.of("Id", old.image())).orElseGet(() -> pulled(imageName.get()))))));
        }
        effects.add(becomes(args.detach() || !args.cleanup() ? Optional.of(next) : Optional.empty()));
        return Plan.of(new Change(args.name(), diff(), actions, effects));
    }

    /** An image of which only the name is known. */
    static MapValue pulled(ImageName name) {
        return MapValue.of("Id", "the newest " + name.whole());
    }

    /** Whether a dry run would call these changes a change: a look for a newer image alone is none, unless it is told so. */
    static boolean changes(DockerContainerModule.Args args, List<Change> changes) {
        return args.pullCheckModeBehavior() == DockerContainerModule.PullInCheck.ALWAYS
                || changes.stream().anyMatch(change -> !change.diff().before().equals(change.diff().after())
                        || args.restart() || args.recreate());
    }

    private Diff diff() {
        return Diff.attributes(args.name(), MapValue.named(before), MapValue.named(after));
    }

    private void differs(String what, Object was, Object is) {
        if (was.equals(is)) {
            return;
        }
        before.put(what, Value.of(was));
        after.put(what, Value.of(is));
    }

    private Effect becomes(Optional<ContainerState> state) {
        return Effect.becomes(new ContainerFact(args.docker(), args.name()),
                Optional.of(new ContainerFact.Found(state, "")));
    }

    private Sh docker(String... words) {
        return args.docker().quiet(List.of(words));
    }

    private void run(Sh script) {
        actions.add(new Action.Run(script));
    }

    private Plan absent() {
        if (now.isEmpty()) {
            return Plan.NOTHING;
        }
        differs("exists", true, false);
        differs("running", now.get().runs(), false);
        run(remove(now.get()));
        return Plan.of(new Change(args.name(), diff(), actions, List.of(becomes(Optional.empty()))));
    }

    private Sh remove(ContainerState old) {
        var words = new ArrayList<String>(List.of("rm", "--force"));
        if (!args.keepVolumes()) {
            words.add("--volumes");
        }
        words.add(args.name());
        Sh rm = args.docker().quiet(words);
        boolean itself = old.get(Setting.AUTO_REMOVE).equals(Value.of(true));
        if (itself) {
            rm = Sh.of("""
                    { {} || [ "$?" = 1 ]; } 2>/dev/null
                    b_i=0; while {} 2>/dev/null; do
                      b_i=$((b_i + 1)); [ "$b_i" -le 60 ] || { echo 'it is still being removed' >&2; exit 1; }; sleep 1
                    done""", rm, docker("container", "inspect", args.name()));
        }
        return old.runs() ? end().and(rm) : rm;
    }

    private Sh end() {
        if (args.forceKill()) {
            return docker("kill", "--signal", args.killSignal().orElse("KILL"), args.name());
        }
        return args.shape().stopTimeout().map(seconds -> docker("stop", "--time", String.valueOf(seconds), args.name()))
                .orElseGet(() -> docker("stop", args.name()));
    }

    /** Whether the registry is asked; what it says comes first. */
    private boolean pull() {
        String how = args.pull().toLowerCase(Locale.ROOT);
        boolean always = Set.of("always", "true", "yes").contains(how);
        boolean never = how.equals("never");
        if (!always && !never && !Set.of("missing", "false", "no").contains(how)) {
            throw new IllegalArgumentException(
                    "value of pull must be one of: never, missing, always, got: " + args.pull());
        }
        boolean wanted = imageName.isPresent() && (always || image.isEmpty()) && (!never || image.isEmpty());
        if (!wanted) {
            return false;
        }
        String name = imageName.get().whole();
        if (never) {
            throw new IllegalArgumentException("Cannot find image with name " + name
                    + ", and pull is never, so that it isn't looked for elsewhere.");
        }
        if (imageName.get().isId()) {
            if (image.isPresent()) {
                return false;
            }
            throw new IllegalArgumentException(
                    "Cannot find image with ID " + name + ": docker pulls images by name only.");
        }
        var words = new ArrayList<String>(List.of("pull", "--quiet"));
        args.shape().platform().ifPresent(platform -> words.addAll(List.of("--platform", platform)));
        words.add(name);
        Sh pull = args.docker().quiet(words);
        run(image.isEmpty() ? pull : pull.and(Sh.raw("echo " + SAME)));
        if (image.isEmpty()) {
            differs("image_pulled", "", name);
        }
        return true;
    }

    private String comparison(String setting, boolean mayHaveMore) {
        String usual = mayHaveMore ? "allow_more_present" : "strict";
        MapValue given = args.comparisons();
        return comparable(given, setting).or(() -> Tree.given(given, "*")).orElse(usual);
    }

    private static Optional<String> comparable(MapValue given, String setting) {
        String other = ALIASES.getOrDefault(setting, setting);
        return Tree.given(given, setting).or(() -> Tree.given(given, other));
    }

    private static final Map<String, String> ALIASES = Map.of("published_ports", "ports", "network_mode", "net",
            "capabilities", "cap_add", "exposed_ports", "exposed", "log_options", "log_opt");

    /** Refuses what can't be compared. */
    private void comparable(String name) {
        String how = Tree.text(args.comparisons(), name);
        boolean all = name.equals("*");
        if (!Set.of("strict", "ignore", "allow_more_present").contains(how)
                || (all && how.equals("allow_more_present"))) {
            throw new IllegalArgumentException("Unknown comparison mode '" + how + "' for " + name
                    + ": use strict, ignore" + (all ? "." : " or allow_more_present."));
        }
        boolean single = false;
        boolean found = all || name.equals("image") || name.equals("networks");
        for (Setting setting : Setting.values()) {
            if (setting.word().equals(name) || name.equals(ALIASES.get(setting.word()))) {
                found = true;
                single = !setting.isWhole();
            }
        }
        if (!found) {
            throw new IllegalArgumentException("Unknown module option '" + name + "' in comparisons.");
        }
        if (how.equals("allow_more_present") && (single || name.equals("image"))) {
            throw new IllegalArgumentException("Option '" + name
                    + "' is no set and no mapping, so its comparison can't be allow_more_present.");
        }
    }

    /** What a strict comparison of labels looks at: those of the image count only if the task names them. */
    private Value labels(Value wanted, Value actual) {
        if (!(wanted instanceof MapValue given) || !(actual instanceof MapValue is)) {
            return actual;
        }
        List<String> others = inherited.keySet().stream().filter(name -> given.get(name).isEmpty()).toList();
        if (args.imageLabelMismatch() == DockerContainerModule.LabelMismatch.FAIL && !others.isEmpty()) {
            throw new IllegalArgumentException(
                    "Tried to compare labels, but the image has labels that the task doesn't name: "
                            + String.join(", ", others) + ". Name them, or leave image_label_mismatch at ignore.");
        }
        MapValue own = is;
        for (String name : others) {
            own = is.get(name).equals(Optional.ofNullable(inherited.get(name))) ? own.without(name) : own;
        }
        return own;
    }

    private Map<String, Setting> differing() {
        Map<String, Setting> found = new TreeMap<>();
        if (now.isEmpty()) {
            return found;
        }
        ContainerState is = now.get();
        creation.wanted().forEach((setting, wanted) -> {
            String how = setting == Setting.STOP_TIMEOUT && comparable(args.comparisons(), setting.word()).isEmpty()
                    ? "ignore"
                    : comparison(setting.word(), setting.isWhole());
            Value actual = setting == Setting.LABELS && how.equals("strict")
                    ? labels(wanted, is.get(setting))
                    : is.get(setting);
            if (!setting.live() && !how.equals("ignore")
                    && !setting.fits(wanted, comparableTo(setting, wanted, actual), how.equals("strict"))) {
                found.put(setting.word(), setting);
                differs(setting.word(), actual, wanted);
            }
        });
        boolean leaves = args.ignoreImage() && comparable(args.comparisons(), "image").isEmpty();
        if (imageName.isPresent() && image.isPresent() && !leaves
                && !comparison("image", false).equals("ignore")) {
            String wanted = Tree.text(image.get(), "Id");
            boolean renamed = args.imageNameMismatch() == DockerContainerModule.NameMismatch.RECREATE
                    && !imageName.get().isId()
                    && !ImageName.of(is.imageName()).whole().equals(imageName.get().whole());
            if (!is.image().equals(wanted) || renamed) {
                found.put("image", Setting.COMMAND);
                differs("image", is.image().equals(wanted) ? is.imageName() : is.image(),
                        is.image().equals(wanted) ? imageName.get().whole() : wanted);
            }
        }
        return found;
    }

    /** Docker may have written another container's id for its name. */
    private static Value comparableTo(Setting setting, Value wanted, Value actual) {
        boolean shared = setting == Setting.NETWORK_MODE || setting == Setting.IPC_MODE || setting == Setting.PID_MODE;
        return shared && PythonText.of(wanted).startsWith("container:")
                && PythonText.of(actual).matches("container:[0-9a-f]{64}") ? wanted : actual;
    }

    /** @param onlyNewer whether it is made anew only if the pull brought another image */
    private ContainerState make(String from, boolean onlyNewer) {
        var scripts = new ArrayList<Sh>();
        now.ifPresent(old -> scripts.add(remove(old)));
        Optional<String> first = mode();
        var words = new ArrayList<String>();
        first.ifPresent(mode -> {
            words.addAll(List.of("--network", mode));
            Optional.ofNullable(ends.get(mode)).ifPresent(end -> words.addAll(end.first()));
        });
        scripts.add(creation.create(args.docker(), args.name(), words, from));
        ends.forEach((network, end) -> {
            if (!Optional.of(network).equals(first)) {
                scripts.add(connect(network, end));
            }
        });
        Sh whole = scripts.stream().reduce(Sh::and).orElseThrow();
        if (onlyNewer) {
            ContainerState old = now.orElseThrow();
            Sh was = args.docker().run(List.of("image", "inspect", "--format", "{{.Id}}", from));
            String id = old.image();
            Sh start = old.runs() || args.state() == DockerContainerModule.Wanted.STARTED
                    ? docker("start", args.name())
                    : Sh.raw(":");
            Sh same = Sh.of("[ \"$({} </dev/null)\" = {} ] && { echo {}; exit 0; }\n{}", was, id, SAME,
                    whole.and(start));
            actions.add(new Action.Run(same, creation.input()));
            return old;
        }
        actions.add(new Action.Run(whole, creation.input()));
        if (now.isEmpty()) {
            differs("exists", false, true);
        } else if (before.isEmpty()) {
            differs("recreate", false, true);
        }
        Map<String, NetworkEnd> places = new LinkedHashMap<>(ends);
        String id = image.map(found -> Tree.text(found, "Id"))
                .orElseGet(() -> imageName.map(name -> Tree.text(pulled(name), "Id"))
                        .orElseGet(() -> now.orElseThrow().image()));
        return new ContainerState(id, from, "created", "", creation.wanted(), places,
                new Unknown("the container would be made first"));
    }

    private Sh connect(String network, NetworkEnd end) {
        var words = new ArrayList<String>(List.of("network", "connect"));
        words.addAll(end.words());
        words.addAll(List.of(network, args.name()));
        return args.docker().quiet(words);
    }

    /** Limits that a container gets while it runs. */
    private ContainerState live(ContainerState is) {
        var words = new ArrayList<String>(List.of("update"));
        Map<Setting, Value> changed = new LinkedHashMap<>();
        creation.wanted().forEach((setting, wanted) -> {
            if (setting.live() && !comparison(setting.word(), false).equals("ignore")
                    && !wanted.equals(is.get(setting))) {
                differs(setting.word(), is.get(setting), wanted);
                changed.put(setting, wanted);
                switch (setting) {
                    case RESTART_POLICY, RESTART_RETRIES -> {
                        if (!words.contains("--restart")) {
                            String policy = PythonText
                                    .of(creation.wanted().getOrDefault(Setting.RESTART_POLICY, wanted));
                            Value times = creation.wanted().get(Setting.RESTART_RETRIES);
                            words.addAll(
                                    List.of("--restart", times == null ? policy : policy + ":" + PythonText.of(times)));
                        }
                    }
                    default -> words.addAll(List.of("--" + setting.word().replace('_', '-'), PythonText.of(wanted)));
                }
            }
        });
        if (changed.isEmpty()) {
            return is;
        }
        words.add(args.name());
        run(args.docker().quiet(words));
        return is.with(is.status(), is.health(), changed, is.ends());
    }

    private ContainerState networks(ContainerState is) {
        if (args.networks().isEmpty() || comparison("networks", true).equals("ignore")) {
            return is;
        }
        Map<String, NetworkEnd> places = new LinkedHashMap<>(is.ends());
        ends.forEach((network, end) -> {
            NetworkEnd place = is.ends().get(network);
            if (place == null || !place.fits(end)) {
                differs("network." + network, place == null ? "not connected" : place.words().toString(),
                        place == null ? "connected" : end.words().toString());
                Sh connect = connect(network, end);
                run(place == null ? connect : docker("network", "disconnect", network, args.name()).and(connect));
                places.put(network, end);
            }
        });
        if (args.purgeNetworks() || comparison("networks", true).equals("strict")) {
            is.ends().keySet().stream().filter(network -> !ends.containsKey(network)).sorted().forEach(network -> {
                differs("network." + network, "connected", "not connected");
                run(docker("network", "disconnect", network, args.name()));
                places.remove(network);
            });
        }
        return places.equals(is.ends()) ? is : is.with(is.status(), is.health(), Map.of(), places);
    }

    private ContainerState run(ContainerState is) {
        ContainerState next = is;
        switch (args.state()) {
            case STARTED, HEALTHY -> {
                if (!args.detach() && args.state() == DockerContainerModule.Wanted.STARTED) {
                    return foreground(next);
                }
                if (!next.runs()) {
                    differs("running", now.map(ContainerState::runs).orElse(false), true);
                    run(docker("start", args.name()));
                    next = next.with(ContainerState.RUNNING, "", Map.of(), next.ends());
                } else if (args.restart() && actions.isEmpty()) {
                    differs("restarted", false, true);
                    run(args.shape().stopTimeout()
                            .map(seconds -> docker("restart", "--time", String.valueOf(seconds), args.name()))
                            .orElseGet(() -> docker("restart", args.name())));
                    next = next.with(ContainerState.RUNNING, "", Map.of(), next.ends());
                }
            }
            case STOPPED -> {
                if (next.runs()) {
                    differs("running", true, false);
                    run(end());
                    next = next.with("exited", "", Map.of(), next.ends());
                }
            }
            case PRESENT, ABSENT -> {
                // it is left as it is
            }
        }
        if (args.paused().isPresent() && next.runs() && next.paused() != args.paused().get()) {
            differs("paused", next.paused(), args.paused().get());
            run(docker(args.paused().get() ? "pause" : "unpause", args.name()));
            next = next.with(args.paused().get() ? ContainerState.PAUSED : ContainerState.RUNNING, next.health(),
                    Map.of(),
                    next.ends());
        }
        return args.state() == DockerContainerModule.Wanted.HEALTHY ? healthy(next) : next;
    }

    /** Runs it to its end; the status is the container's own. */
    private ContainerState foreground(ContainerState is) {
        differs("running", now.map(ContainerState::runs).orElse(false), "to its end");
        Sh output = args.outputLogs()
                ? Sh.of("{} 2>&1 </dev/null", args.docker().run(List.of("logs", args.name())))
                : Sh.raw(":");
        Sh removed = args.cleanup() ? docker("rm", "--force", args.name()) : Sh.raw(":");
        run(Sh.of("{} && b_s=$({} </dev/null) || exit 125\n{}\n{}\nexit \"$b_s\"", docker("start", args.name()),
                args.docker().run(List.of("wait", args.name())), output, removed));
        return is.with("exited", "", Map.of(), is.ends());
    }

    private ContainerState healthy(ContainerState is) {
        if (is.health().equals("healthy")) {
            return is;
        }
        differs("health", is.health().isEmpty() ? "unknown" : is.health(), "healthy");
        run(Sh.of("""
                b_i=0
                while :; do
                  b_h=$({} </dev/null) || exit
                  case $b_h in
                  healthy) exit 0 ;;
                  unhealthy) echo 'the container is unhealthy' >&2; exit 1 ;;
                  none) echo 'the container has no healthcheck' >&2; exit 1 ;;
                  esac
                  b_i=$((b_i + 1)); [ "$b_i" -le {} ] || { echo "the container is still $b_h" >&2; exit 1; }
                  sleep 1
                done""", args.docker().run(List.of("container", "inspect", "--format",
                "{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}", args.name())),
                args.healthyWaitTimeout()));
        return is.with(ContainerState.RUNNING, "healthy", Map.of(), is.ends());
    }
}
