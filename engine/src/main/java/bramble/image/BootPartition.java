package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The partition from which a node starts, a FAT file system. Its files are texts of a few lines, as far as they matter here. */
public final class BootPartition {
    private static final int LARGEST = 1 << 20;

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

    /** That of a card whose table is known already. */
    public static BootPartition in(Region disk, PartitionTable table) throws IOException {
        List<PartitionTable.Partition> candidates = table.partitions().stream()
                .filter(one -> table.gpt() || one.fat())
                .sorted(Comparator.comparingInt(PartitionTable.Partition::number)).toList();
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
                ? new IOException("it has no FAT partition, from which a Raspberry Pi would start")
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
