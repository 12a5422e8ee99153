package bramble.modules.network;

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
import bramble.modules.files.CommandFact;
import bramble.modules.files.Presence;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.ListValue;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code iptables}: rules of the kernel's packet filter. */
@AutoService(AnyModule.class)
public final class IptablesModule implements TaskModule<IptablesModule.Args, IptablesModule.State> {
    private static final List<String> POLICIES = List.of("ACCEPT", "DROP", "QUEUE", "RETURN");

    /** The tables. */
    public enum Table {
        FILTER,
        NAT,
        MANGLE,
        RAW,
        SECURITY
    }

    /** Which packets a rule is about. */
    public enum Version {
        IPV4,
        IPV6,
        BOTH;

        private List<String> commands() {
            return switch (this) {
                case IPV4 -> List.of("iptables");
                case IPV6 -> List.of("ip6tables");
                case BOTH -> List.of("iptables", "ip6tables");
            };
        }
    }

    /** Where a new rule goes. */
    public enum Where {
        APPEND,
        INSERT
    }

    /** Whether TCP packets that open a connection are meant. */
    public enum Syn {
        IGNORE,
        MATCH,
        NEGATE
    }

    @Doc(value = "Keeps rules, policies and chains of iptables, until the node restarts.", example = """
            - name: Let web pages out
              ansible.builtin.iptables:
                chain: INPUT
                protocol: tcp
                destination_port: "443"
                ctstate: NEW
                jump: ACCEPT
                comment: web
            """, returns = {"rule: str: the rule's words, as iptables takes them", "chain: str: the chain",
        "table: str: the table", "state: str: present or absent", "ip_version: str: ipv4, ipv6 or both",
        "flush: bool: whether the chain was to be emptied", "chain_management: bool: whether the chain was kept too"})
    public record Args(@Arg(value = "The table.", fallback = "filter") Table table,
            @Arg(value = "Whether the rule is to be there.", fallback = "present") Presence state,
            @Arg(value = "Whether a new rule goes behind the others or before them.", fallback = "append") Where action,
            @Arg("With action insert: the number of the rule that it goes before.") Optional<String> ruleNum,
            @Arg(value = "The packets that it is about.", fallback = "ipv4") Version ipVersion,
            @Arg("The chain; INPUT, FORWARD, OUTPUT, or one of your own.") Optional<String> chain,
            @Arg(value = "Whether the chain is made and removed too.", fallback = "no") boolean chainManagement,
            @Arg("tcp, udp, icmp, a number; a ! before it negates it, here and below.") Optional<String> protocol,
            @Arg("Where packets come from: an address, a network, a name.") Optional<String> source,
            @Arg("Where they go.") Optional<String> destination,
            @Arg("Flags of TCP packets: flags, those looked at, and flags_set, those that must be set.") Optional<MapValue> tcpFlags,
            @Arg(value = "Extensions of iptables that the rule uses.", fallback = "[]") List<String> match,
            @Arg("What becomes of the packet: ACCEPT, DROP, REJECT, LOG, MASQUERADE, a chain.") Optional<String> jump,
            @Arg("With jump TEE: whom a copy is sent to.") Optional<String> gateway,
            @Arg("With jump LOG: what the line in the log begins with.") Optional<String> logPrefix,
            @Arg("With jump LOG: the level, 0 to 7 or debug, info, notice, warning, error, crit, alert, emerg.") Optional<String> logLevel,
            @Arg("With jump DNAT: the address that packets get.") Optional<String> toDestination,
            @Arg(value = "Ports packets go to, for the extension multiport.", fallback = "[]") List<String> destinationPorts,
            @Arg("With jump SNAT: the address that packets get.") Optional<String> toSource,
            @Arg(value = "The chain that goes on with the packet, without return.", name = "goto") Optional<String> goto_,
            @Arg("The interface it comes in by.") Optional<String> inInterface,
            @Arg("The interface it goes out by.") Optional<String> outInterface,
            @Arg("Whether fragments behind the first are meant: any text, ! for the contrary.") Optional<String> fragment,
            @Arg("Packets and bytes that the rule's counters begin with.") Optional<String> setCounters,
            @Arg("The port, or range of ports, it comes from.") Optional<String> sourcePort,
            @Arg("The port, or range of ports, it goes to.") Optional<String> destinationPort,
            @Arg("With jump REDIRECT: the port packets get.") Optional<String> toPorts,
            @Arg("With jump DSCP: the value set.") Optional<String> setDscpMark,
            @Arg("With jump DSCP: the class set.") Optional<String> setDscpMarkClass,
            @Arg(value = "Whether the rule is about TCP packets that open connections, or about the others.", fallback = "ignore") Syn syn,
            @Arg(value = "States of the connection: NEW, ESTABLISHED, RELATED, INVALID, UNTRACKED, SNAT, DNAT.", fallback = "[]") List<String> ctstate,
            @Arg("A range of addresses they come from, first-last.") Optional<String> srcRange,
            @Arg("A range of addresses they go to.") Optional<String> dstRange,
            @Arg("The name of a set of ipset.") Optional<String> matchSet,
            @Arg("Which address is looked for in the set: src, dst, src,dst or dst,src.") Optional<String> matchSetFlags,
            @Arg("How often it matches at most: 5/second.") Optional<String> limit,
            @Arg("How many may match before limit counts.") Optional<String> limitBurst,
            @Arg("The user whose program sends it.") Optional<String> uidOwner,
            @Arg("The group whose program sends it.") Optional<String> gidOwner,
            @Arg("With jump REJECT, which it implies: the answer.") Optional<String> rejectWith,
            @Arg("The kind of ICMP packet.") Optional<String> icmpType,
            @Arg("A comment in the rule.") Optional<String> comment,
            @Arg("What becomes of packets that no rule of the chain catches: ACCEPT, DROP, QUEUE or RETURN.") Optional<String> policy,
            @Arg(value = "Removes all rules of the chain, or of all chains if none is named.", fallback = "no") boolean flush,
            @Arg(value = "How many seconds to wait for another iptables.", name = "wait") Optional<String> wait_,
            @Arg(value = "Accepted; names are never looked up.", fallback = "no") boolean numeric) {

        /** The rule, in the words of iptables. */
        private List<String> rule(boolean six) {
            var words = new ArrayList<String>();
            add(words, "-w", wait_);
            add(words, "-p", protocol);
            add(words, "-s", source);
            add(words, "-d", destination);
            match.forEach(one -> words.addAll(List.of("-m", one)));
            tcpFlags.filter(flags -> !flags.equals(MapValue.EMPTY)).ifPresent(
                    flags -> words.addAll(List.of("--tcp-flags", joined(flags, "flags"), joined(flags, "flags_set"))));
            add(words, "-j", target());
            add(words, "--gateway", gateway);
            add(words, "--log-prefix", logPrefix);
            add(words, "--log-level", logLevel);
            add(words, "--to-destination", toDestination);
            if (!destinationPorts.isEmpty()) {
                words.addAll(List.of("-m", "multiport", "--dports", String.join(",", destinationPorts)));
            }
            add(words, "--to-source", toSource);
            add(words, "-g", goto_);
            add(words, "-i", inInterface);
            add(words, "-o", outInterface);
            fragment.ifPresent(text -> words.addAll(text.equals("!") ? List.of("!", "-f") : List.of("-f")));
            setCounters.ifPresent(text -> {
                words.add("-c");
                words.addAll(List.of(text.strip().split("[ ,]+", -1)));
            });
            add(words, "--source-port", sourcePort);
            add(words, "--destination-port", destinationPort);
            add(words, "--to-ports", toPorts);
            add(words, "--set-dscp", setDscpMark);
            add(words, "--set-dscp-class", setDscpMarkClass);
            if (syn != Syn.IGNORE) {
                words.addAll(syn == Syn.MATCH ? List.of("--syn") : List.of("!", "--syn"));
            }
            if (!ctstate.isEmpty()) {
                extension(words, "conntrack", "state");
                words.addAll(List.of(match.contains("state") ? "--state" : "--ctstate", String.join(",", ctstate)));
            }
            if (srcRange.isPresent() || dstRange.isPresent()) {
                extension(words, "iprange");
                add(words, "--src-range", srcRange);
                add(words, "--dst-range", dstRange);
            }
            matchSet.ifPresent(set -> {
                extension(words, "set");
                words.addAll(set.startsWith("!")
                        ? List.of("!", "--match-set", set.substring(1), matchSetFlags.orElse("src"))
                        : List.of("--match-set", set, matchSetFlags.orElse("src")));
            });
            if (limit.isPresent() || limitBurst.isPresent()) {
                extension(words, "limit");
                add(words, "--limit", limit);
                add(words, "--limit-burst", limitBurst);
            }
            if (uidOwner.isPresent() || gidOwner.isPresent()) {
                extension(words, "owner");
                add(words, "--uid-owner", uidOwner);
                add(words, "--gid-owner", gidOwner);
            }
            add(words, "--reject-with", rejectWith);
            add(words, six ? "--icmpv6-type" : "--icmp-type", icmpType);
            comment.ifPresent(text -> {
                extension(words, "comment");
                words.addAll(List.of("--comment", text));
            });
            return words;
        }

        private Optional<String> target() {
            boolean logs = logPrefix.isPresent() || logLevel.isPresent();
            return jump.or(() -> logs ? Optional.of("LOG") : rejectWith.map(_ -> "REJECT"));
        }

        private void extension(List<String> words, String... names) {
            if (List.of(names).stream().noneMatch(match::contains)) {
                words.addAll(List.of("-m", names[0]));
            }
        }

        private static void add(List<String> words, String option, Optional<String> value) {
            value.filter(text -> !text.isEmpty()).ifPresent(text -> words.addAll(text.startsWith("!")
                    ? List.of("!", option, text.substring(1).strip())
                    : List.of(option, text)));
        }

        private static String joined(MapValue flags, String name) {
            return flags.get(name).map(value -> value instanceof ListValue list
                    ? list.items().stream().map(Object::toString).collect(Collectors.joining(","))
                    : value.toString()).orElse("");
        }

        private Optional<String> mistake() {
            if (chain.isEmpty() && !flush) {
                return Optional.of("Either chain or flush parameter must be specified.");
            }
            if (flush && policy.isPresent()) {
                return Optional.of("parameters are mutually exclusive: flush|policy");
            }
            if (setDscpMark.isPresent() && setDscpMarkClass.isPresent()) {
                return Optional.of("parameters are mutually exclusive: set_dscp_mark|set_dscp_mark_class");
            }
            if (matchSet.isPresent() != matchSetFlags.isPresent()) {
                return Optional.of("parameters are required together: match_set, match_set_flags");
            }
            if (jump.equals(Optional.of("TEE")) && gateway.isEmpty()) {
                return Optional.of("jump is TEE but all of the following are missing: gateway");
            }
            if ((logPrefix.isPresent() || logLevel.isPresent()) && jump.isPresent()
                    && !jump.equals(Optional.of("LOG"))) {
                return Optional.of("Logging options can only be used with the LOG jump target.");
            }
            return policy.filter(word -> !POLICIES.contains(word)).map(
                    word -> "value of policy must be one of: " + String.join(", ", POLICIES) + ", got: " + word);
        }
    }

