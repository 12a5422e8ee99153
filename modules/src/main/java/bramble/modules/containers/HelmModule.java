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
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code helm}: releases of charts in a Kubernetes cluster. */
@AutoService(AnyModule.class)
public final class HelmModule implements TaskModule<HelmModule.Args, HelmModule.State> {
    /** What is to be true of the release. */
    public enum Wanted {
        PRESENT,
        ABSENT,
        DEPLOYED
    }

    @Doc(value = "Installs, upgrades and removes charts in a Kubernetes cluster, with the helm of the node (3.8 or newer). A release is upgraded where its chart's version or its values differ; what a chart makes of them isn't looked at.", collection = "kubernetes.core", oneByOne = true, neverSettles = "force, and files with values, which nobody compares, upgrade each time", example = """
            - name: Have the dashboard in the cluster
              kubernetes.core.helm:
                kubeconfig: /etc/rancher/k3s/k3s.yaml
                name: dashboard
                chart_ref: grafana/grafana
                chart_version: 8.3.6
                release_namespace: dashboard
                create_namespace: true
                values:
                  service: {type: NodePort}
            """, returns = {
        "status: dict: the release: name, namespace, revision, status, chart, app_version, values",
        "stdout: str: what helm printed", "stderr: str: what it complained about",
        "command: str: the helm command, secrets left out"})
    public record Args(@Arg(value = "The release's name.", name = "release_name", aliases = "name") String releaseName,
            @Arg(value = "The namespace that it is in.", aliases = "namespace") String releaseNamespace,
            @Arg("The chart: repository/name, oci://address, a folder or an archive on the node.") Optional<String> chartRef,
            @Arg("The address of a repository that helm doesn't know by name.") Optional<String> chartRepoUrl,
            @Arg("The chart's version; the newest at the time it is installed if not given.") Optional<String> chartVersion,
            @Arg(value = "Whether it is to be there.", name = "release_state", aliases = "state", fallback = "present") Wanted releaseState,
            @Arg(value = "Its values; helm gets them by its standard input.", name = "release_values", aliases = "values", fallback = "{}") MapValue releaseValues,
            @Arg("Files on the node with values; the task's own count more.") Optional<List<String>> valuesFiles,
            @Arg(value = "Whether the namespace is made.", fallback = "no") boolean createNamespace,
            @Arg(value = "Whether values of earlier times are forgotten.", fallback = "yes") boolean resetValues,
            @Arg(value = "Whether values of earlier times stay where the task has no other.", fallback = "no") boolean reuseValues,
            @Arg(value = "Whether an upgrade that fails is taken back.", fallback = "no") boolean atomic,
            @Arg(value = "Whether the task waits until all that the chart brings is ready.", name = "wait", fallback = "no") boolean waits,
            @Arg(value = "How long helm waits: 5m.", aliases = "wait_timeout") Optional<String> timeout,
            @Arg(value = "Whether definitions of kinds are left out.", fallback = "no") boolean skipCrds,
            @Arg(value = "Whether hooks are left out.", fallback = "no") boolean disableHook,
            @Arg(value = "Whether objects are replaced.", fallback = "no") boolean force,
            @Arg(value = "Whether lists of repositories are fetched first.", fallback = "no") boolean updateRepoCache,
            @Arg("How many revisions are kept.") Optional<Integer> historyMax,
            @Arg("Single values in helm's own lines, which count more than values.") Optional<List<HelmSet>> setValues,
            @Arg(value = "Whether what a chart in a folder needs is fetched before it is installed or upgraded.", aliases = "dep_up", fallback = "no") boolean dependencyUpdate,
            @Arg("A program on the node through which all goes that the chart gives.") Optional<String> postRenderer,
            @Arg(value = "Whether nothing of a release is kept that is removed.", fallback = "yes") boolean purge,
            @Arg(value = "Whether the name of a release that was removed, but kept, is taken again.", fallback = "no") boolean replace,
            HelmTool tool) {

        private Sh helm(List<String> words) {
            var all = new ArrayList<String>(List.of("--namespace", releaseNamespace));
            all.addAll(words);
            return tool.run(all);
        }

        private HelmFact release() {
            return new HelmFact(tool.program(), helm(List.of("list", "--all", "--filter",
                    "^" + releaseName.replace(".", "\\.") + "$", "--output", "json")));
        }

        private HelmFact values() {
            return new HelmFact(tool.program(), helm(List.of("get", "values", releaseName, "--output", "json")));
        }

        private List<HelmSet> sets() {
            return setValues.orElse(List.of());
        }
    }

    /**
     * What is there.
     *
     * @param release the release
     * @param values those that it was installed with
     * @param files those that set_values name, in their order
     */
    public record State(Optional<HelmFact.Said> release, Optional<HelmFact.Said> values, List<FileContent> files) {
        public State {
            files = List.copyOf(files);
        }

        Optional<Value> now() {
            return release.flatMap(said -> Tree.list(said.told()).stream().findFirst());
        }
    }

