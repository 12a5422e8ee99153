package bramble.modules.containers;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.TemplateFile;
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
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.problem.ProblemException;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.template.DocumentOptions;
import bramble.value.ListValue;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import com.google.auto.service.AutoService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code k8s}: objects of Kubernetes. */
@AutoService(AnyModule.class)
public final class K8sModule implements TaskModule<K8sModule.Args, K8sModule.State> {
    /** What is to be true of the objects. */
    public enum Wanted {
        PRESENT,
        ABSENT,
        PATCHED
    }

    /** How an object goes. */
    public record DeleteOptions(
            @Arg(value = "What becomes of what depends on it: Foreground (it goes first), Background (it goes later), Orphan (it stays).", name = "propagationPolicy") Optional<String> propagationPolicy,
            @Arg(value = "Seconds until it is ended.", name = "gracePeriodSeconds") Optional<Integer> gracePeriodSeconds) {
        private List<String> words() {
            var words = new ArrayList<String>();
            propagationPolicy.ifPresent(how -> {
                if (!how.matches("(?i)foreground|background|orphan")) {
                    throw new IllegalArgumentException(
                            "value of propagationPolicy must be one of: Foreground, Background,"
                                    + " Orphan, got: " + how + " found in delete_options");
                }
                words.add("--cascade=" + how.toLowerCase(Locale.ROOT));
            });
            gracePeriodSeconds.ifPresent(seconds -> words.add("--grace-period=" + seconds));
            return words;
        }
    }

    /** How closely definitions are looked at. */
    public record Validate(
            @Arg(value = "Whether the task fails because of what isn't right, before anything is changed; otherwise it warns of it.", fallback = "no") boolean failOnError,
            @Arg(value = "Whether fields that the kind hasn't, and that stand twice, are looked for, too; what is in fields that it has is looked at in any case.", fallback = "yes") boolean strict,
            @Arg("Has no effect: what the server's own version says counts.") Optional<String> version) {
        /** In kubectl's words. */
        private String level() {
            return !strict ? KubeFact.UNCHECKED : failOnError ? KubeFact.STRICT : "warn";
        }
    }

    /** How a definition is merged into what is there. */
    public enum Merge {
        STRATEGIC_MERGE,
        MERGE
    }

