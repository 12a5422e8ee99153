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
            @Arg(value = "Its version.", aliases = {
                "api", "version"}, fallback = "v1") String apiVersion,
            @Arg("One of them.") Optional<String> name,
            @Arg("Those of one namespace; all if not given.") Optional<String> namespace,
            @Arg(value = "Those with such labels: app = web.", fallback = "[]") List<String> labelSelectors,
            @Arg(value = "Those with such fields: status.phase=Running.", fallback = "[]") List<String> fieldSelectors,
            @Arg(value = "Whether the task waits until they are there, and what they are to be: pods ready, deployments rolled out, or as wait_condition says.", name = "wait", fallback = "no") boolean waits,
            @Arg(value = "Seconds between two looks while there are none.", fallback = "5") int waitSleep,
            @Arg(value = "Seconds to wait.", fallback = "120") int waitTimeout,
            @Arg("What has to be true of them.") Optional<Kube.Condition> waitCondition, Kube kube){

        private KubeObject object() {
            MapValue plain = MapValue.of("apiVersion", apiVersion, "kind", kind);
            return new KubeObject(namespace.map(space -> plain.with("metadata", MapValue.of("namespace", space)))
                    .orElse(plain));
        }

        /** Which of them; those of all namespaces, where neither a namespace nor a name is given. */
        private List<String> which() {
            var words = new ArrayList<String>(List.of(object().type()));
            name.ifPresent(words::add);
            if (namespace.isEmpty() && name.isEmpty()) {
                words.add("--all-namespaces");
            }
            if (!labelSelectors.isEmpty()) {
                words.addAll(List.of("--selector", String.join(",", labelSelectors)));
            }
            if (!fieldSelectors.isEmpty()) {
                words.addAll(List.of("--field-selector", String.join(",", fieldSelectors)));
            }
            return words;
        }

        /** Waits, if the task is to; nothing of what is waited for can be changed by that. */
        private Sh patience() {
            if (!waits) {
                return Sh.raw("");
            }
            var which = new ArrayList<>(which());
            if (name.isEmpty() && labelSelectors.isEmpty() && fieldSelectors.isEmpty()) {
                which.add("--all");
            }
            return Kube.until(object(), which, waitCondition, waitTimeout)
                    .map(words -> Sh.of(
                            """
                                    b_i=0
                                    until b_w=$({} 2>&1 </dev/null); do
                                      case $b_w in *'no matching resources'* | *'(NotFound)'* | *'No resources found'*) ;; *) printf '%s\\n' "$b_w" >&2; exit 1 ;; esac
                                      [ "$b_i" -lt {} ] || { printf 'there are none after %s seconds\\n' "$b_i" >&2; exit 1; }
                                      sleep {}; b_i=$((b_i + {}))
                                    done
                                    """,
                            kube.run(words), waitTimeout, Math.max(1, waitSleep), Math.max(1, waitSleep)))
                    .orElseGet(() -> Sh.raw(""));
        }
    }

    /** What is there. */
    public record State(Optional<Listed> listed) {}

    /**
     * The objects.
     *
     * @param known whether the server knows the kind
     */
    record Listed(List<Value> objects, boolean known, String trouble) {}

    /** @param patience what is run first, to wait */
    private record ListFact(Kube kube, Sh patience, List<String> words) implements Fact<Optional<Listed>> {
        @Override
        public Sh script() {
            return Sh.of("command -v kubectl >/dev/null || exit 0\necho tool\n{}{} </dev/null", patience,
                    kube.run(words));
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
        words.add("get");
        words.addAll(args.which());
        words.addAll(List.of("--ignore-not-found", "--output", "json"));
        return Inquiry.of(new ListFact(args.kube(), args.patience(), words)).map(State::new);
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