    /** The chain, for each command that it is asked of. */
    public record State(List<Known> known) {
        /** What one command knows. */
        record Known(ChainFact fact, Optional<ChainFact.Chain> chain) {}
    }

    @Override
    public String name() {
        return "iptables";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.all(args.ipVersion().commands().stream().map(command -> {
            boolean ruled = !args.flush() && args.policy().isEmpty();
            var fact = new ChainFact(command, table(args), args.chain().orElse(""),
                    ruled ? args.rule(command.startsWith("ip6")) : List.of());
            return Inquiry.of(fact).map(told -> new State.Known(fact, told.chain()));
        }).toList()).map(State::new);
    }

    private static String table(Args args) {
        return args.table().name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> mistake = args.mistake();
        if (mistake.isPresent()) {
            return Plan.mistake(mistake.get());
        }
        var changes = new ArrayList<Change>();
        for (State.Known known : actual.known) {
            if (known.chain.isEmpty()) {
                return new Plan.Refused(
                        new CommandFact(known.fact.command()).sentence("filter packets", "iptables"));
            }
            ChainFact.Chain chain = known.chain.get();
            boolean makes = args.chainManagement() || (args.flush() && args.chain().isEmpty());
            if (!chain.exists() && !makes && !(args.state() == Presence.ABSENT)) {
                return new Plan.Refused("Tried to look at the chain " + known.fact.chain() + " of the table "
                        + known.fact.table() + ", but " + chain.refusal()
                        + " (chain_management: true makes chains that aren't there)");
            }
            changes.addAll(changes(args, known.fact, chain));
        }
        return Plan.of(changes);
    }

