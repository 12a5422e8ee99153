package bramble.modules.storage;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks parted for a disk's table of partitions; empty where the node has no parted. */
record PartitionsFact(String device, String unit) implements Fact<Optional<PartitionsFact.Disk>> {
    /**
     * A disk.
     *
     * @param fields what parted says of it: path, size, transport, logical and physical block, table, model
     * @param error why it can't be read; a disk without a table is read
     */
    record Disk(List<String> fields, List<Partition> partitions, String error) {
        Disk {
            fields = List.copyOf(fields);
            partitions = List.copyOf(partitions);
        }

        String table() {
            return fields.size() > 5 ? fields.get(5) : "unknown";
        }

        /** With the partitions and the table of another view of it, in other units. */
        Disk having(Disk other) {
            var mine = new ArrayList<>(fields);
            if (mine.size() > 5) {
                mine.set(5, other.table());
            }
            return new Disk(mine.size() > 5 ? mine : other.fields, other.partitions.stream()
                    .map(one -> partition(one.number).filter(_ -> one.measured())
                            .map(now -> now.named(one.name).flagged(one.flags)).orElse(one))
                    .toList(), error);
        }

        Optional<Partition> partition(int number) {
            return partitions.stream().filter(one -> one.number == number).findFirst();
        }
    }

    /**
     * A partition; begin, end and size in the unit that was asked for.
     *
     * @param size empty if it would be made, or moved: only parted can tell where it comes to lie, and what lies there
     */
    record Partition(int number, String begin, String end, String size, String type, String name,
            List<String> flags) {
        Partition {
            flags = List.copyOf(flags);
        }

        Partition named(String other) {
            return new Partition(number, begin, end, size, type, other, flags);
        }

        Partition flagged(List<String> others) {
            return new Partition(number, begin, end, size, type, name, others);
        }

        Partition ending(String other) {
            return new Partition(number, begin, other, "", type, name, flags);
        }

        /** Whether parted said where it lies. */
        boolean measured() {
            return !size.isEmpty();
        }
    }

    /** The device of a partition: sda1, mmcblk0p1. */
    static String device(String disk, int number) {
        return disk + (Character.isDigit(disk.charAt(disk.length() - 1)) ? "p" : "") + number;
    }

    @Override
    public Maybe<Optional<Disk>> after(Effect.Becomes<?> effect, Optional<Disk> current) {
        return effect.fact() instanceof PartitionsFact other && !other.equals(this) && other.device.equals(device)
                && effect.value() instanceof Optional<?> some && some.orElse(null) instanceof Disk disk
                        ? Maybe.known(current.map(now -> now.having(disk)))
                        : Fact.super.after(effect, current);
    }

    @Override
    public Sh script() {
        return Sh.of("command -v parted >/dev/null || exit 0; echo tool; parted -s -m {} -- unit {} print </dev/null",
                device, unit);
    }

    @Override
    public Optional<Disk> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (!lines.contains("tool")) {
            return Optional.empty();
        }
        List<String> fields = List.of();
        var partitions = new ArrayList<Partition>();
        for (String line : lines) {
            List<String> parts = List.of(line.replaceFirst(";$", "").split(":", -1));
            if (parts.size() > 6 && parts.getFirst().matches("\\d+")) {
                partitions.add(new Partition(Integer.parseInt(parts.getFirst()), parts.get(1), parts.get(2),
                        parts.get(3), parts.get(4), parts.get(5),
                        List.of(parts.get(6).split(",", -1)).stream().map(String::strip)
                                .filter(flag -> !flag.isEmpty()).toList()));
            } else if (parts.size() > 6) {
                fields = parts;
            }
        }
        boolean blank = answer.text().contains("unrecognised disk label")
                || answer.errors().contains("unrecognised disk label");
        String why = (answer.errors() + answer.text().replace("tool\n", "")).strip();
        return Optional.of(new Disk(fields, partitions, answer.ok() || blank ? "" : why));
    }
}
