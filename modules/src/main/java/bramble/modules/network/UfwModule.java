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
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code ufw}: the simple packet filter of Debian and Ubuntu. */
@AutoService(AnyModule.class)
public final class UfwModule implements TaskModule<UfwModule.Args, UfwModule.State> {
    /** Whether it filters. */
    public enum Wanted {
        DISABLED,
        ENABLED,
        RELOADED,
        RESET
    }

    /** What becomes of packets that no rule is about. */
    public enum Policy {
        ALLOW,
        DENY,
        REJECT
    }

    /** Which way packets go. */
    public enum Direction {
        IN,
        INCOMING,
        OUT,
        OUTGOING,
        ROUTED;

        private String policy() {
            return switch (this) {
                case IN, INCOMING -> "incoming";
                case OUT, OUTGOING -> "outgoing";
                case ROUTED -> "routed";
            };
        }

        private List<String> word() {
            return switch (this) {
                case IN, INCOMING -> List.of("in");
                case OUT, OUTGOING -> List.of("out");
                case ROUTED -> List.of();
            };
        }
    }

    /** What is written to the log. */
    public enum Logging {
        ON,
        OFF,
        LOW,
        MEDIUM,
        HIGH,
        FULL
    }

    /** What becomes of packets that a rule is about. */
    public enum Rule {
        ALLOW,
        DENY,
        LIMIT,
        REJECT
    }

    /** Protocols. */
    public enum Protocol {
        ANY,
        TCP,
        UDP,
        IPV6,
        ESP,
        AH,
        GRE,
        IGMP
    }

    /** What the number of a new rule counts from. */
    public enum Relative {
        FIRST_IPV4,
        FIRST_IPV6,
        LAST_IPV4,
        LAST_IPV6,
        ZERO
    }

    @Doc(value = "Keeps the rules and policies of ufw, and switches it on and off.", collection = "community.general", example = """
            - name: Let people log in
              community.general.ufw:
                rule: limit
                port: ssh
                proto: tcp
            """, returns = {
        "commands: list: how ufw was called"})
    public record Args(
            @Arg("enabled and disabled hold after a restart too; reset forgets all rules.") Optional<Wanted> state,
            @Arg(value = "What becomes of packets that no rule is about, in the given direction.", name = "default", aliases = "policy") Optional<Policy> policy,
            @Arg("Which way packets go; of a policy, incoming if not given.") Optional<Direction> direction,
            @Arg("What is written to the log.") Optional<Logging> logging,
            @Arg("The number of the rule that a new one goes before.") Optional<Integer> insert,
            @Arg(value = "What insert counts from.", fallback = "zero") Relative insertRelativeTo,
            @Arg("What becomes of the packets.") Optional<Rule> rule,
            @Arg(value = "Whether new connections are written to the log.", fallback = "no") boolean log,
            @Arg(value = "Where packets come from.", aliases = {
                "from", "src"}, fallback = "any") String fromIp,
            @Arg("The port they come from.") Optional<String> fromPort,
            @Arg(value = "Where they go.", aliases = {"to", "dest"}, fallback = "any") String toIp,
            @Arg(value = "The port they go to: a number, a range 80:90, several 80,443, a name.", aliases = "port") Optional<String> toPort,
            @Arg(value = "The protocol.", aliases = "protocol") Optional<Protocol> proto,
            @Arg(value = "A service that a file in /etc/ufw/applications.d describes.", aliases = "app") Optional<String> name,
            @Arg(value = "Whether the rule goes.", fallback = "no") boolean delete,
            @Arg(value = "The interface, that of direction.", name = "interface", aliases = "if") Optional<String> interface_,
            @Arg(value = "The interface they come in by.", aliases = "if_in") Optional<String> interfaceIn,
            @Arg(value = "The interface they go out by.", aliases = "if_out") Optional<String> interfaceOut,
            @Arg(value = "Whether the rule is about packets that the node forwards.", fallback = "no") boolean route,
            @Arg("A comment on the rule.") Optional<String> comment){

        private Optional<String> mistake() {
            if (state.isEmpty() && policy.isEmpty() && rule.isEmpty() && logging.isEmpty()) {
                return Optional.of("one of the following is required: state, default, rule, logging");
            }
            if (interface_.isPresent() && (interfaceIn.isPresent() || interfaceOut.isPresent())) {
                return Optional.of("parameters are mutually exclusive: interface|interface_in|interface_out");
            }
            if (direction.isPresent() && (interfaceIn.isPresent() || interfaceOut.isPresent())) {
                return Optional.of("parameters are mutually exclusive: direction|interface_in|interface_out");
            }
            if (interface_.isPresent() && direction.isEmpty()) {
                return Optional.of("Direction must be specified when creating a rule on an interface.");
            }
            if (name.isPresent() && proto.isPresent()) {
                return Optional.of("parameters are mutually exclusive: name|proto");
            }
            return interfaceIn.isPresent() && interfaceOut.isPresent() && !route
                    ? Optional.of("Only route rules can combine interface_in and interface_out")
                    : Optional.empty();
        }

        /** The rule, in the words of ufw; {@code insert} has been worked out. */
        private List<String> words(Optional<Integer> number) {
            var words = new ArrayList<String>();
            if (route) {
                words.add("route");
            }
            if (delete) {
                words.add("delete");
            } else {
                number.ifPresent(at -> words.addAll(List.of("insert", String.valueOf(at))));
            }
            words.add(rule.orElseThrow().name().toLowerCase(Locale.ROOT));
            direction.ifPresent(way -> words.addAll(way.word()));
            interface_.ifPresent(card -> words.addAll(List.of("on", card)));
            interfaceIn.ifPresent(card -> words.addAll(List.of("in", "on", card)));
            interfaceOut.ifPresent(card -> words.addAll(List.of("out", "on", card)));
            if (log) {
                words.add("log");
            }
            words.addAll(List.of("from", fromIp));
            fromPort.ifPresent(port -> words.addAll(List.of("port", port)));
            words.addAll(List.of("to", toIp));
            toPort.ifPresent(port -> words.addAll(List.of("port", port)));
            proto.ifPresent(word -> words.addAll(List.of("proto", word.name().toLowerCase(Locale.ROOT))));
            name.ifPresent(app -> words.addAll(List.of("app", app)));
            if (!delete) {
                comment.ifPresent(text -> words.addAll(List.of("comment", text)));
            }
            return words;
        }
    }