    @Doc(value = "Makes, changes and removes objects of Kubernetes, with the kubectl of the node (1.24 or newer). What would change, the server's own dry run tells.", collection = "kubernetes.core", example = """
            - name: Have a place for the dashboard
              kubernetes.core.k8s:
                kubeconfig: /etc/rancher/k3s/k3s.yaml
                definition:
                  apiVersion: v1
                  kind: Namespace
                  metadata:
                    name: dashboard
            """, returns = {
        "result: dict: the object; of several, results: a list of result, changed and method"}, refuses = {
            "append_hash: Write the hash into the name by yourself: name: settings-{{ settings | to_json | hash('sha1') | truncate(10, true, '') }}.",
            "continue_on_error: Give each object a task of its own, or a loop's round, with ignore_errors.",
            "label_selectors: Let k8s_info find the objects by their labels, and loop over them."})
    public record Args(
            @Arg(value = "present, absent, or patched: changed where it is there already.", fallback = "present") Wanted state,
            @Arg(value = "The objects: a mapping, a list, or a text of YAML.", aliases = {
                "definition",
                "inline"}) Optional<Value> resourceDefinition,
            @Arg(value = "A file on the node with the objects.", nodePath = true) Optional<String> src,
            @Arg("A template of the controller that gives the objects.") Optional<TemplateFile> template,
            @Arg(value = "The version of objects that don't say theirs.", aliases = {"api",
                "version"}, fallback = "v1") String apiVersion,
            @Arg("The kind of an object that doesn't say its own.") Optional<String> kind,
            @Arg("The name of an object that doesn't say its own.") Optional<String> name,
            @Arg("What the server begins the name with of an object that has none: another object each time, a Job say.") Optional<String> generateName,
            @Arg("The namespace of objects that don't say theirs.") Optional<String> namespace,
            @Arg(value = "Whether kubectl apply is used, which also removes what an earlier one brought and the definition no longer has.", fallback = "no") boolean apply,
            @Arg("Whether the server merges, as apply does: field_manager names who, force_conflicts takes over what others manage.") Optional<MapValue> serverSideApply,
            @Arg(value = "Whether the object is replaced, not merged into.", fallback = "no") boolean force,
            @Arg("How the definition is merged into what is there: strategic-merge, merge; the first that the kind knows.") Optional<List<Merge>> mergeType,
            @Arg(value = "Whether the task waits until the objects are what they are to be, or are gone.", name = "wait", fallback = "no") boolean waits,
            @Arg(value = "Seconds to wait.", fallback = "120") int waitTimeout,
            @Arg(value = "Has no effect: nothing is asked again and again; the server tells when it is so.", fallback = "5") int waitSleep,
            @Arg("What has to be true of an object that is waited for.") Optional<Kube.Condition> waitCondition,
            @Arg("How an object goes.") Optional<DeleteOptions> deleteOptions,
            @Arg("How closely the server looks at definitions.") Optional<Validate> validate, Kube kube){

        private KubeFact.Way way() {
            if (state == Wanted.ABSENT) {
                return KubeFact.Way.DELETE;
            }
            if (state == Wanted.PATCHED) {
                return KubeFact.Way.PATCH;
            }
            if (serverSideApply.isPresent()) {
                return KubeFact.Way.SERVER_APPLY;
            }
            boolean merges = mergeType.filter(types -> !types.isEmpty() && types.getFirst() == Merge.MERGE).isPresent();
            return apply
                    ? KubeFact.Way.APPLY
                    : force ? KubeFact.Way.REPLACE : merges ? KubeFact.Way.JSON_MERGE : KubeFact.Way.MERGE;
        }

        private List<String> serverOptions() {
            var options = new ArrayList<String>();
            serverSideApply.ifPresent(map -> {
                options.add("--field-manager=" + Tree.given(map, "field_manager").orElse("bramble"));
                if (Tree.yes(map, "force_conflicts")) {
                    options.add("--force-conflicts");
                }
            });
            return options;
        }
    }

    /**
     * What is there.
     *
     * @param mistake why the definitions can't be understood; empty if they can
     */
    public record State(List<One> objects, String mistake) {
        /** An object. */
        record One(KubeFact fact, Optional<KubeFact.Seen> seen) {}
    }

    @Override
    public String name() {
        return "k8s";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        if (args.src().isPresent()) {
            String path = args.src().get();
            return Inquiry.of(new ContentFact(path)).then(content -> content instanceof FileContent.Bytes bytes
                    ? of(args, new Text(new String(bytes.content().bytesOf(), StandardCharsets.UTF_8)))
                    : Inquiry.nothing(new State(List.of(), "Error accessing " + path + ". Does the file exist?")));
        }
        Value definition = args.template().<Value>map(file -> new Text(file.render(DocumentOptions.FILE).get()))
                .or(args::resourceDefinition).orElse(MapValue.EMPTY);
        return of(args, definition);
    }

    private static Inquiry<State> of(Args args, Value definition) {
        List<KubeObject> objects;
        try {
            objects = objects(args, definition);
        } catch (ProblemException | IllegalArgumentException e) {
            return Inquiry.nothing(new State(List.of(), String.valueOf(e.getMessage())));
        }
        return Inquiry
                .all(objects.stream().map(object -> new KubeFact(args.kube(), object, args.way(), args.serverOptions(),
                        args.validate().map(Validate::level).orElse(KubeFact.UNCHECKED)))
                        .map(fact -> Inquiry.of(fact).map(seen -> new State.One(fact, seen))).toList())
                .map(all -> new State(all, ""));
    }

