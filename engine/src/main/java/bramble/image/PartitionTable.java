package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The partitions of a card, by its master boot record or its GUID partition table (UEFI Specification 2.10, chapter 5).
 *
 * @param gpt whether it is a GUID partition table
 * @param diskId the disk's signature in a master boot record, from which Linux makes PARTUUIDs; 0 with a GUID partition table
 * @param partitions in the order of their numbers
 */
public record PartitionTable(boolean gpt, int diskId, List<Partition> partitions) {
    private static final int SECTOR = 512;
    private static final int SIGNATURE = 0xaa55;
    private static final int EXTENDED = 0x05;
    private static final int EXTENDED_LBA = 0x0f;
    private static final int PROTECTIVE = 0xee;
    private static final byte[] EFI = "EFI PART".getBytes(StandardCharsets.US_ASCII);

    /**
     * One of them.
     *
     * @param number as Linux counts them, from 1
     * @param type the byte of a master boot record; 0 with a GUID partition table
     * @param start in bytes
     * @param length in bytes
     */
    public record Partition(int number, int type, long start, long length) {
        /** Whether its type says that there are other partitions in it. */
        public boolean extended() {
            return type == EXTENDED || type == EXTENDED_LBA;
        }

        /** Whether its type says that there is a FAT file system in it. */
        public boolean fat() {
            return List.of(0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e).contains(type);
        }
    }

    /** Reads it; empty where there is none. */
    public static Optional<PartitionTable> of(Bytes disk) throws IOException {
        if (disk.length() < SECTOR) {
            return Optional.empty();
        }
        return of(disk::read);
    }

    /** Reads it where the first bytes are not yet on the disk. */
    public static Optional<PartitionTable> of(Region disk, ByteBuffer first) throws IOException {
        return of((at, bytes) -> {
            if (at + bytes > first.limit()) {
                return disk.read(at, bytes);
            }
            byte[] some = new byte[bytes];
            first.get((int) at, some);
            return ByteBuffer.wrap(some).order(ByteOrder.LITTLE_ENDIAN);
        });
    }

    /** Reads it from the first bytes of an image, as far as they tell of it. */
    public static Optional<PartitionTable> of(ByteBuffer first) throws IOException {
        return first.limit() < SECTOR ? Optional.empty() : of((at, bytes) -> {
            byte[] some = new byte[bytes];
            if (at >= 0 && at <= first.limit() - bytes) {
                first.get((int) at, some);
            }
            return ByteBuffer.wrap(some).order(ByteOrder.LITTLE_ENDIAN);
        });
    }

    /** Reads so many bytes of a place. */
    @FunctionalInterface
    private interface Sectors {
        ByteBuffer read(long at, int bytes) throws IOException;
    }

    private static Optional<PartitionTable> of(Sectors disk) throws IOException {
        ByteBuffer record = disk.read(0, SECTOR);
        if ((record.getShort(510) & 0xffff) != SIGNATURE) {
            return Optional.empty();
        }
        var partitions = new ArrayList<Partition>();
        for (int i = 0; i < 4; i++) {
            Entry entry = Entry.at(record, i);
            if (entry.type == PROTECTIVE) {
                return Optional.of(new PartitionTable(true, 0, guid(disk)));
            }
            if (entry.type != 0 && entry.sectors != 0) {
                partitions.add(new Partition(i + 1, entry.type, entry.first * SECTOR, entry.sectors * SECTOR));
            }
        }
        if (partitions.isEmpty()) { // a file system without partitions begins with such a sector, too
            return Optional.empty();
        }
        for (Partition one : List.copyOf(partitions)) {
            if (one.extended()) {
                logical(disk, one, partitions);
            }
        }
        return Optional.of(new PartitionTable(false, record.getInt(440), List.copyOf(partitions)));
    }

    /** Has a partition of a master boot record end elsewhere. */
    static void end(int number, long sectors, GuidTable.Sink record) throws IOException {
        int entry = 446 + 16 * (number - 1);
        record.write(entry + 5, HexFormat.of().parseHex("feffff")); // beyond what this way of counting can say
        record.write(entry + 12, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) sectors).array());
    }

    /** A line of a boot record. */
    private record Entry(int type, long first, long sectors) {
        static Entry at(ByteBuffer record, int index) {
            int at = 446 + 16 * index;
            return new Entry(record.get(at + 4) & 0xff, record.getInt(at + 8) & 0xffffffffL,
                    record.getInt(at + 12) & 0xffffffffL);
        }
    }

    /** The partitions within an extended one: a chain of boot records. */
    private static void logical(Sectors disk, Partition extended, List<Partition> into) throws IOException {
        long at = extended.start;
        for (int number = 5; number < 64; number++) {
            ByteBuffer record = disk.read(at, SECTOR);
            if ((record.getShort(510) & 0xffff) != SIGNATURE) {
                return;
            }
            Entry entry = Entry.at(record, 0);
            if (entry.type != 0) {
                into.add(new Partition(number, entry.type, at + entry.first * SECTOR, entry.sectors * SECTOR));
            }
            Entry next = Entry.at(record, 1);
            if (next.type == 0) {
                return;
            }
            at = extended.start + next.first * SECTOR;
        }
    }

    private static List<Partition> guid(Sectors disk) throws IOException {
        ByteBuffer header = disk.read(SECTOR, SECTOR);
        byte[] magic = new byte[EFI.length];
        header.get(0, magic);
        int size = header.getInt(84);
        int count = header.getInt(80);
        if (!Arrays.equals(magic, EFI) || size < 128 || size > 4096 || count < 0 || count > 1024) {
            throw new IOException("its GUID partition table is damaged");
        }
        long at = header.getLong(72) * SECTOR;
        var partitions = new ArrayList<Partition>();
        for (int i = 0; i < count; i++) {
            ByteBuffer entry = disk.read(at + (long) i * size, size);
            if (entry.getLong(0) != 0 || entry.getLong(8) != 0) {
                long first = entry.getLong(32) * SECTOR;
                partitions.add(new Partition(i + 1, 0, first, (entry.getLong(40) + 1) * SECTOR - first));
            }
        }
        return List.copyOf(partitions);
    }
}
