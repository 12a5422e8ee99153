package bramble.modules.storage;

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
import bramble.modules.files.Inode;
import bramble.modules.files.Me;
import bramble.modules.files.NodePath;
import bramble.modules.files.Owner;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code parted}: partitions of disks. */
@AutoService(AnyModule.class)
public final class PartedModule implements TaskModule<PartedModule.Args, PartedModule.State> {
    private static final List<String> UNITS = List.of("s", "B", "KB", "KiB", "MB", "MiB", "GB", "GiB", "TB", "TiB",
            "%", "cyl", "chs", "compact");

    /** What is to be so. */
    public enum Wanted {
        ABSENT,
        PRESENT,
        INFO
    }

    /** Kinds of tables. */
    public enum Label {
        AIX,
        AMIGA,
        BSD,
        DVH,
        GPT,
        LOOP,
        MAC,
        MSDOS,
        PC98,
        SUN
    }

    /** Kinds of partitions in a table of kind msdos. */
    public enum Kind {
        EXTENDED,
        LOGICAL,
        PRIMARY
    }

    /** How partitions are aligned. */
    public enum Align {
        CYLINDER,
        MINIMAL,
        NONE,
        OPTIMAL,
        UNDEFINED
    }

    @Doc(value = "Makes, changes and removes partitions of disks.", collection = "community.general", example = """
            - name: One partition over the whole disk
              community.general.parted:
                device: /dev/sda
                number: 1
                label: gpt
                name: media
                state: present
            """, returns = {
        "disk: dict: dev, size, unit, table, model, logical_block, physical_block",
        "partitions: list: of each num, begin, end, size, unit, fstype, name, flags",
        "script: str: of state=info, what parted was asked"})
    public record Args(@Arg("The disk.") String device,
            @Arg("The partition's number.") Optional<Integer> number,
            @Arg(value = "present and absent are about the partition; info only looks.", fallback = "info") Wanted state,
            @Arg(value = "The kind of table. A disk with another kind gets this one: all its partitions are lost.", fallback = "msdos") Label label,
            @Arg(value = "The kind of partition.", fallback = "primary") Kind partType,
            @Arg(value = "Where it begins: 1MiB, 0%.", fallback = "0%") String partStart,
            @Arg(value = "Where it ends: 10GiB, 100%.", fallback = "100%") String partEnd,
            @Arg("Its name, in a table of kind gpt.") Optional<String> name,
            @Arg(value = "Flags that are to be set, as boot, lvm; no others stay.", fallback = "[]") List<String> flags,
            @Arg("The kind of file system that it is meant for; none is made.") Optional<String> fsType,
            @Arg(value = "The unit of the results: s, B, KB, KiB, MB, MiB, GB, GiB, TB, TiB, %, cyl, chs, compact.", fallback = "KiB") String unit,
            @Arg(value = "How it is aligned.", fallback = "optimal") Align align,
            @Arg(value = "Whether a partition that is there gets the end part_end.", fallback = "no") boolean resize) {}

    /** The disk. */
    public record State(PartitionsFact fact, Optional<PartitionsFact.Disk> disk) {}

    @Override
    public String name() {
        return "parted";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var fact = new PartitionsFact(args.device(), UNITS.contains(args.unit()) ? args.unit() : "KiB");
        return Inquiry.of(fact).map(disk -> new State(fact, disk));
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (!UNITS.contains(args.unit())) {
            return Plan.mistake("value of unit must be one of: " + String.join(", ", UNITS) + ", got: "
                    + args.unit());
        }
        if (args.state() != Wanted.INFO && args.number().isEmpty()) {
            return new Plan.Refused("state is " + args.state().name().toLowerCase(Locale.ROOT)
                    + " but all of the following are missing: number");
        }
        if (actual.disk.isEmpty()) {
            return new Plan.Refused(new CommandFact("parted").sentence("look at " + args.device(), "parted"));
        }
        PartitionsFact.Disk disk = actual.disk.get();
        if (!disk.error().isEmpty()) {
            return new Plan.Refused("Tried to look at " + args.device() + ", but parted says: " + disk.error());
        }
        return switch (args.state()) {
            case INFO -> Plan.NOTHING;
            case ABSENT -> disk.partition(args.number().orElseThrow()).isEmpty()
                    ? Plan.NOTHING
                    : Plan.of(change(args, actual, List.of("rm", number(args)),
                            disk.partitions().stream().filter(one -> one.number() != args.number().get()).toList(),
                            disk.table()));
            case PRESENT -> present(args, actual, disk);
        };
    }

