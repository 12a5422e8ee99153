package bramble.modules.containers;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code k8s_info}: what there is to know of objects of Kubernetes. */
@AutoService(AnyModule.class)
public final class K8sInfoModule implements TaskModule<K8sInfoModule.Args, K8sInfoModule.State> {
    @Doc(value = "Tells of objects of Kubernetes, with the kubectl of the node.", collection = "kubernetes.core", example = """
            - name: See the nodes of the cluster
              kubernetes.core.k8s_info:
                kind: Node
              register: nodes
            """, returns = {
        "resources: list: the objects", "api_found: bool: whether the server knows the kind"})
    public record Args(@Arg("The kind of objects.") String kind,
            @Arg(value = "Its version.", aliases = {"api", "version"}, fallback = "v1") String apiVersion,
            @Arg("One of them.") Optional<String> name,
            @Arg("Those of one namespace; all if not given.") Optional<String> namespace,
            @Arg(value = "Those with such labels: app = web.", fallback = "[]") List<String> labelSelectors,
            @Arg(value = "Those with such fields: status.phase=Running.", fallback = "[]") List<String> fieldSelectors,
            Kube kube){}

    /** What is there. */
    public record State(Optional<Listed> listed) {}

    /**
     * The objects.
     *
     * @param known whether the server knows the kind
     */
    record Listed(List<Value> objects, boolean known, String trouble) {}

    private record ListFact(Kube kube, List<String> words) implements Fact<Optional<Listed>> {
        @Override
        public Sh script() {
            return Sh.of("command -v kubectl >/dev/null || exit 0\necho tool\n{} </dev/null", kube.run(words));
        }

        @Override
        public Optional<Listed> parse(Answer answer) {
            String text = answer.text();
            if (!text.startsWith("tool\n")) {
                return Optional.empty();
            }
            String errors = Kube.said(answer);
            if (!answer.ok()) {
                boolean unknown = errors.contains("doesn't have a resource type")
                        || errors.contains("no matches for kind");
                return Optional.of(new Listed(List.of(), !unknown, unknown ? "" : errors));
            }
            Value told = Json.tryParse(text.substring(5)).orElse(MapValue.EMPTY);
            return Optional.of(new Listed(Tree.at(told, "items") instanceof bramble.value.None
                    ? Tree.map(told).isEmpty() ? List.of() : List.of(told)
                    : Tree.list(told, "items"), true, ""));
        }
    }

    @Override
    public String name() {
        return "k8s_info";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var words = new ArrayList<String>();
        args.namespace().ifPresent(space -> words.addAll(List.of("--namespace", space)));
        words.addAll(List.of("get",
                new KubeObject(MapValue.of("apiVersion", args.apiVersion(), "kind", args.kind())).type()));
        args.name().ifPresent(words::add);
        if (args.namespace().isEmpty() && args.name().isEmpty()) {
            words.add("--all-namespaces");
        }
        if (!args.labelSelectors().isEmpty()) {
            words.addAll(List.of("--selector", String.join(",", args.labelSelectors())));
        }
        if (!args.fieldSelectors().isEmpty()) {
            words.addAll(List.of("--field-selector", String.join(",", args.fieldSelectors())));
        }
        words.addAll(List.of("--ignore-not-found", "--output", "json"));
        return Inquiry.of(new ListFact(args.kube(), words)).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        String tried = "look at objects of the kind " + args.kind();
        return actual.listed.isEmpty()
                ? Kube.lacking(tried)
                : actual.listed.get().trouble().isEmpty()
                        ? Plan.NOTHING
                        : new Plan.Refused(
                                "Tried to " + tried + ", but kubectl says: " + actual.listed.get().trouble());
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Listed listed = before.listed().orElseThrow();
        return Verdict.changed(false, MapValue.of("resources", listed.objects(), "api_found", listed.known()));
    }
}