    static Plan lacking(String tried) {
        return new Plan.Refused(new CommandFact("helm").sentence(tried,
                "helm (Debian has none: it is in helm's own repository; Alpine and OpenWrt: helm)"));
    }

    @Override
    public String name() {
        return "helm";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Inquiry<State> release = Inquiry.of(args.release()).and(Inquiry.of(args.values()),
                (found, values) -> new State(found, values, List.of()));
        List<HelmSet> files = args.sets().stream().filter(set -> set.valueType() == HelmSet.Kind.FILE).toList();
        return files.isEmpty()
                ? release
                : release.and(Inquiry.all(files.stream()
                        .<Inquiry<FileContent>>map(set -> Inquiry.of(new ContentFact(set.file()))).toList()),
                        (state, contents) -> new State(state.release, state.values, contents));
    }

    @Override
    public Plan plan(Args args, State actual) {
        String tried = "look after the release " + args.releaseName();
        boolean in = args.releaseState() != Wanted.ABSENT;
        if (in && args.chartRef().isEmpty()) {
            return Plan.mistake("release_state is present but all of the following are missing: chart_ref");
        }
        if (actual.release.isEmpty() || actual.values.isEmpty()) {
            return lacking(tried);
        }
        if (!actual.release.get().trouble().isEmpty()) {
            return new Plan.Refused("Tried to " + tried + ", but helm says: " + actual.release.get().trouble());
        }
        MapValue values;
        try {
            values = values(args, actual.files);
        } catch (IllegalArgumentException e) {
            return new Plan.Refused(String.valueOf(e.getMessage()));
        }
        boolean kept = actual.now().filter(is -> Tree.text(is, "status").equals("uninstalled")).isPresent();
        Optional<Value> now = kept && (args.replace() || (!in && !args.purge())) ? Optional.empty() : actual.now();
        var before = new TreeMap<String, Value>();
        var after = new TreeMap<String, Value>();
        var words = new ArrayList<String>();
        if (!in) {
            if (now.isEmpty()) {
                return Plan.NOTHING;
            }
            before.put("exists", Value.of(true));
            after.put("exists", Value.of(false));
            words.addAll(List.of("uninstall", args.releaseName()));
            flag(words, args.waits(), "--wait");
            flag(words, args.disableHook(), "--no-hooks");
            flag(words, !args.purge(), "--keep-history");
            args.timeout().ifPresent(time -> words.addAll(List.of("--timeout", time)));
            return change(args, before, after, Sh.of("{} </dev/null", args.helm(words)), Content.none(), None.NONE,
                    None.NONE);
        }
        if (now.isEmpty()) {
            before.put("exists", Value.of(false));
            after.put("exists", Value.of(true));
        } else {
            differences(args, now.get(), actual.values.get().told(), values, before, after);
        }
        if (after.isEmpty()) {
            return Plan.NOTHING;
        }
        String chart = args.chartRef().orElseThrow();
        boolean anew = args.replace() && now.isEmpty();
        words.addAll(anew
                ? List.of("install", "--replace", args.releaseName(), chart)
                : List.of("upgrade", "--install", args.releaseName(), chart));
        args.chartRepoUrl().ifPresent(address -> words.addAll(List.of("--repo", address)));
        args.chartVersion().ifPresent(version -> words.addAll(List.of("--version", version)));
        args.valuesFiles().orElse(List.of()).forEach(file -> words.addAll(List.of("--values", file)));
        words.addAll(List.of("--values", "-"));
        if (args.valuesFiles().isPresent()) { // only helm knows what lines change of what is in files
            args.sets().forEach(set -> words.addAll(List.of(set.option(), set.value())));
        }
        flag(words, args.createNamespace(), "--create-namespace");
        flag(words, args.reuseValues() && !anew, "--reuse-values");
        flag(words, args.resetValues() && !args.reuseValues() && !anew, "--reset-values");
        flag(words, args.atomic(), "--atomic");
        flag(words, args.waits(), "--wait");
        flag(words, args.skipCrds(), "--skip-crds");
        flag(words, args.disableHook(), "--no-hooks");
        flag(words, args.force(), "--force");
        args.timeout().ifPresent(time -> words.addAll(List.of("--timeout", time)));
        args.postRenderer().ifPresent(program -> words.addAll(List.of("--post-renderer", program)));
        args.historyMax().filter(_ -> !anew)
                .ifPresent(count -> words.addAll(List.of("--history-max", String.valueOf(count))));
        Sh script = args.helm(words);
        if (args.dependencyUpdate()) {
            script = quiet(args, List.of("dependency", "update", chart)).and(script);
        }
        if (args.updateRepoCache()) {
            script = quiet(args, List.of("repo", "update")).and(script);
        }
        Value release = MapValue.of("name", args.releaseName(), "namespace", args.releaseNamespace(), "status",
                "deployed", "chart",
                args.chartVersion().map(version -> chart(args) + "-" + version)
                        .orElse(now.map(is -> Tree.text(is, "chart")).orElse(chart(args) + "-")));
        return change(args, before, after, script,
                Content.text(Json.compact(args.valuesFiles().isPresent() ? args.releaseValues() : values)),
                new ListValue(List.of(release)), values);
    }