    private static String number(Args args) {
        return String.valueOf(args.number().orElse(0));
    }

    private static Plan present(Args args, State actual, PartitionsFact.Disk disk) {
        String label = args.label().name().toLowerCase(Locale.ROOT);
        boolean gpt = args.label() == Label.GPT;
        var script = new ArrayList<String>();
        var partitions = new ArrayList<>(disk.partitions());
        if (!disk.table().equals(label)) {
            script.addAll(List.of("mklabel", label));
            partitions.clear();
        }
        int number = args.number().orElseThrow();
        Optional<PartitionsFact.Partition> old = partitions.stream().filter(one -> one.number() == number)
                .findFirst();
        var now = old.orElse(new PartitionsFact.Partition(number, args.partStart(), args.partEnd(), "", "", "",
                List.of()));
        if (old.isEmpty()) {
            script.add("mkpart");
            script.add(gpt
                    ? "\"" + args.name().orElse("primary") + "\""
                    : args.partType().name().toLowerCase(Locale.ROOT));
            args.fsType().ifPresent(script::add);
            script.addAll(List.of(args.partStart(), args.partEnd()));
            now = now.named(gpt ? args.name().orElse("primary") : "");
        } else if (args.resize() && !ends(now.end(), args.partEnd(), disk)) {
            script.addAll(List.of("resizepart", String.valueOf(number), args.partEnd()));
            now = now.ending(args.partEnd());
        }
        if (args.name().isPresent() && !args.name().get().equals(now.name())) {
            script.addAll(List.of("name", String.valueOf(number), "\"" + args.name().get() + "\""));
            now = now.named(args.name().get());
        }
        if (!args.flags().isEmpty()) {
            for (String flag : args.flags()) {
                if (!now.flags().contains(flag)) {
                    script.addAll(List.of("set", String.valueOf(number), flag, "on"));
                }
            }
            for (String flag : now.flags()) {
                if (!args.flags().contains(flag)) {
                    script.addAll(List.of("set", String.valueOf(number), flag, "off"));
                }
            }
            now = now.flagged(args.flags());
        }
        if (script.isEmpty()) {
            return Plan.NOTHING;
        }
        partitions.removeIf(one -> one.number() == number);
        partitions.add(now);
        return Plan.of(change(args, actual, script, partitions, label));
    }

    /** Whether that is the end already; as far as the units can be compared, to one part in a hundred. */
    private static boolean ends(String end, String wanted, PartitionsFact.Disk disk) {
        if (end.equals(wanted)) {
            return true;
        }
        Optional<BigDecimal> is = bytes(end, disk);
        Optional<BigDecimal> is2 = bytes(wanted, disk);
        return is.isPresent() && is2.isPresent() && is.get().subtract(is2.get()).abs()
                .compareTo(is2.get().multiply(new BigDecimal("0.01"))) <= 0;
    }

    private static Optional<BigDecimal> bytes(String text, PartitionsFact.Disk disk) {
        String unit = text.replaceFirst("^-?[0-9.]+", "");
        String digits = text.substring(0, text.length() - unit.length());
        if (digits.isEmpty() || digits.startsWith("-")) {
            return Optional.empty();
        }
        BigDecimal value = new BigDecimal(digits);
        long factor = switch (unit) {
            case "B" -> 1L;
            case "KB", "kB" -> 1000L;
            case "KiB", "kiB" -> 1024L;
            case "MB" -> 1_000_000L;
            case "MiB" -> 1L << 20;
            case "GB" -> 1_000_000_000L;
            case "GiB" -> 1L << 30;
            case "TB" -> 1_000_000_000_000L;
            case "TiB" -> 1L << 40;
            default -> 0L;
        };
        if (unit.equals("%") && disk.fields().size() > 1 && !disk.fields().get(1).endsWith("%")) {
            return bytes(disk.fields().get(1), disk).map(size -> size.multiply(value).movePointLeft(2));
        }
        return factor == 0 ? Optional.empty() : Optional.of(value.multiply(BigDecimal.valueOf(factor)));
    }

