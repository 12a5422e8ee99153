package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The partition from which a node starts, a FAT file system. Its files are texts of a few lines, as far as they matter here. */
public final class BootPartition {
    private static final int LARGEST = 1 << 20;
    private static final String NONE = "it has no FAT partition, from which a Raspberry Pi would start";
    private static final int SECTOR = 512;
    private static final int SIGNATURE = 0xaa55;

    /** How much of an image is unpacked at most to look for it. */
    private static final long FAR = 256L << 20;

    private final Fat fat;
    private final List<String> names;

    private final Optional<BootSystem> known;

    private BootPartition(Fat fat, Optional<BootSystem> known) throws IOException {
        this.fat = fat;
        this.names = fat.list("");
        this.known = known;
    }

    /** The same, of a system that is known by more than is on it. */
    BootPartition of(BootSystem system) throws IOException {
        return new BootPartition(fat, Optional.of(system));
    }

    /**
     * Reads one.
     *
     * @throws IOException if there is no FAT file system, or it is damaged
     */
    public static BootPartition of(Region partition) throws IOException {
        return new BootPartition(Fat.of(partition), Optional.empty());
    }

    /**
     * That of a whole card or its image.
     *
     * @throws IOException if it has none, or what is there is damaged
     */
    public static BootPartition in(Region disk) throws IOException {
        Optional<PartitionTable> table = PartitionTable.of(disk);
        if (table.isEmpty()) {
            throw new IOException("there is no partition table in it");
        }
        return in(disk, table.get());
    }

    private static List<PartitionTable.Partition> candidates(PartitionTable table) {
        return table.partitions().stream().filter(one -> table.gpt() || one.fat())
                .sorted(Comparator.comparingInt(PartitionTable.Partition::number)).toList();
    }

    /**
     * Why an image has none, as it follows "but": as far as that can be told before any of it is written.
     *
     * @param first its first bytes, with the partition table
     * @param again reads the image once more from its beginning, where that costs little
     */
    public static Optional<String> lacking(ByteBuffer first, Optional<Unpacking> again) throws IOException {
        Optional<PartitionTable> table = PartitionTable.of(first.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        if (table.isEmpty()) {
            return Optional.of("there is no partition table in the image");
        }
        List<PartitionTable.Partition> candidates = candidates(table.get());
        boolean extended = table.get().partitions().stream().anyMatch(PartitionTable.Partition::extended);
        if (extended || (!candidates.isEmpty() && (again.isEmpty() || begins(candidates, again.get())))) {
            return Optional.empty();
        }
        return Optional.of(candidates.isEmpty() || table.get().gpt()
                ? NONE
                : "its partition " + candidates.getFirst().number() + " can't be used: " + Fat.NONE);
    }

    /** Whether one of them may begin as FAT does; what is too far away may. */
    private static boolean begins(List<PartitionTable.Partition> candidates, Unpacking image) {
        ByteBuffer some = ByteBuffer.allocate(LARGEST).order(ByteOrder.LITTLE_ENDIAN);
        for (PartitionTable.Partition one : candidates.stream()
                .sorted(Comparator.comparingLong(PartitionTable.Partition::start)).toList()) {
            if (one.start() > FAR || one.start() < image.done()) {
                return true;
            }
            while (image.done() < one.start()) {
                if (!image.read(some.clear().limit((int) Math.min(LARGEST, one.start() - image.done())))) {
                    return true; // it ends too early, which is told elsewhere
                }
            }
            if (!image.read(some.clear().limit(SECTOR)) || some.hasRemaining()
                    || (some.getShort(SECTOR - 2) & 0xffff) == SIGNATURE) {
                return true;
            }
        }
        return false;
    }

    /** That of a card whose table is known already. */
    public static BootPartition in(Region disk, PartitionTable table) throws IOException {
        List<PartitionTable.Partition> candidates = candidates(table);
        Optional<BootPartition> found = Optional.empty();
        Optional<IOException> trouble = Optional.empty();
        for (PartitionTable.Partition one : candidates) {
            try {
                BootPartition partition = of(disk.part(one.start(), one.length()));
                if (partition.starts()) {
                    return partition;
                }
                found = found.or(() -> Optional.of(partition));
            } catch (IOException e) {
                trouble = trouble
                        .or(() -> Optional.of(new IOException("its partition " + one.number() + " can't be used: "
                                + e.getMessage(), e)));
            }
        }
        if (found.isPresent()) {
            return found.get();
        }
        throw table.gpt() || trouble.isEmpty()
                ? new IOException(NONE)
                : trouble.get();
    }

    private boolean starts() {
        return has("config.txt") || has("cmdline.txt") || has(CloudInit.USER_DATA);
    }

    boolean has(String name) {
        return names.stream().anyMatch(name::equalsIgnoreCase);
    }

    /** What system it belongs to; empty where that isn't known. */
    public Optional<BootSystem> system() throws IOException {
        if (known.isPresent()) {
            return known;
        }
        var files = texts(List.of("cmdline.txt", "issue.txt", "config.txt"));
        return BootSystem.of(names.stream().map(name -> name.toLowerCase(java.util.Locale.ROOT)).toList(), files);
    }

    /** Some of its files. */
    Format.Files texts(List<String> wanted) throws IOException {
        var read = new java.util.HashMap<String, String>();
        for (String name : wanted) {
            Optional<byte[]> bytes = read(name);
            bytes.ifPresent(content -> read.put(name, text(content)));
        }
        return name -> Optional.ofNullable(read.get(name));
    }

    Optional<byte[]> read(String name) throws IOException {
        if (!has(name)) {
            return Optional.empty();
        }
        if (fat.size(name) > LARGEST) {
            throw new IOException("its " + name + " is too large to be a text");
        }
        return Optional.of(fat.read(name));
    }

    Fat fat() {
        return fat;
    }

    /** UTF-8, or else what keeps each byte. */
    static Charset charset(byte[] content) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            return StandardCharsets.UTF_8;
        } catch (CharacterCodingException _) {
            return StandardCharsets.ISO_8859_1;
        }
    }

    static String text(byte[] content) {
        return new String(content, charset(content));
    }
}
