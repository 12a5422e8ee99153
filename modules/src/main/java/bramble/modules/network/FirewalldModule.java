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
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.PythonText;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code firewalld}: what firewalld lets through. */
@AutoService(AnyModule.class)
public final class FirewalldModule implements TaskModule<FirewalldModule.Args, FirewalldModule.State> {
    private static final List<String> TARGETS = List.of("default", "ACCEPT", "DROP", "%%REJECT%%");

    /** Whether it is to hold. */
    public enum Wanted {
        ABSENT,
        DISABLED,
        ENABLED,
        PRESENT
    }

    /** The arguments of {@code firewalld}. */
    @Doc(value = "Keeps what firewalld lets through, now and after a restart.", collection = "ansible.posix", example = """
            - name: Let web pages out
              ansible.posix.firewalld:
                service: https
                zone: public
                permanent: true
                immediate: true
                state: enabled
            """, returns = {
        "msg: str: what was done"})
    public record Args(@Arg("The name of a service that firewalld knows.") Optional<String> service,
            @Arg("A port with its protocol, or a range: 8080/tcp, 160-161/udp.") Optional<String> port,
            @Arg("A protocol: vrrp, ospf.") Optional<String> protocol,
            @Arg("A port that is forwarded: port, proto, toport and toaddr; one mapping in a list.") Optional<List<MapValue>> portForward,
            @Arg("A rule in firewalld's rich language.") Optional<String> richRule,
            @Arg("An address or a network whose packets belong to the zone.") Optional<String> source,
            @Arg(value = "An interface whose packets belong to the zone.", name = "interface") Optional<String> interface_,
            @Arg("A kind of ICMP packets that is kept out.") Optional<String> icmpBlock,
            @Arg("Whether only the kinds of ICMP packets come in that icmp_block names.") Optional<Boolean> icmpBlockInversion,
            @Arg("Whether packets that go out get the node's own address.") Optional<Boolean> masquerade,
            @Arg("Whether packets are forwarded between the zone's interfaces.") Optional<Boolean> forward,
            @Arg("What becomes of packets that no rule is about: default, ACCEPT, DROP or %%REJECT%%. Needs permanent.") Optional<String> target,
            @Arg("The zone; firewalld's own choice if not given. Alone, with state present or absent, the zone itself.") Optional<String> zone,
            @Arg("enabled and disabled; of zones and targets present and absent.") Wanted state,
            @Arg(value = "Whether it holds after a restart.", fallback = "false") boolean permanent,
            @Arg(value = "Whether it holds now; it does in any case, if not permanent.", fallback = "false") boolean immediate,
            @Arg(value = "After how many seconds it is to hold no more; 0 for never. Of what isn't permanent.", fallback = "0") int timeout,
            @Arg(value = "Refused where firewalld doesn't run: only firewalld itself is asked.", fallback = "true") boolean offline) {

        /** What is set, as firewall-cmd's options name it; its value is empty where there is none. */
        private List<Map.Entry<String, String>> settings() {
            var settings = new ArrayList<Map.Entry<String, String>>();
            service.ifPresent(text -> settings.add(Map.entry("service", text)));
            port.ifPresent(text -> settings.add(Map.entry("port", text)));
            protocol.ifPresent(text -> settings.add(Map.entry("protocol", text)));
            portForward.ifPresent(all -> all.forEach(one -> settings.add(Map.entry("forward-port", forwarded(one)))));
            richRule.ifPresent(text -> settings.add(Map.entry("rich-rule", text)));
            source.ifPresent(text -> settings.add(Map.entry("source", text)));
            interface_.ifPresent(text -> settings.add(Map.entry("interface", text)));
            icmpBlock.ifPresent(text -> settings.add(Map.entry("icmp-block", text)));
            icmpBlockInversion.ifPresent(_ -> settings.add(Map.entry("icmp-block-inversion", "")));
            masquerade.ifPresent(_ -> settings.add(Map.entry("masquerade", "")));
            forward.ifPresent(_ -> settings.add(Map.entry("forward", "")));
            return settings;
        }

        private static String forwarded(MapValue one) {
            return List.of("port", "proto", "toport", "toaddr").stream()
                    .flatMap(name -> one.get(name).map(value -> name + "=" + PythonText.of(value)).stream())
                    .collect(Collectors.joining(":"));
        }

        /** Whether the setting is to be there. */
        private boolean on() {
            boolean enabled = state == Wanted.ENABLED || state == Wanted.PRESENT;
            boolean yes = icmpBlockInversion.or(() -> masquerade).or(() -> forward).orElse(true);
            return enabled == yes;
        }

        private Optional<String> mistake() {
            List<Map.Entry<String, String>> settings = settings();
            long kinds = settings.stream().map(Map.Entry::getKey).distinct().count() + (target.isPresent() ? 1 : 0);
            if (kinds > 1) {
                return Optional
                        .of("parameters are mutually exclusive: icmp_block|icmp_block_inversion|service|protocol|port"
                                + "|port_forward|rich_rule|interface|masquerade|source|target");
            }
            boolean zoneAlone = kinds == 0;
            boolean present = state == Wanted.PRESENT || state == Wanted.ABSENT;
            if (zoneAlone && zone.isEmpty()) {
                return Optional.of("one of the following is required: service, port, protocol, port_forward, rich_rule,"
                        + " source, interface, icmp_block, icmp_block_inversion, masquerade, forward, target, zone");
            }
            if (present && !zoneAlone && target.isEmpty()) {
                return Optional.of("absent and present state can only be used in zone level operations");
            }
            if (!present && zoneAlone) {
                return Optional.of("a zone itself can only be present or absent, not "
                        + state.name().toLowerCase(Locale.ROOT));
            }
            if ((zoneAlone || target.isPresent()) && !permanent) {
                return Optional.of("Zone operations must be permanent. Make sure you didn't set the 'permanent' flag to"
                        + " 'false' or the 'immediate' flag to 'true'.");
            }
            if (port.filter(text -> !text.matches("\\d+(-\\d+)?/\\w+")).isPresent()) {
                return Optional.of("improper port format (missing protocol?): " + port.get());
            }
            if (portForward.filter(all -> all.size() != 1).isPresent()) {
                return Optional.of("Only one port forward supported at a time");
            }
            for (String name : List.of("port", "proto", "toport")) {
                if (portForward.filter(all -> all.getFirst().get(name).isEmpty()).isPresent()) {
                    return Optional.of(name + " must be specified for port forward");
                }
            }
            if (target.filter(text -> !TARGETS.contains(text)).isPresent()) {
                return Optional.of("value of target must be one of: " + String.join(", ", TARGETS) + ", got: "
                        + target.get());
            }
            return timeout > 0 && permanent && !immediate
                    ? Optional.of("timeout is only for what holds now: set immediate")
                    : Optional.empty();
        }

        private static String title(String name, String value) {
            return switch (name) {
                case "icmp-block", "icmp-block-inversion" -> (name + " " + value).strip();
                default -> (name.replace('-', '_') + " " + value).strip();
            };
        }

        /** What was done to what has that title. */
        private String done(String title) {
            String where = zone.orElse("default");
            String how = state.name().toLowerCase(Locale.ROOT);
            String[] words = title.split(" ", 2);
            return switch (words[0]) {
                case "source" -> on()
                        ? "Added " + words[1] + " to zone " + where
                        : "Removed " + words[1] + " from zone " + where;
                case "interface" -> on()
                        ? "Changed " + words[1] + " to zone " + where
                        : "Removed " + words[1] + " from zone " + where;
                case "masquerade" -> on()
                        ? "Added masquerade to zone " + where
                        : "Removed masquerade from zone " + where;
                case "icmp-block-inversion" -> "Changed icmp-block-inversion True to " + how;
                case "forward_port" -> "Changed port_forward " + words[1] + (words[1].contains("toaddr=")
                        ? ""
                        : ":toaddr=") + " to " + how;
                case "zone" -> (on() ? "Added" : "Removed") + " zone " + where + ", Changed zone " + where + " to "
                        + how;
                case "target" -> on()
                        ? "Set zone " + where + " target to " + words[1]
                        : "Reset zone " + where + " target to default";
                default -> "Changed " + title + " to " + how;
            };
        }

        /** Which settings are meant: those that last, those in force, or both. */
        private List<Boolean> scopes() {
            return permanent ? immediate ? List.of(true, false) : List.of(true) : List.of(false);
        }

        private List<Question> questions() {
            var questions = new ArrayList<Question>();
            String where = zone.orElse("");
            if (target.isPresent()) {
                String to = on() ? target.get() : "default";
                questions.add(new Question(new FirewallFact(where, true, "--get-target"), to,
                        List.of("--set-target=" + to), "target " + target.get()));
            } else if (settings().isEmpty()) {
                questions.add(new Question(new FirewallFact("", true, "--get-zones"), "",
                        List.of((on() ? "--new-zone=" : "--delete-zone=") + where), "zone " + where));
            }
            for (Map.Entry<String, String> setting : settings()) {
                String name = setting.getKey();
                String value = setting.getValue().isEmpty() ? "" : "=" + setting.getValue();
                String verb = !on() ? "--remove-" : name.equals("interface") ? "--change-" : "--add-";
                for (boolean lasting : scopes()) {
                    var options = new ArrayList<>(List.of(verb + name + value));
                    if (timeout > 0 && on() && !lasting) {
                        options.add("--timeout=" + timeout);
                    }
                    questions.add(new Question(new FirewallFact(where, lasting, "--query-" + name + value),
                            on() ? "yes" : "no", options,
                            title(name, setting.getValue())));
                }
            }
            return questions;
        }
    }