    private static List<Change> changes(Args args, ChainFact fact, ChainFact.Chain chain) {
        List<String> named = fact.chain().isEmpty() ? List.of() : List.of(fact.chain());
        if (args.flush()) {
            return chain.rules() == 0
                    ? List.of()
                    : List.of(change(fact, chain, new ChainFact.Chain(true, chain.policy(), 0, false, ""),
                            "rules", Sh.of("{} -t {} -F {}", fact.command(), fact.table(), named)));
        }
        if (args.policy().isPresent()) {
            String policy = args.policy().get();
            return chain.policy().equals(policy)
                    ? List.of()
                    : List.of(change(fact, chain, chain.with(policy), "policy",
                            Sh.of("{} -t {} -P {} {}", fact.command(), fact.table(), fact.chain(), policy)));
        }
        boolean present = args.state() == Presence.PRESENT;
        if (fact.rule().isEmpty()) {
            boolean settled = !args.chainManagement() || chain.exists() == present;
            return settled
                    ? List.of()
                    : List.of(change(fact, chain, new ChainFact.Chain(present, "", 0, false, ""), "chain",
                            Sh.of("{} -t {} {} {}", fact.command(), fact.table(), Sh.raw(present ? "-N" : "-X"),
                                    fact.chain())));
        }
        if (chain.holds() == present) {
            return List.of();
        }
        Sh make = present && !chain.exists()
                ? Sh.of("{} -t {} -N {} && ", fact.command(), fact.table(), fact.chain())
                : Sh.raw("");
        boolean inserts = present && args.action() == Where.INSERT;
        Sh verb = Sh.raw(!present ? "-D" : inserts ? "-I" : "-A");
        List<String> number = inserts ? args.ruleNum().map(List::of).orElse(List.of()) : List.of();
        return List.of(change(fact, chain, new ChainFact.Chain(true, chain.policy(),
                chain.rules() + (present ? 1 : -1), present, ""), "rule",
                Sh.of("{}{} -t {} {} {} {} {}", make, fact.command(), fact.table(), verb, fact.chain(), number,
                        fact.rule())));
    }

