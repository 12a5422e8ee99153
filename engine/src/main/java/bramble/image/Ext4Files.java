package bramble.image;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The files of an ext2, ext3 or ext4 file system (Linux kernel documentation, "ext4 Data Structures and Algorithms"), of which any is read,
 * and one that keeps its length gets another content: where its blocks are stays as it is, so nothing but they change.
 *
 * <p>What the journal has, and isn't in its place yet, is read as if it were: the next start puts it there.
 */
public final class Ext4Files {
    private static final int ROOT = 2;
    private static final int LARGEST = 1 << 20;
    private static final int LARGEST_FOLDER = 64 << 20;
    private static final int MOST_LINKS = 40;
    private static final int INLINE = 0x10000000;
    private static final int UNREADABLE = 0x4 | 0x800 | 0x100000; // compressed, encrypted, verified
    private static final int SUM_LOW = 124;
    private static final int EXTRA = 128;
    private static final int SUM_HIGH = 130;

    private final Region region;
    private final Ext4 system;
    private final Journal journal;

    private Ext4Files(Region region, Ext4 system, Journal journal) {
        this.region = region;
        this.system = system;
        this.journal = journal;
    }

    /**
     * Reads one; empty where there is none.
     *
     * @throws IOException if it is damaged
     */
    public static Optional<Ext4Files> of(Region region) throws IOException {
        Optional<Ext4> raw = Ext4.of(region);
        if (raw.isEmpty()) {
            return Optional.empty();
        }
        if (!raw.get().needsRecovery()) {
            return Optional.of(new Ext4Files(region, raw.get(), Journal.EMPTY));
        }
        Journal journal = Journal.of(raw.get());
        Ext4 replayed = Ext4.of(journal.over(region, raw.get().blockBytes()))
                .orElseThrow(() -> new IOException("its ext file system's journal is damaged"));
        return Optional.of(new Ext4Files(region, replayed, journal));
    }

    /** Whether the journal holds what isn't in its place yet. */
    boolean waits() {
        return !journal.isEmpty();
    }

    /** An inode as it stands there. */
    private record Inode(long number, ByteBuffer bytes) {
        int mode() {
            return bytes.getShort(0) & 0xf000;
        }

        boolean folder() {
            return mode() == 0x4000;
        }

        boolean file() {
            return mode() == 0x8000;
        }

        boolean link() {
            return mode() == 0xa000;
        }

        int flags() {
            return bytes.getInt(32);
        }

        boolean has(int flag) {
            return (flags() & flag) != 0;
        }

        long size() {
            return Integer.toUnsignedLong(bytes.getInt(4))
                    | (folder() ? 0 : Integer.toUnsignedLong(bytes.getInt(108)) << 32);
        }

