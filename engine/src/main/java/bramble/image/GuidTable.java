package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32;

/** A GUID partition table that is to be changed, with its copy at the disk's end (UEFI Specification 2.10, chapter 5). */
final class GuidTable {
    private static final int SECTOR = 512;
    private static final byte[] EFI = "EFI PART".getBytes(StandardCharsets.US_ASCII);
    private static final int LARGEST = 1 << 20;

    private final ByteBuffer header; // a sector
    private final ByteBuffer entries;

    private GuidTable(ByteBuffer header, ByteBuffer entries) {
        this.header = header;
        this.entries = entries;
    }

    /** Where one is written. */
    @FunctionalInterface
    interface Sink {
        void write(long at, byte[] bytes) throws IOException;
    }

    /**
     * Reads that at the disk's beginning.
     *
     * @throws IOException if it is damaged
     */
    static GuidTable of(Bytes disk) throws IOException {
        ByteBuffer header = disk.read(SECTOR, SECTOR);
        byte[] magic = new byte[EFI.length];
        header.get(0, magic);
        int bytes = header.getInt(12);
        long all = Integer.toUnsignedLong(header.getInt(80)) * Integer.toUnsignedLong(header.getInt(84));
        if (!Arrays.equals(magic, EFI) || bytes < 92 || bytes > SECTOR || all < 128 || all > LARGEST
                || header.getInt(84) < 128 || header.getInt(16) != checksum(header, bytes)) {
            throw new IOException("its GUID partition table is damaged");
        }
        ByteBuffer entries = disk.read(header.getLong(72) * SECTOR, (int) all);
        if (header.getInt(88) != crc(bytes(entries), entries.capacity())) {
            throw new IOException("its GUID partition table is damaged");
        }
        return new GuidTable(header, entries);
    }

    private static int checksum(ByteBuffer header, int bytes) {
        byte[] copy = bytes(header);
        Arrays.fill(copy, 16, 20, (byte) 0);
        return crc(copy, bytes);
    }

    private static byte[] bytes(ByteBuffer of) {
        byte[] bytes = new byte[of.capacity()];
        of.get(0, bytes);
        return bytes;
    }

    private static int crc(byte[] bytes, int count) {
        var crc = new CRC32();
        crc.update(bytes, 0, count);
        return (int) crc.getValue();
    }

    private int entry(int number) {
        return (number - 1) * header.getInt(84);
    }

    private int count() {
        return header.getInt(80);
    }

    private boolean used(int number) {
        return entries.getLong(entry(number)) != 0 || entries.getLong(entry(number) + 8) != 0;
    }

    /** The disk's own. */
    UUID disk() {
        return uuid(header, 56);
    }

    /** That of a partition, which Linux calls its PARTUUID; empty if there is no such partition. */
    Optional<UUID> partition(int number) {
        return number <= count() && used(number) ? Optional.of(uuid(entries, entry(number) + 16)) : Optional.empty();
    }

    /** Gives the disk and each partition another one. */
    void renew() {
        put(header, 56, UUID.randomUUID());
        for (int number = 1; number <= count(); number++) {
            if (used(number)) {
                put(entries, entry(number) + 16, UUID.randomUUID());
            }
        }
    }

    /** Its first three parts begin with their last byte. */
    private static UUID uuid(ByteBuffer from, int at) {
        return new UUID(Integer.toUnsignedLong(from.getInt(at)) << 32
                | Short.toUnsignedLong(from.getShort(at + 4)) << 16 | Short.toUnsignedLong(from.getShort(at + 6)),
                Long.reverseBytes(from.getLong(at + 8)));
    }

    private static void put(ByteBuffer into, int at, UUID uuid) {
        long high = uuid.getMostSignificantBits();
        into.putInt(at, (int) (high >>> 32)).putShort(at + 4, (short) (high >>> 16)).putShort(at + 6, (short) high)
                .putLong(at + 8, Long.reverseBytes(uuid.getLeastSignificantBits()));
    }

    private int entrySectors() {
        return (entries.capacity() + SECTOR - 1) / SECTOR;
    }

    /** How many sectors the copy takes. */
    int copySectors() {
        return entrySectors() + 1;
    }

    /** The last sector that a partition may have. */
    long lastUsable() {
        return header.getLong(48);
    }

    /**
     * Has the copy be at the end of a disk of so many sectors.
     *
     * @throws IOException if a partition is in the way
     */
    void fit(long sectors) throws IOException {
        long last = sectors - 2 - entrySectors();
        for (int number = 1; number <= count(); number++) {
            if (used(number) && entries.getLong(entry(number) + 40) > last) {
                throw new IOException("behind its partition " + number + " there is no room for the copy of its GUID "
                        + "partition table");
            }
        }
        header.putLong(32, sectors - 1).putLong(48, last);
    }

    /** Has a partition end with another sector. */
    void end(int number, long last) {
        entries.putLong(entry(number) + 40, last);
    }

    /** Writes the copy, and then the table itself. The sector before it, whose one entry stands for all of the disk, follows. */
    void write(Bytes disk, Sink sink) throws IOException {
        long copy = header.getLong(32);
        header.putInt(88, crc(bytes(entries), entries.capacity()));
        ByteBuffer other = ByteBuffer.wrap(bytes(header)).order(ByteOrder.LITTLE_ENDIAN);
        other.putLong(24, copy).putLong(32, header.getLong(24)).putLong(72, copy - entrySectors());
        sink.write((copy - entrySectors()) * SECTOR, bytes(entries));
        sink.write(copy * SECTOR, signed(other));
        sink.write(header.getLong(72) * SECTOR, bytes(entries));
        sink.write(SECTOR, signed(header));
        ByteBuffer record = disk.read(0, SECTOR);
        for (int at = 446; at < 510; at += 16) {
            if ((record.get(at + 4) & 0xff) == 0xee && record.getInt(at + 8) == 1) {
                sink.write(0, bytes(record.putInt(at + 12, (int) Math.min(copy, 0xffffffffL))));
                return;
            }
        }
    }

    private static byte[] signed(ByteBuffer header) {
        return bytes(header.putInt(16, checksum(header, header.getInt(12))));
    }
}
