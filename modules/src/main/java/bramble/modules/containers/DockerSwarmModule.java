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
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.Int;
import bramble.value.MapValue;
import bramble.value.Merging;
import bramble.value.PythonText;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code docker_swarm}: a node's place in a swarm of Docker's. */
@AutoService(AnyModule.class)
public final class DockerSwarmModule implements TaskModule<DockerSwarmModule.Args, DockerSwarmModule.State> {
    private static final long SECOND = 1_000_000_000L;

    /** What is to be true. */
    public enum Wanted {
        PRESENT,
        JOIN,
        ABSENT,
        REMOVE,
        INSPECT
    }

    @Doc(value = "Begins a swarm of Docker's, joins one, sets it, leaves it, and tells its tokens.", collection = "community.docker", oneByOne = true, neverSettles = "force and new tokens do each time what they are told", example = """
            - name: Begin a swarm
              community.docker.docker_swarm:
                state: present
                advertise_addr: "{{ ansible_facts.default_ipv4.address }}"
              register: swarm
            """, returns = {
        "swarm_facts: dict: JoinTokens (Manager, Worker) and what docker tells of the swarm",
        "actions: list: what was done"})
    public record Args(
            @Arg(value = "present begins a swarm where there is none, and sets it; join joins one; absent leaves it; remove forgets a node that is down; inspect only tells.", fallback = "present") Wanted state,
            @Arg("The address that other nodes are told, or its interface.") Optional<String> advertiseAddr,
            @Arg(value = "Where it listens.", fallback = "0.0.0.0:2377") String listenAddr,
            @Arg("The address for the containers' own traffic.") Optional<String> dataPathAddr,
            @Arg("The port for it.") Optional<Integer> dataPathPort,
            @Arg("Where networks of the swarm get their addresses.") Optional<List<String>> defaultAddrPool,
            @Arg("The size of such networks, in bits.") Optional<Integer> subnetSize,
            @Arg(value = "Begins a new swarm with what is left of an old one; leaves one although the node manages it.", fallback = "no") boolean force,
            @Arg("Managers of the swarm to join.") Optional<List<String>> remoteAddrs,
            @Arg(value = "What lets the node join. The docker command takes it as one of its words: for that moment other users of the node can see it.", secret = true) Optional<String> joinToken,
            @Arg("The node to remove.") Optional<String> nodeId,
            @Arg("How many ended tasks are remembered.") Optional<Integer> taskHistoryRetentionLimit,
            @Arg("How many old snapshots are kept.") Optional<Integer> keepOldSnapshots,
            @Arg("Log entries between snapshots.") Optional<Integer> snapshotInterval,
            @Arg("Nanoseconds between signs of life.") Optional<Long> dispatcherHeartbeatPeriod,
            @Arg("Nanoseconds that certificates of nodes are good for.") Optional<Long> nodeCertExpiry,
            @Arg("Whether managers need a key when they start again.") Optional<Boolean> autolockManagers,
            @Arg("Labels of the swarm itself, not of its nodes: those that it has then.") Optional<MapValue> labels,
            @Arg("The text of the certificate that those of nodes are signed with, PEM; together with signing_ca_key. The task waits for the nodes that are there to have new ones.") Optional<String> signingCaCert,
            @Arg(value = "The text of its key, PEM. What the certificate is for can be asked of the swarm, the key can't: another key alone changes nothing.", secret = true) Optional<String> signingCaKey,
            @Arg("A number, each other one of which has the swarm make a new certificate to sign with.") Optional<Integer> caForceRotate,
            @Arg(value = "Makes a new token for workers.", fallback = "no") boolean rotateWorkerToken,
            @Arg(value = "Makes a new token for managers.", fallback = "no") boolean rotateManagerToken,
            Docker docker) {

        SwarmFact fact() {
            return new SwarmFact(docker);
        }

        /** Whether it asks for what the command has no options for. */
        private boolean unspoken() {
            return labels.isPresent() || signingCaCert.isPresent() || caForceRotate.isPresent();
        }
    }

    /** The node's place. */
    public record State(Optional<SwarmFact.Place> place) {}