    /**
     * What is asked, and done if the answer isn't the wanted one.
     *
     * @param options that make it so
     * @param title what it is, for people
     */
    private record Question(FirewallFact fact, String wanted, List<String> options, String title) {
        boolean settled(Args args, FirewallFact.Found found) {
            return fact.query().equals("--get-zones")
                    ? zones(found).contains(args.zone().orElse("")) == args.on()
                    : found.text().equals(wanted);
        }

        private static List<String> zones(FirewallFact.Found found) {
            return Arrays.asList(found.text().split("\\s+", -1));
        }

        FirewallFact.Found then(Args args, FirewallFact.Found found) {
            if (!fact.query().equals("--get-zones")) {
                return FirewallFact.Found.of(wanted);
            }
            var zones = new ArrayList<>(zones(found));
            zones.remove(args.zone().orElse(""));
            if (args.on()) {
                zones.add(args.zone().orElse(""));
            }
            return FirewallFact.Found.of(String.join(" ", zones.stream().sorted().toList()));
        }
    }

    /** The answers, in the order of the questions. */
    record State(List<Optional<FirewallFact.Found>> found) {}

    @Override
    public String name() {
        return "firewalld";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return args.mistake().isPresent()
                ? Inquiry.nothing(new State(List.of()))
                : Inquiry.all(args.questions().stream().map(one -> Inquiry.of(one.fact())).toList()).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> mistake = args.mistake();
        if (mistake.isPresent()) {
            return Plan.mistake(mistake.get());
        }
        var changes = new ArrayList<Change>();
        List<Question> questions = args.questions();
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            Optional<FirewallFact.Found> answer = actual.found.get(i);
            if (answer.isEmpty()) {
                return new Plan.Refused(new CommandFact("firewall-cmd").sentence("filter packets", "firewalld"));
            }
            FirewallFact.Found found = answer.get();
            if (!found.running()) {
                return new Plan.Refused(
                        "Tried to set " + question.title() + ", but firewalld does not run, and its files"
                                + " alone aren't set: start the service firewalld first.");
            }
            if (!found.error().isEmpty()) {
                return new Plan.Refused("Tried to set " + question.title() + ", but firewalld says: " + found.error());
            }
            if (!question.settled(args, found)) {
                changes.add(change(args, question, found));
            }
        }
        return Plan.of(changes);
    }

    private static Change change(Args args, Question question, FirewallFact.Found found) {
        String scope = question.fact().permanent() ? "permanent" : "runtime";
        String header = "firewalld " + args.zone().map(zone -> "zone " + zone + ", ").orElse("") + scope;
        boolean listed = question.fact().query().startsWith("--query");
        String before = listed ? found.yes() ? question.title() + "\n" : "" : found.text() + "\n";
        FirewallFact.Found then = question.then(args, found);
        String after = listed ? then.yes() ? question.title() + "\n" : "" : then.text() + "\n";
        return new Change(question.title(), Diff.text(header, before, after),
                List.of(new Action.Run(Sh.of("{} >/dev/null", question.fact().words(question.options())))),
                List.of(Effect.becomes(question.fact(), Optional.of(then))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        String how = args.permanent() && args.immediate()
                ? "Permanent and Non-Permanent(immediate) operation"
                : args.permanent() ? "Permanent operation" : "Non-permanent operation";
        String done = applied.changes().stream().map(Change::subject).distinct()
                .map(title -> ", " + args.done(title))
                .collect(Collectors.joining());
        return plain.with(MapValue.of("msg", how + done));
    }
}