    private static Change change(ChainFact fact, ChainFact.Chain before, ChainFact.Chain after, String what, Sh run) {
        String where = fact.command() + " -t " + fact.table() + " " + fact.chain();
        String rule = String.join(" ", fact.rule());
        Diff diff = switch (what) {
            case "policy" -> Diff.text(where, before.policy() + "\n", after.policy() + "\n");
            case "rules" -> Diff.text(where, before.rules() + " rules\n", "");
            case "chain" -> Diff.text(where, before.exists() ? fact.chain() + "\n" : "",
                    after.exists() ? fact.chain() + "\n" : "");
            default -> Diff.text(where, before.holds() ? rule + "\n" : "", after.holds() ? rule + "\n" : "");
        };
        return new Change(where, diff, List.of(new Action.Run(run)),
                List.of(Effect.becomes(fact, ChainFact.Told.of(after))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("ip_version",
                args.ipVersion().name().toLowerCase(java.util.Locale.ROOT), "table", table(args), "chain",
                args.chain().orElse(null), "flush", args.flush(), "rule",
                String.join(" ", args.rule(args.ipVersion() == Version.IPV6)), "state",
                args.state() == Presence.PRESENT ? "present" : "absent", "chain_management", args.chainManagement());
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed.get().errors().strip(), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