    @Override
    public String name() {
        return "docker_swarm";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(args.fact()).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        String tried = "look after the swarm";
        if (actual.place.isEmpty()) {
            return Docker.lacking(tried);
        }
        SwarmFact.Place place = actual.place.get();
        if (!place.trouble().isEmpty()) {
            return Docker.troubled(tried, place.trouble());
        }
        if (args.signingCaCert().isPresent() != args.signingCaKey().isPresent()) {
            return Plan.mistake("parameters are required together: signing_ca_cert, signing_ca_key");
        }
        boolean begun = place.active() && !args.force();
        return switch (args.state()) {
            case INSPECT -> place.manages()
                    ? Plan.NOTHING
                    : new Plan.Refused("Tried to look at the swarm, but the node doesn't manage one.");
            case PRESENT -> {
                if (begun && !place.manages()) {
                    yield new Plan.Refused(
                            "Tried to set the swarm, but the node is one of its workers: that is for a manager.");
                }
                yield begun ? update(args, place) : init(args);
            }
            case JOIN -> {
                if (args.joinToken().isEmpty() || args.remoteAddrs().orElse(List.of()).isEmpty()) {
                    yield new Plan.Refused(
                            "state is join but all of the following are missing: remote_addrs, join_token");
                }
                yield place.active() ? Plan.NOTHING : join(args);
            }
            case ABSENT -> place.active()
                    ? change(args, args.force() ? List.of("leave", "--force") : List.of("leave"), "active", "inactive",
                            told("inactive", false))
                    : Plan.NOTHING;
            case REMOVE -> remove(args, place);
        };
    }

    private static Plan init(Args args) {
        if (args.unspoken()) {
            var asked = new TreeMap<String, Value>();
            asked.put("ListenAddr", Value.text(args.listenAddr()));
            args.advertiseAddr().ifPresent(address -> asked.put("AdvertiseAddr", Value.text(address)));
            args.dataPathAddr().ifPresent(address -> asked.put("DataPathAddr", Value.text(address)));
            args.dataPathPort().ifPresent(port -> asked.put("DataPathPort", Value.of(port)));
            args.defaultAddrPool().ifPresent(pools -> asked.put("DefaultAddrPool", Value.texts(pools)));
            args.subnetSize().ifPresent(bits -> asked.put("SubnetSize", Value.of(bits)));
            asked.put("ForceNewCluster", Value.of(args.force()));
            asked.put("Spec", spec(args, MapValue.EMPTY));
            return change(args, SwarmCall.of(args.docker(), "init", MapValue.named(asked), args.signingCaCert()),
                    "inactive",
                    "active", told("active", true).with("Cluster", next(args, MapValue.EMPTY)));
        }
        var words = new ArrayList<>(List.of("init", "--listen-addr", args.listenAddr()));
        addresses(args, words);
        args.defaultAddrPool().orElse(List.of()).forEach(pool -> words.addAll(List.of("--default-addr-pool", pool)));
        args.subnetSize()
                .ifPresent(bits -> words.addAll(List.of("--default-addr-pool-mask-length", String.valueOf(bits))));
        if (args.force()) {
            words.add("--force-new-cluster");
        }
        settings(args).forEach((option, wanted) -> words.addAll(List.of(option, shown(option, wanted))));
        return change(args, words, "inactive", "active",
                told("active", true).with("Cluster", next(args, MapValue.EMPTY)));
    }

    private static Plan join(Args args) {
        var words = new ArrayList<Object>(List.of("swarm", "join", "--listen-addr", args.listenAddr(), "--token",
                Sh.secret(args.joinToken().orElseThrow())));
        addresses(args, words);
        words.add(args.remoteAddrs().orElseThrow().getFirst());
        return change(args, args.docker().quiet(words), "inactive", "active", told("active", false));
    }

    private static void addresses(Args args, List<? super String> words) {
        args.advertiseAddr().ifPresent(address -> {
            words.add("--advertise-addr");
            words.add(address);
        });
        args.dataPathAddr().ifPresent(address -> {
            words.add("--data-path-addr");
            words.add(address);
        });
        args.dataPathPort().ifPresent(port -> {
            words.add("--data-path-port");
            words.add(String.valueOf(port));
        });
    }

    private static final Map<String, String[]> WHERE = Map.of("--task-history-limit",
            new String[]{"Cluster", "Spec", "Orchestration", "TaskHistoryRetentionLimit"}, "--max-snapshots",
            new String[]{"Cluster", "Spec", "Raft", "KeepOldSnapshots"}, "--snapshot-interval",
            new String[]{"Cluster", "Spec", "Raft", "SnapshotInterval"}, "--dispatcher-heartbeat",
            new String[]{"Cluster", "Spec", "Dispatcher", "HeartbeatPeriod"}, "--cert-expiry",
            new String[]{"Cluster", "Spec", "CAConfig", "NodeCertExpiry"}, "--autolock",
            new String[]{"Cluster", "Spec", "EncryptionConfig", "AutoLockManagers"});

