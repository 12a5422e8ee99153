package bramble.modules.network;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.FileAttributes;
import bramble.modules.files.PathResults;
import bramble.modules.files.PathState;
import bramble.modules.files.Presence;
import bramble.modules.files.Rights;
import bramble.modules.files.TextEdit;
import bramble.shell.Answer;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code interfaces_file}: options of interfaces in /etc/network/interfaces. */
@AutoService(AnyModule.class)
public final class InterfacesFileModule
        implements
            TaskModule<InterfacesFileModule.Args, InterfacesFileModule.State> {
    /** Options of which an interface can have several. */
    private static final List<String> SEVERAL = List.of("pre-up", "up", "down", "post-up");
    /** The words that begin something else than an option. */
    private static final Set<String> BEGINNINGS = Set.of("iface", "mapping", "source", "source-directory", "source-dir",
            "auto", "allow-auto", "allow-hotplug", "no-auto-down", "no-scripts");

    /** The arguments of {@code interfaces_file}. */
    @Doc(value = "Sets and removes options of an interface in /etc/network/interfaces.", collection = "community.general", example = """
            - name: The head node's own address
              community.general.interfaces_file:
                iface: eth0
                option: address
                value: 192.168.50.1/24
                backup: true
            """, returns = {
        "dest: str: the file", "ifaces: dict: the interfaces with their options",
        "backup_file: str: where the old file was kept", "mode: str: four octal digits",
        "owner: str: name of the owner", "group: str: name of the group", "uid: int: number of the owner",
        "gid: int: number of the group", "size: int: in bytes", "state: str: file"})
    public record Args(@Arg(value = "The file.", fallback = "/etc/network/interfaces", nodePath = true) String dest,
            @Arg("The interface; the file has to have it. Without it nothing is set.") Optional<String> iface,
            @Arg("The family of addresses, inet or inet6, where the interface has both.") Optional<String> addressFamily,
            @Arg("The option: address, gateway, up, ... pre-up, up, down and post-up may be there more than once.") Optional<String> option,
            @Arg("The option's value; of state absent, which of several goes.") Optional<String> value,
            @Arg(value = "Whether the option is to be there.", fallback = "present") Presence state,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup,
            FileAttributes attributes) {

        private Optional<String> mistake() {
            if (option.isPresent() && iface.isEmpty()) {
                return Optional.of("parameter(s) required by 'option': iface");
            }
            return option.isPresent() && value.isEmpty() && state == Presence.PRESENT
                    ? Optional.of("Value must be set if option is defined and state is 'present'")
                    : Optional.empty();
        }
    }

    /** The file, and the attributes that are wanted of it. */
    public record State(TextEdit edit, Rights rights) {}

    @Override
    public String name() {
        return "interfaces_file";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Rights.Wanted wanted = args.attributes().wanted().at(args.dest());
        return TextEdit.of(args.dest()).and(Inquiry.ask(wanted.facts(), wanted::on), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> obstacle = args.mistake().or(actual.rights()::obstacle).or(() -> actual.edit().exists()
                ? Optional.empty()
                : Optional.of("Tried to read " + args.dest() + ", but "
                        + actual.edit().obstacle().orElse("there is no such file")));
        if (obstacle.isPresent()) {
            return new Plan.Refused(obstacle.get());
        }
        var lines = new ArrayList<>(Arrays.asList(actual.edit().text().split("\n", -1)));
        if (args.option().isPresent()) {
            Optional<Stanza> found = stanzas(lines).stream().filter(one -> one.name.equals(args.iface().orElse(""))
                    && args.addressFamily().map(one.family::equals).orElse(true)).findFirst();
            if (found.isEmpty()) {
                return new Plan.Refused("Error: interface " + args.iface().orElse("") + " not found in " + args.dest());
            }
            edit(args, lines, found.get());
        }
        var changes = new ArrayList<Change>(actual.edit().to(String.join("\n", lines),
                new TextEdit.Options(actual.rights().kept(), Optional.empty(), args.backup())));
        PathState then = changes.stream().flatMap(change -> change.effects().stream())
                .filter(Effect.Becomes.class::isInstance).map(effect -> ((Effect.Becomes<?>) effect).value())
                .filter(PathState.class::isInstance).map(PathState.class::cast).findFirst()
                .orElse(actual.edit().state());
        if (then instanceof PathState.Present present) {
            (changes.isEmpty() ? actual.rights() : actual.rights().renewed()).change(present, args.dest())
                    .ifPresent(changes::add);
        }
        return Plan.of(changes);
    }

    /**
     * What the file says of an interface.
     *
     * @param line where it begins
     * @param options the lines of its options
     */
    private record Stanza(String name, String family, String method, int line, List<Integer> options) {}

    private static List<Stanza> stanzas(List<String> lines) {
        var stanzas = new ArrayList<Stanza>();
        boolean within = false;
        for (int i = 0; i < lines.size(); i++) {
            String bare = lines.get(i).strip();
            String[] words = bare.split("\\s+", -1);
            if (bare.isEmpty() || bare.startsWith("#")) {
                continue;
            }
            if (words[0].equals("iface") && words.length >= 4) {
                stanzas.add(new Stanza(words[1], words[2], words[3], i, new ArrayList<>()));
                within = true;
            } else if (BEGINNINGS.contains(words[0])) {
                within = false;
            } else if (within) {
                stanzas.getLast().options.add(i);
            }
        }
        return stanzas;
    }

    private static String[] option(String line) {
        String[] words = line.strip().split("\\s+", 2);
        return new String[]{words[0], words.length > 1 ? words[1].strip() : ""};
    }

    private static void edit(Args args, List<String> lines, Stanza stanza) {
        String name = args.option().orElseThrow();
        List<Integer> there = stanza.options.stream().filter(i -> option(lines.get(i))[0].equals(name)).toList();
        boolean several = SEVERAL.contains(name);
        if (args.state() == Presence.ABSENT) {
            there.reversed().stream().filter(i -> !several || args.value().isEmpty()
                    || option(lines.get(i))[1].equals(args.value().get())).forEach(i -> lines.remove(i.intValue()));
            return;
        }
        String value = args.value().orElseThrow();
        if (there.stream()
                .anyMatch(i -> option(lines.get(i))[1].equals(value) && (several || i.equals(there.getLast())))) {
            return;
        }
        if (!there.isEmpty() && !several) {
            String old = lines.get(there.getLast());
            int start = old.indexOf(name) + name.length();
            String space = old.substring(start).replaceFirst("(?s)^(\\s*).*", "$1");
            lines.set(there.getLast(), old.substring(0, start) + (space.isEmpty() ? " " : space) + value);
            return;
        }
        int last = stanza.options.isEmpty() ? stanza.line : stanza.options.getLast();
        String indent = stanza.options.isEmpty() ? "    " : lines.get(last).replaceFirst("(?s)^(\\s*).*", "$1");
        lines.add((there.isEmpty() ? last : there.getLast()) + 1, indent + name + " " + value);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        State after = applied.after().orElse(before);
        Map<String, MapValue> ifaces = new LinkedHashMap<>();
        List<String> lines = Arrays.asList(after.edit().text().split("\n", -1));
        for (Stanza stanza : stanzas(lines)) {
            MapValue options = MapValue.of("address_family", stanza.family, "method", stanza.method, "pre-up",
                    List.of(),
                    "up", List.of(), "down", List.of(), "post-up", List.of());
            for (int i : stanza.options) {
                String[] option = option(lines.get(i));
                options = options.with(option[0], SEVERAL.contains(option[0])
                        ? stanza.options.stream().map(at -> option(lines.get(at)))
                                .filter(one -> one[0].equals(option[0])).map(one -> one[1]).toList()
                        : option[1]);
            }
            ifaces.put(stanza.name, options);
        }
        MapValue results = MapValue.of("dest", args.dest(), "ifaces", MapValue.named(ifaces))
                .with(PathResults.of(after.edit().state()));
        Optional<String> backup = applied.answers().stream().map(Answer::text).flatMap(String::lines)
                .filter(line -> line.startsWith("backup ")).findFirst();
        return plain.with(backup.isPresent()
                ? results.with("backup_file", backup.get().substring("backup ".length()))
                : results);
    }
}