    private static Sh quiet(Args args, List<String> words) {
        return Sh.of("{} >/dev/null </dev/null", args.tool().alone(words));
    }

    /** The values of the task, with those of its lines. */
    private static MapValue values(Args args, List<FileContent> files) {
        MapValue all = args.releaseValues();
        int file = 0;
        for (HelmSet set : args.sets()) {
            String text = "";
            if (set.valueType() == HelmSet.Kind.FILE) {
                if (!(files.get(file++) instanceof FileContent.Bytes bytes)) {
                    throw new IllegalArgumentException("Tried to read " + set.file()
                            + " for set_values, but there is no such file on the node, or it can't be read.");
                }
                text = new String(bytes.content().bytesOf(), StandardCharsets.UTF_8);
            }
            all = set.over(all, text);
        }
        return all;
    }

    private static void flag(List<String> words, boolean given, String word) {
        if (given) {
            words.add(word);
        }
    }

    /** The chart's name, without where it is. */
    private static String chart(Args args) {
        String ref = args.chartRef().orElse("").replaceFirst("/$", "").replaceFirst("(-[0-9][^/]*)?\\.tgz$", "");
        return ref.substring(ref.lastIndexOf('/') + 1);
    }

    private static void differences(Args args, Value now, Value values, MapValue asked, Map<String, Value> before,
            Map<String, Value> after) {
        String chart = Tree.text(now, "chart");
        args.chartVersion().filter(
                version -> !chart.endsWith("-" + version.replaceFirst("^v", "")) && !chart.endsWith("-" + version))
                .ifPresent(version -> {
                    before.put("chart", Value.text(chart));
                    after.put("chart", Value.text(chart(args) + "-" + version));
                });
        if (!chart.startsWith(chart(args) + "-")) {
            before.put("chart", Value.text(chart));
            after.put("chart", Value.text(chart(args) + args.chartVersion().map(version -> "-" + version).orElse("")));
        }
        String status = Tree.text(now, "status");
        if (!status.equals("deployed")) {
            before.put("status", Value.text(status));
            after.put("status", Value.text("deployed"));
        }
        MapValue is = MapValue.named(Tree.map(values));
        MapValue wanted = args.reuseValues() ? is.with(asked) : asked;
        if (args.valuesFiles().isPresent()) {
            before.put("values", Value.text("those of files may have changed"));
            after.put("values", Value.text("those of files"));
        } else if (!without(is).equals(without(wanted))) {
            before.put("values", is);
            after.put("values", wanted);
        }
        if (args.force()) {
            before.put("forced", Value.of(false));
            after.put("forced", Value.of(true));
        }
    }

    /** Values without those that take a chart's own value away: whether helm keeps these is its own affair. */
    private static MapValue without(MapValue values) {
        MapValue kept = values;
        for (var one : values.byName().entrySet()) {
            kept = switch (one.getValue()) {
                case None _ -> kept.without(one.getKey());
                case MapValue inner -> kept.with(one.getKey(), without(inner));
                default -> kept;
            };
        }
        return kept;
    }

    private static Plan change(Args args, Map<String, Value> before, Map<String, Value> after, Sh script,
            Content input,
            Value release, Value values) {
        return Plan.of(new Change(args.releaseName(),
                Diff.attributes(args.releaseName(), MapValue.named(before), MapValue.named(after)),
                List.of(new Action.Run(script, input)),
                List.of(Effect.becomes(args.release(), Optional.of(new HelmFact.Said(release, ""))),
                        Effect.becomes(args.values(), Optional.of(new HelmFact.Said(values, ""))))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        boolean foreseen = applied.predicted() && !applied.changes().isEmpty();
        Value status = foreseen
                ? new Unknown("the release would be changed first")
                : applied.after() instanceof Maybe.Known<State>(State state)
                        ? state.now().<Value>map(is -> MapValue.named(Tree.map(is)).with("values",
                                state.values().map(HelmFact.Said::told).orElse(None.NONE))).orElse(MapValue.EMPTY)
                        : MapValue.EMPTY;
        MapValue results = MapValue.of("status", status, "stdout", foreseen
                ? status
                : Value.text(
                        String.join("", applied.answers().stream().map(Answer::text).toList())),
                "stderr", foreseen
                        ? status
                        : Value.text(String.join("",
                                applied.answers().stream().map(Answer::errors).toList())),
                "command", applied.changes().stream().flatMap(change -> change.actions().stream())
                        .filter(Action.Run.class::isInstance).map(action -> ((Action.Run) action).sh().toString())
                        .findFirst().orElse(args.release().question().toString()));
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed
                .map(answer -> Verdict
                        .failed("Tried to look after the release " + args.releaseName() + ", but helm says: "
                                + Kube.said(answer), results))
                .orElseGet(() -> Verdict.changed(!applied.changes().isEmpty(), results));
    }
}