    /** How ufw is set, and what it says about the rule. */
    public record State(Optional<UfwFact.Settings> settings, Optional<Rehearsed> rule) {
        /** A rule, rehearsed. */
        record Rehearsed(UfwRuleFact fact, Optional<UfwRuleFact.Rehearsal> outcome) {}
    }

    @Override
    public String name() {
        return "ufw";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Inquiry<Optional<UfwFact.Settings>> settings = Inquiry.of(new UfwFact()).map(UfwFact.Told::settings);
        if (args.rule().isEmpty()) {
            return settings.map(known -> new State(known, Optional.empty()));
        }
        if (args.insert().isPresent() && args.insertRelativeTo() != Relative.ZERO) {
            return settings.then(known -> rehearse(args, known.flatMap(set -> place(args, set)))
                    .map(rule -> new State(known, Optional.of(rule))));
        }
        return settings.and(rehearse(args, args.insert()), (known, rule) -> new State(known, Optional.of(rule)));
    }

    private static Inquiry<State.Rehearsed> rehearse(Args args, Optional<Integer> number) {
        var fact = new UfwRuleFact(args.words(number));
        return Inquiry.of(fact).map(told -> new State.Rehearsed(fact, told.outcome()));
    }

    /** Rules for IPv4 come first; behind the last rule a new one is added, not inserted. */
    private static Optional<Integer> place(Args args, UfwFact.Settings set) {
        int base = switch (args.insertRelativeTo()) {
            case ZERO -> 0;
            case FIRST_IPV4 -> 1;
            case LAST_IPV4 -> Math.max(set.rules(), 1);
            case FIRST_IPV6 -> set.rules() + 1;
            case LAST_IPV6 -> set.rules() + Math.max(set.rules6(), 1);
        };
        int number = args.insert().orElse(0) + base;
        return number > set.rules() + set.rules6() ? Optional.empty() : Optional.of(Math.max(number, 1));
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> mistake = args.mistake();
        if (mistake.isPresent()) {
            return Plan.mistake(mistake.get());
        }
        if (actual.settings.isEmpty()) {
            return new Plan.Refused(new CommandFact("ufw").sentence("filter packets", "ufw"));
        }
        var changes = new ArrayList<Change>();
        UfwFact.Settings now = actual.settings.get();
        UfwFact.Settings next = state(args, now, changes);
        if (args.policy().isPresent()) {
            String direction = args.direction().orElse(Direction.INCOMING).policy();
            String policy = args.policy().get().name().toLowerCase(Locale.ROOT);
            if (!policy.equals(next.policies().get(direction))) {
                changes.add(change("default " + direction, next.policies().getOrDefault(direction, ""), policy,
                        List.of("default", policy, direction), next.policy(direction, policy)));
                next = next.policy(direction, policy);
            }
        }
        if (args.logging().isPresent()) {
            String level = args.logging().get().name().toLowerCase(Locale.ROOT);
            boolean settled = level.equals("on") ? !next.logging().equals("off") : next.logging().equals(level);
            if (!settled) {
                changes.add(change("logging", next.logging(), level, List.of("logging", level),
                        next.logging(level.equals("on") ? "low" : level)));
            }
        }
        Optional<String> refusal = rule(actual, changes);
        return refusal.<Plan>map(Plan.Refused::new).orElseGet(() -> Plan.of(changes));
    }