    private static List<KubeObject> objects(Args args, Value definition) {
        var objects = new ArrayList<KubeObject>();
        for (Value one : flat(definition)) {
            if (!(one instanceof MapValue map)) {
                throw new IllegalArgumentException(
                        "Tried to read the definition, but it has something that is no mapping.");
            }
            if (Tree.text(map, "kind").endsWith("List") && map.get("items").isPresent()) {
                objects.addAll(objects(args, Tree.at(map, "items")));
                continue;
            }
            KubeObject object = new KubeObject(map).with(args.apiVersion(), args.kind().orElse(""), args.name(),
                    args.generateName(), args.namespace());
            if (object.beginning().isPresent() && args.way() != KubeFact.Way.MERGE) {
                throw new IllegalArgumentException(
                        "Tried to read the definition, but an object whose name the server makes"
                                + " can only be made: state: present, without apply, force and merge_type.");
            }
            if (object.kind().isEmpty() || (object.name().isEmpty() && object.beginning().isEmpty())) {
                throw new IllegalArgumentException("Tried to read the definition, but an object in it has no "
                        + (object.kind().isEmpty() ? "kind." : "metadata.name."));
            }
            objects.add(object);
        }
        return objects;
    }

    private static List<Value> flat(Value definition) {
        return switch (definition) {
            case ListValue list -> list.items().stream().flatMap(one -> flat(one).stream()).toList();
            case Text(String text) -> YamlReader.read(text, "definition", _ -> {}).stream().map(NodeValues::plain)
                    .filter(one -> !(one instanceof None))
                    .flatMap(one -> one instanceof ListValue ? flat(one).stream() : java.util.stream.Stream.of(one))
                    .toList();
            default -> List.of(definition);
        };
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (!actual.mistake.isEmpty()) {
            return new Plan.Refused(actual.mistake);
        }
        try {
            args.deleteOptions().ifPresent(DeleteOptions::words);
        } catch (IllegalArgumentException e) {
            return new Plan.Refused(String.valueOf(e.getMessage()));
        }
        var changes = new ArrayList<Change>();
        for (State.One one : actual.objects) {
            String tried = "look after " + one.fact().object().shown();
            if (one.seen().isEmpty()) {
                return Kube.lacking(tried);
            }
            KubeFact.Seen seen = one.seen().get();
            boolean later = !changes.isEmpty() && KubeFact.awaits(seen.trouble());
            if (!seen.trouble().isEmpty() && !later) {
                return new Plan.Refused("Tried to " + tried + ", but kubectl says: " + seen.trouble());
            }
            change(args, one.fact(), later
                    ? new KubeFact.Seen(seen.now(), Optional.of(one.fact().object().definition()), "", List.of())
                    : seen).ifPresent(changes::add);
        }
        return Plan.of(changes);
    }

    private static Optional<Change> change(Args args, KubeFact fact, KubeFact.Seen seen) {
        KubeObject object = fact.object();
        boolean gone = args.state() == Wanted.ABSENT;
        if (gone ? seen.now().isEmpty() : seen.next().isEmpty()) {
            return Optional.empty();
        }
        MapValue before = seen.now().map(KubeObject::essence).orElse(MapValue.EMPTY);
        MapValue after = gone ? MapValue.EMPTY : seen.next().map(KubeObject::essence).orElse(MapValue.EMPTY);
        if (before.equals(after)) {
            return Optional.empty();
        }
        if (object.beginning().isPresent()) {
            return Optional.of(new Change(object.shown(), object.secret()
                    ? Diff.NONE
                    : Diff.attributes(object.shown(), before,
                            after.with("metadata", MapValue.named(Tree.map(object.definition(), "metadata")))),
                    List.of(named(args, fact)),
                    List.of()));
        }
        Sh script = seen.now().isPresent() || fact.applies() ? fact.change(false) : fact.create(false);
        var actions = new ArrayList<Action>();
        actions.add(new Action.Run(gone
                ? args.kube().fed(object.place(), removal(args))
                : Sh.of("b_o=$({}) || exit", script)));
        if (args.waits() && !gone) {
            Kube.until(object, List.of(object.type() + "/" + object.name()), args.waitCondition(),
                    args.waitTimeout())
                    .ifPresent(words -> actions
                            .add(new Action.Run(Sh.of("{} >/dev/null </dev/null", args.kube().run(words)))));
        }
        Diff diff = object.secret() ? Diff.NONE : Diff.attributes(object.shown(), before, after);
        return Optional.of(new Change(object.shown(), diff, actions, List.of(Effect.becomes(fact,
                Optional.of(new KubeFact.Seen(gone ? Optional.empty() : seen.next(), seen.next(), "", List.of()))))));
    }

