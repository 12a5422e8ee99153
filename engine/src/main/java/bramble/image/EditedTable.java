package bramble.image;

import bramble.image.PartitionTable.Partition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A card's partition table, of either kind, that is changed: other ids, another end of the last partition. */
final class EditedTable {
    private static final int SECTOR = 512;
    private static final int SIGNATURE = 440;
    private static final long MOST_SECTORS = 0xffffffffL;

    private final Held disk;
    private final PartitionTable table;
    private final Optional<GuidTable> guid;
    private int signature;

    EditedTable(Held disk, PartitionTable table) throws IOException {
        this.disk = disk;
        this.table = table;
        this.guid = table.gpt() ? Optional.of(GuidTable.of(disk)) : Optional.empty();
        this.signature = table.diskId();
    }

    /** The disk's own id, as Linux shows it. */
    String id() {
        return guid.map(one -> one.disk().toString()).orElse(String.format(Locale.ROOT, "%08x", signature));
    }

    /** By what Linux calls a partition, whatever device it is on. */
    String partUuid(Partition partition) {
        return guid.isPresent()
                ? guid.get().partition(partition.number()).map(UUID::toString).orElse("")
                : id() + String.format(Locale.ROOT, "-%02x", partition.number());
    }

    /** Gives the disk and its partitions other ids. Gives the new PARTUUID for each one that was. */
    Map<String, String> renew() throws IOException {
        var before = new LinkedHashMap<Partition, String>();
        table.partitions().forEach(one -> before.put(one, partUuid(one)));
        if (guid.isPresent()) {
            guid.get().renew();
        } else {
            int old = signature;
            while (signature == old || signature == 0) {
                signature = new SecureRandom().nextInt();
            }
            disk.write(SIGNATURE, little(signature));
        }
        var renewed = new LinkedHashMap<String, String>();
        before.forEach((partition, old) -> renewed.put(old, partUuid(partition)));
        return renewed;
    }

    /** Why a partition can't end where the disk ends: another one comes after it, or is around it. */
    Optional<String> fixed(Partition partition) {
        if (!table.gpt() && partition.number() > 4) {
            return Optional.of("partition " + partition.number() + " is in another one");
        }
        return table.partitions().stream()
                .filter(one -> !one.equals(partition) && one.start() + one.length() > partition.start()).findFirst()
                .map(one -> "partition " + one.number() + " comes after partition " + partition.number());
    }

    /**
     * Has a partition end where the disk ends, if it can.
     *
     * @return how many bytes it has then
     */
    long grow(Partition partition) throws IOException {
        if (fixed(partition).isPresent()) {
            return partition.length();
        }
        long first = partition.start() / SECTOR;
        long end = disk.length() / SECTOR / 8 * 8; // a file system's blocks have 4096 bytes mostly
        if (guid.isPresent()) {
            end = (guid.get().lastUsable() + 1) / 8 * 8;
        }
        long sectors = guid.isPresent() ? end - first : Math.min(end - first, MOST_SECTORS);
        if (sectors * SECTOR <= partition.length()) {
            return partition.length();
        }
        if (guid.isPresent()) {
            guid.get().end(partition.number(), end - 1);
        } else {
            PartitionTable.end(partition.number(), sectors, disk::write);
        }
        return sectors * SECTOR;
    }

    /** Has a GUID partition table's copy be at the disk's end. */
    void fit() throws IOException {
        if (guid.isPresent()) {
            guid.get().fit(disk.length() / SECTOR);
        }
    }

    /** Writes what isn't written yet. */
    void write() throws IOException {
        if (guid.isPresent()) {
            guid.get().write(disk, disk::write);
        }
    }

    private static byte[] little(int number) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
    }
}