    private static UfwFact.Settings state(Args args, UfwFact.Settings now, List<Change> changes) {
        return switch (args.state().orElse(null)) {
            case null -> now;
            case ENABLED -> {
                if (!now.enabled()) {
                    changes.add(change("ufw", "disabled", "enabled", List.of("-f", "enable"), now.enabled(true)));
                }
                yield now.enabled(true);
            }
            case DISABLED -> {
                if (now.enabled()) {
                    changes.add(change("ufw", "enabled", "disabled", List.of("-f", "disable"), now.enabled(false)));
                }
                yield now.enabled(false);
            }
            case RELOADED -> {
                changes.add(change("ufw", "", "", List.of("-f", "reload"), now));
                yield now;
            }
            case RESET -> {
                var empty = new UfwFact.Settings(false, now.logging(), now.policies(), 0, 0);
                if (!now.equals(empty)) {
                    changes.add(change("ufw", (now.rules() + now.rules6()) + " rules", "reset",
                            List.of("-f", "reset"), empty));
                }
                yield empty;
            }
        };
    }

    private static Optional<String> rule(State actual, List<Change> changes) {
        if (actual.rule.isEmpty() || actual.rule.get().outcome.isEmpty()) {
            return Optional.empty();
        }
        UfwRuleFact fact = actual.rule.get().fact;
        UfwRuleFact.Rehearsal outcome = actual.rule.get().outcome.get();
        if (!outcome.error().isEmpty()) {
            return Optional.of(outcome.error() + " (ufw " + String.join(" ", fact.words()) + ")");
        }
        if (!outcome.settled()) {
            changes.add(new Change("ufw", Diff.text("ufw", lines(outcome.before()), lines(outcome.after())),
                    List.of(new Action.Run(Sh.of("ufw {} >/dev/null </dev/null", fact.words()))),
                    List.of(Effect.becomes(fact, UfwRuleFact.Told
                            .of(new UfwRuleFact.Rehearsal(outcome.after(), outcome.after(), ""))))));
        }
        return Optional.empty();
    }

    private static String lines(List<String> rules) {
        return rules.stream().map(rule -> rule + "\n").reduce("", String::concat);
    }

    private static Change change(String what, String before, String after, List<String> words,
            UfwFact.Settings next) {
        return new Change(what, Diff.text(what, before.isEmpty() ? "" : before + "\n",
                after.isEmpty() ? "" : after + "\n"),
                List.of(new Action.Run(Sh.of("ufw {} >/dev/null </dev/null", words))),
                List.of(Effect.becomes(new UfwFact(), UfwFact.Told.of(next))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        List<String> commands = applied.changes().stream().flatMap(change -> change.actions().stream())
                .filter(Action.Run.class::isInstance)
                .map(action -> ((Action.Run) action).sh().toString().replace(" >/dev/null </dev/null", "")).toList();
        MapValue results = MapValue.of("commands", commands);
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        boolean changed = applied.changes().stream()
                .anyMatch(change -> !change.diff().before().equals(change.diff().after()));
        return failed.isPresent()
                ? Verdict.failed(failed.get().errors().strip(), results)
                : Verdict.changed(changed, results);
    }
}