        ByteBuffer own() {
            return bytes.slice(FileBlocks.AT, FileBlocks.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private Inode inode(long number) throws IOException {
        return new Inode(number, system.inode(number));
    }

    /** Whether there is such a file or folder, links followed. */
    public boolean exists(String path) throws IOException {
        return find(path).isPresent();
    }

    public boolean folder(String path) throws IOException {
        return find(path).filter(Inode::folder).isPresent();
    }

    /** A file that has a content of its own here, links followed; empty if it isn't there, or is too large to be a text. */
    public Optional<byte[]> read(String path) throws IOException {
        Optional<Inode> inode = find(path).filter(Inode::file);
        return inode.isEmpty() || inode.get().size() > LARGEST ? Optional.empty() : Optional.of(content(inode.get()));
    }

    /** Whether two paths lead to the same file. */
    public boolean same(String one, String other) throws IOException {
        Optional<Inode> first = find(one);
        Optional<Inode> second = find(other);
        return first.isPresent() && second.isPresent() && first.get().number() == second.get().number();
    }

    /**
     * Gives a file another content of the same length, where it is.
     *
     * @throws IOException if that can't be done; nothing is written then
     */
    public void overwrite(String path, byte[] content) throws IOException {
        Inode inode = find(path).filter(Inode::file).orElseThrow(() -> new FileNotFoundException(path));
        if (inode.size() != content.length || content.length > LARGEST) {
            throw new IOException(path + " has " + inode.size() + " bytes, and would have " + content.length);
        }
        if (inode.has(UNREADABLE)) {
            throw new IOException(path + " can't be changed in its place: it is encrypted or sealed");
        }
        if (inode.has(INLINE)) {
            overwriteInline(path, inode, content);
            return;
        }
        int size = system.blockBytes();
        long[] blocks = FileBlocks.of(system, inode.bytes(), (content.length + size - 1) / size);
        for (long block : blocks) {
            if (block == 0) {
                throw new IOException(path + " can't be changed in its place: it has holes");
            }
            if (journal.has(block)) {
                throw new IOException(path + " can't be changed in its place: what is in it stands in the journal as "
                        + "yet (start the system that it is of once, or run e2fsck on the image)");
            }
        }
        for (int i = 0; i < blocks.length; i++) {
            region.write(blocks[i] * size, Arrays.copyOfRange(content, i * size,
                    Math.min(content.length, (i + 1) * size)));
        }
    }

    private void overwriteInline(String path, Inode inode, byte[] content) throws IOException {
        long at = system.inodeAt(inode.number());
        if (content.length > FileBlocks.BYTES || journal.has(at / system.blockBytes())) {
            throw new IOException(path + " can't be changed in its place: it stands in its inode");
        }
        byte[] bytes = new byte[inode.bytes().capacity()];
        inode.bytes().get(0, bytes);
        System.arraycopy(content, 0, bytes, FileBlocks.AT, content.length);
        if (system.readOnlyCompatible(Ext4.Feature.RO_COMPAT_METADATA_CSUM)) {
            sign(inode.number(), bytes);
        }
        region.write(at, bytes);
    }

    private void sign(long number, byte[] bytes) {
        ByteBuffer inode = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean high = inode.capacity() > EXTRA && (inode.getShort(EXTRA) & 0xffff) >= 4;
        inode.putShort(SUM_LOW, (short) 0);
        if (high) {
            inode.putShort(SUM_HIGH, (short) 0);
        }
        byte[] head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt((int) number)
                .putInt(inode.getInt(100)).array();
        int sum = Ext4.crc32c(Ext4.crc32c(system.checksumSeed(), head), bytes);
        inode.putShort(SUM_LOW, (short) sum);
        if (high) {
            inode.putShort(SUM_HIGH, (short) (sum >>> 16));
        }
    }

    private Optional<Inode> find(String path) throws IOException {
        Deque<Inode> way = new ArrayDeque<>(List.of(inode(ROOT)));
        Deque<String> names = new ArrayDeque<>(Paths.names(path));
        int links = 0;
        while (!names.isEmpty()) {
            String name = names.pop();
            if (name.equals("..") || name.equals(".")) {
                if (name.equals("..") && way.size() > 1) {
                    way.pop();
                }
                continue;
            }
            Optional<Inode> next = way.element().folder() ? entry(way.element(), name) : Optional.empty();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            if (!next.get().link()) {
                way.push(next.get());
                continue;
            }
            if (++links > MOST_LINKS || next.get().size() > 4096) {
                return Optional.empty();
            }
            String target = new String(linked(next.get()), StandardCharsets.UTF_8);
            if (target.startsWith("/")) {
                way.clear();
                way.push(inode(ROOT));
            }
            Paths.names(target).reversed().forEach(names::push);
        }
        return Optional.of(way.element());
    }

    private byte[] linked(Inode link) throws IOException {
        if (link.size() < FileBlocks.BYTES && !link.has(FileBlocks.EXTENTS | INLINE)) {
            byte[] target = new byte[(int) link.size()];
            link.own().get(target);
            return target;
        }
        return content(link);
    }

    private byte[] content(Inode inode) throws IOException {
        int length = Math.toIntExact(inode.size());
        if (inode.has(UNREADABLE)) {
            throw new IOException("it has a file that is encrypted or sealed");
        }
        if (inode.has(INLINE)) {
            var whole = new byte[length];
            int at = 0;
            for (byte[] part : inline(inode)) {
                int some = Math.min(part.length, length - at);
                System.arraycopy(part, 0, whole, at, some);
                at += some;
            }
            return whole;
        }
        int size = system.blockBytes();
        long[] blocks = FileBlocks.of(system, inode.bytes(), (length + size - 1) / size);
        byte[] content = new byte[blocks.length * size];
        for (int i = 0; i < blocks.length; i++) {
            if (blocks[i] != 0) {
                system.block(blocks[i]).get(content, i * size, size);
            }
        }
        return Arrays.copyOf(content, length);
    }

    private static final int ATTRIBUTES = 0xea020000;

    /** What stands in the inode itself: in the place of its blocks, and in an attribute. */
    private List<byte[]> inline(Inode inode) {
        ByteBuffer bytes = inode.bytes();
        var parts = new ArrayList<byte[]>();
        byte[] own = new byte[FileBlocks.BYTES];
        bytes.get(FileBlocks.AT, own);
        parts.add(own);
        int extra = bytes.capacity() > EXTRA ? EXTRA + (bytes.getShort(EXTRA) & 0xffff) : bytes.capacity();
        if (extra + 8 > bytes.capacity() || bytes.getInt(extra) != ATTRIBUTES) {
            return parts;
        }
        int base = extra + 4;
        for (int at = base; at + 16 <= bytes.capacity() && bytes.getInt(at) != 0;) {
            int name = bytes.get(at) & 0xff;
            int value = base + (bytes.getShort(at + 2) & 0xffff);
            int length = bytes.getInt(at + 8);
            if (bytes.get(at + 1) == 7 && name == 4 && at + 20 <= bytes.capacity()
                    && bytes.getInt(at + 16) == 0x61746164 && length >= 0 && value <= bytes.capacity() - length) { // data
                byte[] more = new byte[length];
                bytes.get(value, more);
                parts.add(more);
            }
            at += (16 + name + 3) / 4 * 4;
        }
        return parts;
    }

    private Optional<Inode> entry(Inode folder, String name) throws IOException {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        if (folder.has(INLINE)) {
            List<byte[]> parts = inline(folder);
            parts.set(0, Arrays.copyOfRange(parts.getFirst(), 4, FileBlocks.BYTES)); // its parent comes first
            for (byte[] part : parts) {
                Optional<Inode> found = entry(ByteBuffer.wrap(part).order(ByteOrder.LITTLE_ENDIAN), wanted);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }
        if (folder.size() > LARGEST_FOLDER) {
            throw new IOException("its ext file system is damaged: a folder has " + Amount.of(folder.size()));
        }
        for (long block : FileBlocks.of(system, folder.bytes(), folder.size() / system.blockBytes())) {
            Optional<Inode> found = block == 0 ? Optional.empty() : entry(system.block(block), wanted);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Looks through a block of a folder. Blocks of its index look as if they held one entry that isn't used. */
    private Optional<Inode> entry(ByteBuffer block, byte[] wanted) throws IOException {
        for (int at = 0; at + 8 <= block.limit();) {
            long number = Integer.toUnsignedLong(block.getInt(at));
            int length = block.getShort(at + 4) & 0xffff;
            int name = block.get(at + 6) & 0xff;
            if (length < 8 || at + 8 + name > block.limit()) {
                return Optional.empty();
            }
            if (number != 0 && name == wanted.length
                    && block.slice(at + 8, name).equals(ByteBuffer.wrap(wanted))) {
                return Optional.of(inode(number));
            }
            at += length;
        }
        return Optional.empty();
    }
}