    /** What is to be set, by docker's option. */
    private static Map<String, Value> settings(Args args) {
        var settings = new TreeMap<String, Value>();
        args.taskHistoryRetentionLimit().ifPresent(count -> settings.put("--task-history-limit", Value.of(count)));
        args.keepOldSnapshots().ifPresent(count -> settings.put("--max-snapshots", Value.of(count)));
        args.snapshotInterval().ifPresent(count -> settings.put("--snapshot-interval", Value.of(count)));
        args.dispatcherHeartbeatPeriod().ifPresent(time -> settings.put("--dispatcher-heartbeat", Value.of(time)));
        args.nodeCertExpiry().ifPresent(time -> settings.put("--cert-expiry", Value.of(time)));
        args.autolockManagers().ifPresent(on -> settings.put("--autolock", Value.of(on)));
        return settings;
    }

    private static String shown(String option, Value wanted) {
        boolean time = option.equals("--dispatcher-heartbeat") || option.equals("--cert-expiry");
        return time && wanted instanceof Int(var number) ? number.longValue() / SECOND + "s" : Tree.text(wanted);
    }

    private static MapValue cluster(Args args) {
        MapValue told = MapValue.EMPTY;
        for (var setting : settings(args).entrySet()) {
            String[] path = java.util.Objects.requireNonNull(WHERE.get(setting.getKey()));
            MapValue spec = MapValue.named(Tree.map(told, path[1]));
            MapValue part = MapValue.named(Tree.map(spec, path[2])).with(path[3], setting.getValue());
            told = told.with(path[1], spec.with(path[2], part));
        }
        return told;
    }

    /** What the swarm is asked to be: what it is, but for what the task sets. */
    private static MapValue spec(Args args, MapValue now) {
        MapValue spec = Merging.MERGE.over(MapValue.named(Tree.map(cluster(args), "Spec")), now);
        if (args.labels().isPresent()) {
            spec = spec.with("Labels", texts(args.labels().get()));
        }
        MapValue signing = MapValue.named(Tree.map(spec, "CAConfig"));
        if (args.caForceRotate().isPresent()) {
            signing = signing.with("ForceRotate", args.caForceRotate().get());
        }
        if (args.signingCaCert().isPresent()) {
            signing = signing.with("SigningCACert", pem(args.signingCaCert().get())).with("SigningCAKey",
                    pem(args.signingCaKey().orElse("")));
        }
        return signing.byName().isEmpty() ? spec : spec.with("CAConfig", signing);
    }

    /** What docker tells of it then. */
    private static MapValue next(Args args, MapValue now) {
        MapValue spec = spec(args, MapValue.named(Tree.map(now, "Spec")));
        MapValue open = spec.get("CAConfig").isEmpty()
                ? spec
                : spec.with("CAConfig", MapValue.named(Tree.map(spec, "CAConfig")).without("SigningCACert")
                        .without("SigningCAKey"));
        MapValue next = now.with("Spec", open);
        return args.signingCaCert().map(cert -> next.with("TLSInfo", MapValue.of("TrustRoot", pem(cert)))).orElse(next);
    }

    private static MapValue texts(MapValue labels) {
        var texts = new TreeMap<String, Value>();
        labels.byName().forEach((name, value) -> texts.put(name, Value.text(PythonText.of(value))));
        return MapValue.named(texts);
    }

    private static String pem(String text) {
        return text.strip() + "\n";
    }

    /** What differs of that for which the command has no options: how it is, and how it is to be. */
    private static void unspoken(Args args, MapValue cluster, Map<String, Value> before, Map<String, Value> after) {
        args.labels().map(DockerSwarmModule::texts).ifPresent(
                labels -> differs("labels", MapValue.named(Tree.map(cluster, "Spec", "Labels")), labels, before,
                        after));
        args.caForceRotate().ifPresent(number -> differs("ca-force-rotate",
                Value.of(Tree.number(cluster, "Spec", "CAConfig", "ForceRotate")), Value.of(number), before, after));
        args.signingCaCert().ifPresent(cert -> differs("signing-ca-cert",
                Value.text(pem(Tree.text(cluster, "TLSInfo", "TrustRoot"))), Value.text(pem(cert)), before, after));
    }

    private static void differs(String name, Value is, Value wanted, Map<String, Value> before,
            Map<String, Value> after) {
        if (!is.equals(wanted)) {
            before.put(name, is);
            after.put(name, wanted);
        }
    }