    private static Change change(Args args, State actual, List<String> script,
            List<PartitionsFact.Partition> partitions, String table) {
        PartitionsFact.Disk disk = actual.disk.orElseThrow();
        var fields = new ArrayList<>(disk.fields());
        if (fields.size() > 5) {
            fields.set(5, table);
        } else {
            fields.addAll(List.of(args.device(), "", "", "", "", table, "").subList(fields.size(), 7));
        }
        return new Change(args.device(), Diff.text(args.device(), lines(disk.partitions()), lines(partitions)),
                List.of(new Action.Run(Sh.of("parted -s -m -a {} {} -- {} </dev/null >&2",
                        args.align().name().toLowerCase(Locale.ROOT), args.device(), script))),
                effects(args, actual, new PartitionsFact.Disk(fields, partitions, "")));
    }

    /** The table, and the devices that come and go with it. */
    private static List<Effect> effects(Args args, State actual, PartitionsFact.Disk then) {
        var effects = new ArrayList<Effect>();
        effects.add(Effect.becomes(actual.fact, Optional.of(then)));
        if (!args.device().startsWith("/dev/")) {
            return effects; // a file that stands for a disk has no devices for its partitions
        }
        List<Integer> was = actual.disk.orElseThrow().partitions().stream().map(PartitionsFact.Partition::number)
                .toList();
        List<Integer> is = then.partitions().stream().map(PartitionsFact.Partition::number).toList();
        for (int number : was) {
            String path = PartitionsFact.device(args.device(), number);
            if (!is.contains(number)) {
                effects.add(Effect.becomes(new PathFact(path),
                        new PathState.Absent(path, NodePath.parent(path), false)));
            }
        }
        for (int number : is) {
            String path = PartitionsFact.device(args.device(), number);
            if (!was.contains(number)) {
                effects.add(Effect.becomes(new PathFact(path), new PathState.Other(path,
                        Inode.made(0660, new Me(Owner.ROOT, Owner.ROOT, 022, "/root"), path), 'b')));
            }
        }
        return effects;
    }

    private static String lines(List<PartitionsFact.Partition> partitions) {
        return partitions.stream()
                .map(one -> String.join(" ", String.valueOf(one.number()), one.begin(), one.end(), one.name(),
                        String.join(",", one.flags())).strip() + "\n")
                .reduce("", String::concat);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        if (failed.isPresent()) {
            return Verdict.failed("Tried to change the partitions of " + args.device() + ", but "
                    + failed.get().errors().strip(), MapValue.EMPTY);
        }
        boolean unknown = applied.predicted() && !applied.changes().isEmpty();
        MapValue results = unknown
                ? MapValue.EMPTY
                : info(args, applied.after().orElse(before));
        return Verdict.changed(!applied.changes().isEmpty(), results);
    }

    private static MapValue info(Args args, State state) {
        PartitionsFact.Disk disk = state.disk.orElseThrow();
        List<Value> partitions = new ArrayList<>();
        for (PartitionsFact.Partition one : disk.partitions()) {
            partitions.add(told(args.device(), args.unit(), one));
        }
        List<String> fields = disk.fields();
        return MapValue.of("disk", MapValue.of("dev", args.device(), "size",
                length(fields.size() > 1 ? fields.get(1) : ""), "unit",
                args.unit().toLowerCase(Locale.ROOT), "table", disk.table(), "model",
                fields.size() > 6 ? fields.get(6) : "", "logical_block",
                number(fields.size() > 3 ? fields.get(3) : "").longValue(), "physical_block",
                number(fields.size() > 4 ? fields.get(4) : "").longValue()), "partitions",
                new ListValue(partitions), "script",
                args.state() == Wanted.INFO ? "unit '" + args.unit() + "' print" : "");
    }

    /** A partition, for the results. Where one comes to lie that isn't made yet, only parted can tell. */
    static MapValue told(String disk, String unit, PartitionsFact.Partition one) {
        MapValue known = MapValue.of("num", one.number(), "begin", length(one.begin()), "end", length(one.end()),
                "size", length(one.size()), "fstype", one.type(), "name", one.name(), "flags", one.flags(), "unit",
                unit.toLowerCase(Locale.ROOT));
        if (one.measured()) {
            return known;
        }
        var unknown = new Unknown("partition " + one.number() + " of " + disk + " would be made, or moved, first");
        MapValue placed = known.with("begin", unknown).with("end", unknown).with("size", unknown);
        return one.type().isEmpty() ? placed.with("fstype", unknown) : placed;
    }

    private static Value length(String text) {
        return Value.of(number(text).doubleValue());
    }

    private static BigDecimal number(String text) {
        String digits = text.replaceFirst("[^0-9.].*$", "");
        return digits.isEmpty() ? BigDecimal.ZERO : new BigDecimal(digits);
    }
}