    /** Makes an object whose name the server makes, tells it, and waits for it. */
    private static Action named(Args args, KubeFact fact) {
        Sh made = Sh.of("b_o=$({}) || exit\nprintf '%s\\n' \"$b_o\"", fact.create(false));
        Optional<List<String>> until = args.waits()
                ? Kube.until(fact.object(), List.of("--filename", "-"), args.waitCondition(), args.waitTimeout())
                : Optional.empty();
        return new Action.Run(until.map(words -> Sh.of("{}\nprintf '%s\\n' \"$b_o\" | {} >/dev/null", made,
                args.kube().run(words))).orElse(made));
    }

    private static List<String> removal(Args args) {
        var words = new ArrayList<>(
                List.of("delete", "--filename", "-", "--ignore-not-found", "--wait=" + args.waits()));
        if (args.waits()) {
            words.add("--timeout=" + args.waitTimeout() + "s");
        }
        args.deleteOptions().map(DeleteOptions::words).ifPresent(words::addAll);
        return words;
    }

    /** The object that the server gave a name. */
    private static Value made(Applied<State> applied, String shown) {
        if (applied.predicted()) {
            return new Unknown("the server would give it a name");
        }
        return applied.answers().stream().flatMap(answer -> Json.tryParse(answer.text()).stream())
                .filter(object -> Tree.text(object, "metadata", "generateName").length() > 0
                        && shown.endsWith(Tree.text(object, "metadata", "generateName")))
                .findFirst().orElse(MapValue.EMPTY);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        var results = new ArrayList<MapValue>();
        List<State.One> after = applied.after() instanceof bramble.module.Maybe.Known<State>(State state)
                ? state.objects()
                : before.objects();
        for (int i = 0; i < before.objects().size(); i++) {
            State.One one = before.objects().get(i);
            String shown = one.fact().object().shown();
            boolean changed = applied.changes().stream().anyMatch(change -> change.subject().equals(shown));
            boolean was = one.seen().flatMap(KubeFact.Seen::now).isPresent();
            Value object = one.fact().object().beginning().isPresent()
                    ? made(applied, shown)
                    : after.get(i).seen().flatMap(KubeFact.Seen::now).<Value>map(is -> is).orElse(MapValue.EMPTY);
            String method = args.state() == Wanted.ABSENT
                    ? "delete"
                    : !was ? "create" : args.apply() ? "apply" : args.force() ? "replace" : "patch";
            results.add(MapValue.of("result", object, "changed", changed, "method", method));
        }
        MapValue told = results.size() == 1
                ? results.getFirst().without("changed")
                : MapValue.of("result", MapValue.of("results", results));
        List<String> warnings = before.objects().stream().flatMap(one -> one.seen().stream())
                .flatMap(seen -> seen.warnings().stream()).toList();
        MapValue all = warnings.isEmpty() ? told : told.with("warnings", warnings);
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.map(answer -> Verdict.failed("Tried to look after objects of Kubernetes, but kubectl says: "
                + Kube.said(answer), all)).orElseGet(() -> Verdict.changed(!applied.changes().isEmpty(), all));
    }
}
