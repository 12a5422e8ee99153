package bramble.image;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A FAT file system of any kind (Microsoft, FAT32 File System Specification 1.03; for long names, its section "Long Directory
 * Entries"): what the boot partition of a Raspberry Pi has. Files are small enough here to be read and written as a whole.
 *
 * <p>A change is written in an order that power may fail at any point of: what is new, the table, the folder, and only then is the
 * space of what was there given back, and emptied. At worst clusters are taken that nobody uses.
 */
public final class Fat {
    static final String NONE = "there is no FAT file system in it";
    private static final int FREE = 0;
    private static final int LARGEST_TABLE = 64 << 20;

    private final Region region;
    private final int clusterBytes;
    private final long tableAt;
    private final int tableBytes;
    private final int tables;
    private final long rootAt;
    private final int rootBytes; // 0 where the root is a chain as any folder
    private final int rootCluster;
    private final long dataAt;
    private final int clusters;
    private final int bits;
    private final Optional<Long> infoAt;
    private final byte[] table;
    private final BitSet dirty = new BitSet(); // sectors of the table
    private final List<Integer> released = new ArrayList<>(); // clusters, since the table was last written

    private static final int SECTOR = FatLayout.SECTOR; // what the table is written by, whatever the file system's is

    private Fat(Region region) throws IOException {
        this.region = region;
        FatLayout layout;
        try {
            layout = FatLayout.of(region).orElseThrow(() -> new IOException(NONE));
        } catch (DamagedException _) {
            throw beyond();
        }
        if (layout.tableBytes() > LARGEST_TABLE) {
            throw beyond();
        }
        clusterBytes = layout.clusterBytes();
        tables = layout.tables();
        rootBytes = layout.rootBytes();
        tableAt = layout.tableAt();
        rootAt = layout.rootAt();
        dataAt = layout.dataAt();
        bits = layout.bits();
        clusters = layout.clusters();
        tableBytes = (int) layout.tableBytes();
        table = region.read(tableAt, tableBytes).array();
        rootCluster = layout.rootCluster();
        infoAt = layout.infoAt();
    }

    private static IOException beyond() {
        return new IOException("its FAT file system is damaged, or larger than a boot partition's");
    }

    /**
     * Reads one.
     *
     * @throws IOException if there is none
     */
    public static Fat of(Region region) throws IOException {
        return new Fat(region);
    }

    /** How many more bytes fit. */
    public long free() {
        int found = 0;
        for (int cluster = 2; cluster < clusters + 2; cluster++) {
            found += next(cluster) == FREE ? 1 : 0;
        }
        return (long) found * clusterBytes;
    }

    /** The names in a folder; the root is the empty path. */
    public List<String> list(String folder) throws IOException {
        return folder(folder).entries().stream().filter(entry -> !entry.dots()).map(Entry::name).toList();
    }

    /** Whether there is a folder of that name. */
    boolean isFolder(String path) throws IOException {
        return lookUp(path).isPresent();
    }

    public boolean exists(String path) throws IOException {
        return find(path).isPresent();
    }

    /** A file's content. */
    public byte[] read(String path) throws IOException {
        Entry entry = find(path).filter(one -> !one.folder()).orElseThrow(() -> new FileNotFoundException(path));
        return Arrays.copyOf(chain(entry.cluster()), entry.size());
    }

    /** How many bytes a file has. */
    public long size(String path) throws IOException {
        return Integer.toUnsignedLong(
                find(path).orElseThrow(() -> new FileNotFoundException(path)).size());
    }

    /**
     * Looks whether files of the root would fit, written one after another, each beside what it replaces.
     *
     * @throws IOException if one of them doesn't
     */
    void refuseIfFull(Map<String, byte[]> contents) throws IOException {
        long free = free() / clusterBytes;
        Folder root = folder("");
        int slots = 0;
        for (Map.Entry<String, byte[]> one : contents.entrySet()) {
            Optional<Entry> there = root.find(one.getKey());
            slots += there.isPresent() ? 0 : Entry.slotsOf(one.getKey());
            free -= clustersOf(one.getValue().length);
            if (free < 0) {
                throw new IOException("it is full: " + one.getKey() + " needs " + -free * clusterBytes
                        + " bytes more than are free");
            }
            free += there.map(entry -> clustersOf(entry.size())).orElse(0);
        }
        boolean grows = slots > 0 && Entry.room(root.bytes, slots * Entry.BYTES) < 0;
        if (grows && (rootCluster == 0 || free < clustersOf(slots * Entry.BYTES))) {
            throw new IOException("it is full: there is no room for " + slots + " more names in its root folder");
        }
    }

    private int clustersOf(int bytes) {
        return (bytes + clusterBytes - 1) / clusterBytes;
    }

    /** Makes a file, with the folders above it, or gives one that is there another content. */
    public void write(String path, byte[] content) throws IOException {
        if (!path.matches("[^\\p{Cntrl}\\\\:*?\"<>|]+")) {
            throw new IOException(path + " has a character that no name may have");
        }
        Folder folder = made(Paths.parent(path));
        Optional<Entry> there = folder.find(Paths.name(path));
        if (there.isPresent() && there.get().folder()) {
            throw new IOException(path + " is a folder");
        }
        int first = store(content);
        var now = LocalDateTime.now(ZoneId.systemDefault());
        if (there.isPresent()) {
            folder.put(there.get().with(first, content.length, now));
            release(there.get().cluster());
        } else {
            folder.add(Paths.name(path), false, first, content.length, now);
        }
        finish();
    }

    /** Removes a file, if it is there. */
    public void delete(String path) throws IOException {
        Folder folder = folder(Paths.parent(path));
        Optional<Entry> there = folder.find(Paths.name(path));
        if (there.isEmpty()) {
            return;
        }
        if (there.get().folder()) {
            throw new IOException(path + " is a folder");
        }
        folder.remove(there.get());
        release(there.get().cluster());
        finish();
    }

    private Optional<Entry> find(String path) throws IOException {
        Optional<Folder> folder = lookUp(Paths.parent(path));
        return folder.isEmpty() ? Optional.empty() : folder.get().find(Paths.name(path));
    }

    private Folder folder(String path) throws IOException {
        return lookUp(path).orElseThrow(() -> new FileNotFoundException(path));
    }

    private Optional<Folder> lookUp(String path) throws IOException {
        var folder = new Folder(rootCluster);
        for (String name : Paths.names(path)) {
            Optional<Entry> next = folder.find(name).filter(Entry::folder);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            folder = new Folder(next.get().cluster() == 0 ? rootCluster : next.get().cluster());
        }
        return Optional.of(folder);
    }

    private Folder made(String path) throws IOException {
        var folder = new Folder(rootCluster);
        for (String name : Paths.names(path)) {
            Optional<Entry> next = folder.find(name);
            if (next.isPresent() && !next.get().folder()) {
                throw new IOException(name + " of " + path + " is no folder");
            }
            folder = next.isPresent()
                    ? new Folder(next.get().cluster() == 0 ? rootCluster : next.get().cluster())
                    : folder.make(name);
        }
        return folder;
    }

    /** A folder: the entries of a chain, or of the root's own place. */
    private final class Folder {
        private final int cluster;
        private byte[] bytes;

        Folder(int cluster) throws IOException {
            this.cluster = cluster;
            bytes = cluster == 0 ? region.read(rootAt, rootBytes).array() : chain(cluster);
        }

        List<Entry> entries() {
            return Entry.all(bytes);
        }

        Optional<Entry> find(String name) {
            return entries().stream().filter(entry -> entry.called(name)).findFirst();
        }

        Folder make(String name) throws IOException {
            byte[] content = new byte[clusterBytes];
            int first = allocate(1);
            var now = LocalDateTime.now(ZoneId.systemDefault());
            System.arraycopy(Entry.dots(".", first, now), 0, content, 0, Entry.BYTES);
            System.arraycopy(Entry.dots("..", cluster == rootCluster ? 0 : cluster, now), 0, content, Entry.BYTES,
                    Entry.BYTES);
            region.write(at(first), content);
            flush();
            add(name, true, first, 0, now);
            return new Folder(first);
        }

        void add(String name, boolean folder, int first, int size, LocalDateTime now) throws IOException {
            byte[] slots = Entry.slots(name, entries(), folder, first, size, now);
            int at = Entry.room(bytes, slots.length);
            if (at < 0) {
                at = grow(slots.length);
            }
            System.arraycopy(slots, 0, bytes, at, slots.length);
            store(at, slots.length);
        }

        /** Puts an entry where it was. */
        void put(Entry entry) throws IOException {
            System.arraycopy(entry.slot(), 0, bytes, entry.at(), Entry.BYTES);
            store(entry.at(), Entry.BYTES);
        }

        void remove(Entry entry) throws IOException {
            for (int at = entry.from(); at <= entry.at(); at += Entry.BYTES) {
                bytes[at] = Entry.REMOVED;
            }
            store(entry.from(), entry.at() + Entry.BYTES - entry.from());
        }

        private int grow(int wanted) throws IOException {
            if (cluster == 0) {
                throw new IOException("its root folder is full: it has room for " + rootBytes / Entry.BYTES + " names");
            }
            int used = Entry.end(bytes);
            int count = (wanted - (bytes.length - used) + clusterBytes - 1) / clusterBytes;
            int more = allocate(count);
            byte[] none = new byte[clusterBytes];
            for (int one : members(more)) {
                region.write(at(one), none);
            }
            List<Integer> own = members(cluster);
            set(own.getLast(), more);
            flush();
            bytes = Arrays.copyOf(bytes, bytes.length + count * clusterBytes);
            return used;
        }

        private void store(int from, int length) throws IOException {
            if (cluster == 0) {
                region.write(rootAt + from, Arrays.copyOfRange(bytes, from, from + length));
                return;
            }
            List<Integer> own = members(cluster);
            for (int at = from; at < from + length; at += Entry.BYTES) { // an entry lies within one cluster
                region.write(at(own.get(at / clusterBytes)) + at % clusterBytes,
                        Arrays.copyOfRange(bytes, at, at + Entry.BYTES));
            }
        }
    }

    private long at(int cluster) throws IOException {
        if (cluster < 2 || cluster >= clusters + 2) {
            throw new IOException("its FAT file system is damaged: there is no cluster " + cluster);
        }
        return dataAt + (cluster - 2L) * clusterBytes;
    }

    private List<Integer> members(int first) throws IOException {
        var members = new ArrayList<Integer>();
        for (int cluster = first; cluster >= 2 && !last(cluster); cluster = next(cluster)) {
            at(cluster);
            members.add(cluster);
            if (members.size() > clusters) {
                throw new IOException("its FAT file system is damaged: a file goes round in circles");
            }
        }
        return members;
    }

    private byte[] chain(int first) throws IOException {
        List<Integer> members = members(first);
        byte[] bytes = new byte[Math.multiplyExact(members.size(), clusterBytes)];
        for (int i = 0; i < members.size(); i++) {
            region.read(at(members.get(i)), clusterBytes).get(0, bytes, i * clusterBytes, clusterBytes);
        }
        return bytes;
    }

    /** Writes bytes to where nothing is, and says where they begin; 0 for none. */
    private int store(byte[] content) throws IOException {
        if (content.length == 0) {
            return 0;
        }
        int first = allocate((content.length + clusterBytes - 1) / clusterBytes);
        List<Integer> members = members(first);
        for (int i = 0; i < members.size(); i++) {
            region.write(at(members.get(i)),
                    Arrays.copyOfRange(content, i * clusterBytes, (i + 1) * clusterBytes));
        }
        flush();
        return first;
    }

    /** A new chain, in the table's copy here alone. */
    private int allocate(int count) throws IOException {
        var found = new ArrayList<Integer>();
        for (int cluster = 2; cluster < clusters + 2 && found.size() < count; cluster++) {
            if (next(cluster) == FREE) {
                found.add(cluster);
            }
        }
        if (found.size() < count) {
            throw new IOException("it is full: " + (long) count * clusterBytes + " bytes are needed, " + free()
                    + " are free");
        }
        for (int i = 0; i < count; i++) {
            set(found.get(i), i + 1 < count ? found.get(i + 1) : 0x0fffffff);
        }
        return found.getFirst();
    }

    private void release(int first) throws IOException {
        for (int cluster : members(first)) {
            set(cluster, FREE);
            released.add(cluster);
        }
    }

    private boolean last(int entry) {
        return entry >= (bits == 32 ? 0x0ffffff8 : (1 << bits) - 8);
    }

    private int next(int cluster) {
        ByteBuffer entries = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        return switch (bits) {
            case 12 -> {
                int pair = entries.getShort(cluster * 3 / 2) & 0xffff;
                yield cluster % 2 == 0 ? pair & 0xfff : pair >> 4;
            }
            case 16 -> entries.getShort(cluster * 2) & 0xffff;
            default -> entries.getInt(cluster * 4) & 0x0fffffff;
        };
    }

    private void set(int cluster, int next) {
        ByteBuffer entries = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        int at = switch (bits) {
            case 12 -> cluster * 3 / 2;
            case 16 -> cluster * 2;
            default -> cluster * 4;
        };
        switch (bits) {
            case 12 -> {
                int pair = entries.getShort(at) & 0xffff;
                entries.putShort(at, (short) (cluster % 2 == 0
                        ? (pair & 0xf000) | (next & 0xfff)
                        : (pair & 0x000f) | ((next & 0xfff) << 4)));
            }
            case 16 -> entries.putShort(at, (short) next);
            default -> entries.putInt(at, (entries.getInt(at) & 0xf0000000) | (next & 0x0fffffff));
        }
        dirty.set(at / SECTOR);
        dirty.set((at + (bits == 32 ? 3 : 1)) / SECTOR);
    }

    private void finish() throws IOException {
        flush();
        byte[] none = new byte[clusterBytes];
        for (int cluster : released) { // nobody is to read there what was a secret
            region.write(at(cluster), none);
        }
        released.clear();
        if (infoAt.isPresent()) { // how much is free, and where to look for it first
            ByteBuffer info = region.read(infoAt.get(), SECTOR);
            if (info.getInt(0) == 0x41615252 && info.getInt(484) == 0x61417272) {
                info.putInt(488, (int) (free() / clusterBytes)).putInt(492, 2);
                var changed = new byte[SECTOR];
                info.get(0, changed);
                region.write(infoAt.get(), changed);
            }
        }
        region.channel().force(false);
    }

    /** Writes what is new of the table, to all its copies. */
    private void flush() throws IOException {
        for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1)) {
            int from = sector * SECTOR;
            byte[] part = Arrays.copyOfRange(table, from, Math.min(from + SECTOR, tableBytes));
            for (int copy = 0; copy < tables; copy++) {
                region.write(tableAt + copy * ((rootAt - tableAt) / tables) + from, part);
            }
        }
        dirty.clear();
    }
}
