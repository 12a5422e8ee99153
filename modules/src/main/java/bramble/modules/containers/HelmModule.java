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
        "stdout: str: what helm printed"})
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
            @Arg(value = "The file on the node with clusters and keys; ~/.kube/config unless given.", nodePath = true, aliases = "kubeconfig_path") Optional<String> kubeconfig,
            @Arg(value = "Which of its clusters and users.", aliases = "kube_context") Optional<String> context) {

        private Sh helm(List<String> words) {
            var all = new ArrayList<String>(List.of("helm"));
            kubeconfig.ifPresent(file -> all.addAll(List.of("--kubeconfig", file)));
            context.ifPresent(name -> all.addAll(List.of("--kube-context", name)));
            all.addAll(List.of("--namespace", releaseNamespace));
            all.addAll(words);
            return Sh.of("{}", all);
        }

        private HelmFact release() {
            return new HelmFact(helm(List.of("list", "--all", "--filter", "^" + releaseName.replace(".", "\\.") + "$",
                    "--output", "json")));
        }

        private HelmFact values() {
            return new HelmFact(helm(List.of("get", "values", releaseName, "--output", "json")));
        }
    }

    /** The release, and the values that it was installed with. */
    public record State(Optional<HelmFact.Said> release, Optional<HelmFact.Said> values) {
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
        return Inquiry.of(args.release()).and(Inquiry.of(args.values()), State::new);
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
        Optional<Value> now = actual.now();
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
            args.timeout().ifPresent(time -> words.addAll(List.of("--timeout", time)));
            return change(args, before, after, Sh.of("{} </dev/null", args.helm(words)), Content.none(), None.NONE,
                    None.NONE);
        }
        if (now.isEmpty()) {
            before.put("exists", Value.of(false));
            after.put("exists", Value.of(true));
        } else {
            differences(args, now.get(), actual.values.get().told(), before, after);
        }
        if (after.isEmpty()) {
            return Plan.NOTHING;
        }
        words.addAll(List.of("upgrade", "--install", args.releaseName(), args.chartRef().orElseThrow()));
        args.chartRepoUrl().ifPresent(address -> words.addAll(List.of("--repo", address)));
        args.chartVersion().ifPresent(version -> words.addAll(List.of("--version", version)));
        args.valuesFiles().orElse(List.of()).forEach(file -> words.addAll(List.of("--values", file)));
        words.addAll(List.of("--values", "-"));
        flag(words, args.createNamespace(), "--create-namespace");
        flag(words, args.reuseValues(), "--reuse-values");
        flag(words, args.resetValues() && !args.reuseValues(), "--reset-values");
        flag(words, args.atomic(), "--atomic");
        flag(words, args.waits(), "--wait");
        flag(words, args.skipCrds(), "--skip-crds");
        flag(words, args.disableHook(), "--no-hooks");
        flag(words, args.force(), "--force");
        args.timeout().ifPresent(time -> words.addAll(List.of("--timeout", time)));
        args.historyMax().ifPresent(count -> words.addAll(List.of("--history-max", String.valueOf(count))));
        Sh script = args.updateRepoCache()
                ? Sh.of("helm repo update >/dev/null </dev/null").and(args.helm(words))
                : args.helm(words);
        Value release = MapValue.of("name", args.releaseName(), "namespace", args.releaseNamespace(), "status",
                "deployed", "chart",
                args.chartVersion().map(version -> chart(args) + "-" + version)
                        .orElse(now.map(is -> Tree.text(is, "chart")).orElse(chart(args) + "-")));
        return change(args, before, after, script, Content.text(Json.compact(args.releaseValues())),
                new ListValue(List.of(release)),
                args.releaseValues());
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

    private static void differences(Args args, Value now, Value values, Map<String, Value> before,
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
        MapValue wanted = args.reuseValues() ? is.with(args.releaseValues()) : args.releaseValues();
        if (args.valuesFiles().isPresent()) {
            before.put("values", Value.text("those of files may have changed"));
            after.put("values", Value.text("those of files"));
        } else if (!is.equals(wanted)) {
            before.put("values", is);
            after.put("values", wanted);
        }
        if (args.force()) {
            before.put("forced", Value.of(false));
            after.put("forced", Value.of(true));
        }
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
                        String.join("", applied.answers().stream().map(Answer::text).toList())));
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed
                .map(answer -> Verdict
                        .failed("Tried to look after the release " + args.releaseName() + ", but helm says: "
                                + Kube.said(answer), results))
                .orElseGet(() -> Verdict.changed(!applied.changes().isEmpty(), results));
    }
}