    private static Plan update(Args args, SwarmFact.Place place) {
        var words = new ArrayList<>(List.of("update"));
        var changes = new ArrayList<Change>();
        var before = new TreeMap<String, Value>();
        var after = new TreeMap<String, Value>();
        settings(args).forEach((option, wanted) -> {
            Value is = Tree.at(place.told(), java.util.Objects.requireNonNull(WHERE.get(option)));
            if (!is.equals(wanted)) {
                before.put(option.substring(2), is);
                after.put(option.substring(2), wanted);
                words.add(option + "=" + shown(option, wanted));
            }
        });
        MapValue now = MapValue.named(Tree.map(place.told(), "Cluster"));
        int spoken = after.size();
        unspoken(args, now, before, after);
        if (!after.isEmpty()) {
            var next = new SwarmFact.Place(place.told().with("Cluster", next(args, now)), place.tokens(), "");
            Sh script = after.size() == spoken
                    ? swarm(args, words).sh()
                    : SwarmCall.of(args.docker(), "update?version=" + Tree.number(now, "Version", "Index"),
                            spec(args, MapValue.named(Tree.map(now, "Spec"))),
                            args.signingCaCert().filter(_ -> after.containsKey("signing-ca-cert")));
            changes.add(new Change("swarm", Diff.attributes("swarm", MapValue.named(before), MapValue.named(after)),
                    List.of(new Action.Run(script)), List.of(Effect.becomes(args.fact(), Optional.of(next)))));
        }
        for (String role : List.of("worker", "manager")) {
            if (role.equals("worker") ? args.rotateWorkerToken() : args.rotateManagerToken()) {
                changes.add(new Change(role + " token", Diff.NONE,
                        List.of(swarm(args, List.of("join-token", "--rotate", "--quiet", role))),
                        List.of(new Effect.Unknown((fact, _) -> fact.equals(args.fact()),
                                "a new token would be made"))));
            }
        }
        return Plan.of(changes);
    }

    private static Plan remove(Args args, SwarmFact.Place place) {
        if (args.nodeId().isEmpty()) {
            return Plan.mistake("state is remove but all of the following are missing: node_id");
        }
        if (!place.manages()) {
            return new Plan.Refused("Tried to remove a node of the swarm, but this node doesn't manage it.");
        }
        var words = new ArrayList<>(List.of("node", "rm"));
        if (args.force()) {
            words.add("--force");
        }
        words.add(args.nodeId().get());
        return Plan.of(new Change(args.nodeId().get(), Diff.text(args.nodeId().get(), "node\n", ""),
                List.of(new Action.Run(args.docker().quiet(words))), List.of()));
    }

    private static MapValue told(String state, boolean manages) {
        return MapValue.of("LocalNodeState", state, "ControlAvailable", manages);
    }

    private static Action.Run swarm(Args args, List<String> words) {
        var all = new ArrayList<>(List.of("swarm"));
        all.addAll(words);
        return new Action.Run(args.docker().quiet(all));
    }

    private static Plan change(Args args, List<String> words, String before, String after, MapValue told) {
        return change(args, swarm(args, words).sh(), before, after, told);
    }

    private static Plan change(Args args, Sh script, String before, String after, MapValue told) {
        return Plan.of(
                new Change("swarm", Diff.text("swarm", before + "\n", after + "\n"), List.of(new Action.Run(script)),
                        List.of(Effect.becomes(args.fact(),
                                Optional.of(new SwarmFact.Place(told, MapValue.EMPTY, ""))))));
    }

    /** What was done, in a sentence. */
    private static String said(Args args, Change change, Value facts) {
        if (change.subject().endsWith(" token")) {
            return "Made a new " + change.subject();
        }
        return switch (args.state()) {
            case ABSENT -> "Node has left the swarm cluster";
            case JOIN -> "New node is added to swarm cluster";
            case REMOVE -> "Node " + change.subject() + " is removed from swarm cluster.";
            case PRESENT, INSPECT -> change.diff().after() instanceof MapValue
                    ? "Swarm cluster updated"
                    : "New Swarm cluster created: " + Tree.text(facts, "ID");
        };
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Value facts = applied.predicted() && !applied.changes().isEmpty()
                ? new Unknown("the swarm would be changed first")
                : applied.after() instanceof Maybe.Known<State>(State state) && state.place().isPresent()
                        && state.place().get().manages()
                                ? MapValue.named(Tree.map(state.place().get().told(), "Cluster")).with("JoinTokens",
                                        state.place().get().tokens())
                                : MapValue.EMPTY;
        boolean in = before.place().filter(SwarmFact.Place::active).isPresent();
        boolean nameless = facts instanceof Unknown && args.state() == Wanted.PRESENT && !in; // its id comes with it
        MapValue results = MapValue.of("swarm_facts", facts, "actions",
                nameless
                        ? facts
                        : args.state() == Wanted.ABSENT && !in
                                ? List.of("This node is not part of a swarm.")
                                : args.state() == Wanted.PRESENT && applied.changes().isEmpty()
                                        ? List.of("No modification")
                                        : applied.changes().stream().map(change -> said(args, change, facts)).toList());
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed
                .map(answer -> Verdict
                        .failed("Tried to look after the swarm, but docker says: " + answer.errors().strip(), results))
                .orElseGet(() -> Verdict.changed(!applied.changes().isEmpty(), results));
    }
}
