package bramble.modules.image;

import bramble.args.FirstStarts;
import bramble.image.Amount;
import bramble.image.Disk;
import bramble.image.Marker;
import bramble.image.PartitionTable;
import bramble.image.Unpacking;
import bramble.image.Writing;
import bramble.module.Beyond;
import bramble.problem.FileTrouble;
import bramble.problem.ProblemException;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;

/**
 * Writes an image to a card of a node: the controller unpacks it, and the node's own {@code dd} writes what comes, a piece after
 * another. As long as it isn't all there and right, a {@link Marker} stands in the first sector: nothing starts from such a card, and
 * the next run goes on where this one came to.
 */
final class CardStream {
    private static final int PIECE = 8 << 20;
    private static final int BLOCK = 1 << 20;
    private static final int KEPT_BACK = 4096;
    private static final long BETWEEN_MARKS = 64L << 20;
    private static final int AHEAD = 2;

    /** Reads back; {@code $b_how} says how: past the node's cache where its dd can do so. */
    private static final Sh.Library LIBRARY = new Sh.Library("b_back",
            """
                    b_back() { # device, program that counts, and what is read: first, in sectors; whole blocks; what is left, in sectors and bytes
                      b_f=iflag=direct
                      b_how=direct
                      dd if="$1" of=/dev/null bs=4096 count=1 $b_f 2>/dev/null || {
                        b_f=
                        b_how=reopened
                        blockdev --flushbufs "$1" 2>/dev/null
                      }
                      echo "$b_how"
                      {
                        dd if="$1" bs=512 skip=8 count="$3"
                        [ "$4" = 0 ] || dd if="$1" bs=1048576 skip=1 count="$4" $b_f
                        [ "$6" = 0 ] || dd if="$1" bs=512 skip="$5" count="$6"
                        [ "$8" = 0 ] || dd if="$1" bs=1 skip="$7" count="$8"
                      } | "$2"
                    }""");

    /** Goes on only where the device still is one: dd would make a file of its name, in the node's memory. */
    private static final Sh.Library THERE = new Sh.Library("b_there",
            """
                    b_there() { # device, its sectors
                      b_z=
                      [ ! -b "$1" ] || IFS= read -r b_z <"/sys/class/block/${1##*/}/size"
                      [ "$b_z" = "$2" ] || { echo "dd: $1: No such device" >&2; return 1; }
                    }""");

    /** Tells what the node's dd can promise: that it makes no file, and that all is written when it ends. */
    private static final Sh.Library PROMISES = new Sh.Library("b_promises",
            """
                    b_promises() { # device
                      for b_c in notrunc,nocreat,fsync notrunc,fsync notrunc; do
                        ! dd if=/dev/null of="$1" bs=1 count=0 conv=$b_c 2>/dev/null || break
                      done
                      echo $b_c
                    }""");

    /** Opens the device for itself alone, as far as the node has a program for that; it writes nothing. */
    private static final Sh.Library ALONE = new Sh.Library("b_alone", """
            b_alone() { # device
              ! command -v wipefs >/dev/null 2>&1 || case $(wipefs --all --no-act "$1" 2>&1 >/dev/null) in
              *busy*) echo busy ;;
              esac
            }""");

    private final Beyond beyond;
    private final NodeCard card;
    private final Unpacking image;
    private final String key;
    private final String id;
    private final boolean verify;
    private final MessageDigest digest;
    private final List<Long> starts = new ArrayList<>();
    private final List<byte[]> heads = new ArrayList<>();
    private Optional<Long> place = Optional.empty();
    private final Optional<FirstStarts.FirstStart> owner;
    private final boolean golden;
    private List<String> warnings = List.of();
    private long span;
    private Optional<FileChannel> beginning = Optional.empty();
    private Optional<byte[]> first = Optional.empty();
    private Optional<Tail> tail = Optional.empty();
    private boolean begun;
    private String conversion = "notrunc";
    private long marked;

    /** What a GUID partition table has at the card's end: its copy. */
    private record Tail(long sector, byte[] bytes) {}

    /** It went wrong; the message is a sentence. */
    static final class FailedException extends IOException {
        private static final long serialVersionUID = 1;

        FailedException(String why) {
            super(why);
        }
    }

    /**
     * Writes nothing yet.
     *
     * @param key of the image, and of the node whose card it becomes
     * @param owner makes it that node's
     * @param golden whether it is a copy of a system that has run, and becomes one of its own
     */
    CardStream(Beyond beyond, NodeCard card, Unpacking image, String key, boolean verify,
            Optional<FirstStarts.FirstStart> owner, boolean golden) {
        this.owner = owner;
        this.golden = golden;
        this.beyond = beyond;
        this.card = card;
        this.image = image;
        this.key = key;
        this.verify = verify;
        this.id = HexFormat.of()
                .formatHex(Note.sha256().digest(key.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        try {
            this.digest = MessageDigest.getInstance(switch (card.sum()) {
                case "sha256sum" -> "SHA-256";
                case "sha1sum" -> "SHA-1";
                default -> "MD5";
            });
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What came of it: how many bytes, how they were read back, and what can't be as it should. */
    record Done(long size, long from, String verified, List<String> warnings) {}

    Done write() throws IOException, InterruptedException {
        byte[] begin = next(image, PIECE);
        Optional<PartitionTable> table = PartitionTable.of(ByteBuffer.wrap(begin).order(ByteOrder.LITTLE_ENDIAN));
        span = owner.isEmpty() ? 0 : golden ? Long.MAX_VALUE : bootEnd(table); // a copy is changed all over
        starts.addAll(table.stream().flatMap(one -> one.partitions().stream())
                .filter(one -> one.type() != 0x05 && one.type() != 0x0f).map(PartitionTable.Partition::start).sorted()
                .limit(Note.MOST_HEADS).toList());
        starts.forEach(_ -> heads.add(new byte[Note.HEAD]));
        place = Note.PLACES.stream().filter(sector -> free(begin, sector)).findFirst();
        long from = golden // a copy's ids are other ones each time
                ? 0
                : card.marker().filter(marker -> marker.image().equals(id)).map(Marker::done).orElse(0L);
        if (card.kind() == NodeCard.Kind.DISK) {
            refuseUsed();
        }
        conversion = done(0, Sh.of("b_promises {}", card.path()).using(PROMISES), Content.none()).text().strip();
        if (span == 0) {
            begin(from);
        }
        long size = pieces(begin, from);
        if (card.kind() == NodeCard.Kind.FILE) {
            done(size, Sh.of("dd if=/dev/null of={} bs=1 seek={} count=0", card.path(), size), Content.none());
        }
        flush(size);
        String how = verify ? compared(size) : "no";
        Optional<String> lacks = Writing.lacks(ByteBuffer.wrap(begin).order(ByteOrder.LITTLE_ENDIAN), size)
                .map(why -> "The image " + why);
        if (lacks.isPresent() && owner.isPresent()) {
            throw new FailedException(
                    "Tried to make " + card.path() + " a node's card, but it can't be: " + lacks.get());
        }
        owner.ifPresent(FirstStarts.FirstStart::known); // before there is a card that it starts from
        finish(first.orElse(begin), (int) starts.stream().filter(start -> start + Note.HEAD <= size).count());
        return new Done(size, from, how, Stream.concat(warnings.stream(), lacks.stream()).toList());
    }

    /** From now on the card isn't what it was. */
    private void begin(long from) throws IOException {
        if (span > 0 && card.kind() == NodeCard.Kind.DISK) {
            refuseUsed(); // what was held took a while to come
        }
        begun = true;
        if (owner.isPresent() && card.kind() == NodeCard.Kind.FILE) { // there will be keys in it
            done(0, Sh.of("chmod 600 {} 2>/dev/null || :", card.path()), Content.none());
        }
        if (from == 0 && card.kind() == NodeCard.Kind.FILE) {
            done(0, Sh.of("dd if=/dev/null of={} bs=1 count=0", card.path()), Content.none());
        }
        mark(from);
    }

    /** Looks again right before it writes: finding the image takes a while. And what the kernel doesn't tell shows only now. */
    private void refuseUsed() throws IOException {
        var fact = new CardFact(card.path());
        Optional<String> use = fact.parse(done(0, fact.script(), Content.none())).disk().flatMap(Disk::refusal)
                .or(() -> busy() ? Optional.of("a program of the node holds it for itself") : Optional.empty());
        if (use.isPresent()) {
            throw new FailedException("Tried to write to " + card.path() + ", but " + use.get() + ".");
        }
    }

    private boolean busy() {
        return beyond.ask().apply(Sh.of("b_alone {}", card.path()).using(ALONE)).text().contains("busy");
    }

    /** How far the partitions reach of which one may be the boot partition: up to there, the image is changed for its node. */
    private static long bootEnd(Optional<PartitionTable> table) throws FailedException {
        List<PartitionTable.Partition> all = table.map(PartitionTable::partitions).orElse(List.of());
        boolean gpt = table.map(PartitionTable::gpt).orElse(false);
        return all.stream().filter(one -> gpt ? one.number() == all.getFirst().number() : one.fat())
                .mapToLong(one -> one.start() + one.length()).max()
                .orElseThrow(() -> new FailedException("Tried to make the card a node's, but the image has no FAT "
                        + "partition, from which a Raspberry Pi would start."));
    }

    /** Keeps the beginning in a file, which has no name for secrets are in it, until the boot partition is there and can be changed. */
    private long held(long at, byte[] bytes, long from) throws IOException {
        if (beginning.isEmpty()) {
            beginning = Optional.of(FileChannel.open(Files.createTempFile("bramble", ".img"), StandardOpenOption.READ,
                    StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
        }
        FileChannel channel = beginning.get();
        for (int i = 0; i < bytes.length; i += BLOCK) {
            int length = Math.min(BLOCK, bytes.length - i);
            if (!zero(bytes, i, length) || i + length == bytes.length) { // the rest is a hole
                ByteBuffer block = ByteBuffer.wrap(bytes, i, length);
                while (block.hasRemaining()) {
                    channel.write(block, at + block.position());
                }
            }
        }
        long end = at + bytes.length;
        if (end < span) {
            return end;
        }
        try {
            owner.orElseThrow().apply(channel);
        } catch (IOException e) {
            throw new FailedException(
                    "Tried to make " + card.path() + " a node's card, but " + FileTrouble.why(e) + ".");
        }
        return released(end, from);
    }

    /** Sends what was held. */
    private long released(long end, long from) throws IOException {
        begin(from);
        FileChannel channel = beginning.orElseThrow();
        for (long done = 0; done < end;) {
            ByteBuffer some = ByteBuffer.allocate((int) Math.min(PIECE, end - done));
            while (some.hasRemaining() && channel.read(some, done + some.position()) >= 0) {
                // until it is full
            }
            first = first.or(() -> Optional.of(some.array()));
            done = piece(done, some.array(), from);
        }
        return end;
    }

    private List<String> renewed(long end) throws IOException {
        if (end > card.capacity()) {
            throw tooSmall();
        }
        try {
            return owner.orElseThrow().renew(beginning.orElseThrow(), card.kind() == NodeCard.Kind.DISK
                    ? card.capacity()
                    : end);
        } catch (IOException e) {
            throw new FailedException("Tried to make " + card.path() + " a card of its own, but "
                    + FileTrouble.why(e) + ".");
        }
    }

    /** What has come behind the image, where it was made longer than it was. */
    private Optional<Tail> tail(long end) throws IOException {
        FileChannel channel = beginning.orElseThrow();
        ByteBuffer begin = ByteBuffer.wrap(first.orElseThrow()).order(ByteOrder.LITTLE_ENDIAN);
        if (channel.size() <= end || !PartitionTable.of(begin).map(PartitionTable::gpt).orElse(false)) {
            return Optional.empty();
        }
        long sectors = channel.size() / Note.SECTOR;
        long entries = (long) begin.getInt(Note.SECTOR + 80) * begin.getInt(Note.SECTOR + 84); // UEFI Specification 2.10, 5.3.2
        long from = Math.max(sectors - 1 - (entries + Note.SECTOR - 1) / Note.SECTOR,
                (end + Note.SECTOR - 1) / Note.SECTOR);
        ByteBuffer copy = ByteBuffer.allocate((int) (sectors - from) * Note.SECTOR);
        while (copy.hasRemaining() && channel.read(copy, from * Note.SECTOR + copy.position()) >= 0) {
            // until it is full
        }
        return Optional.of(new Tail(from, copy.array()));
    }

    private FailedException tooSmall() {
        return new FailedException("Tried to write to " + card.path() + ", but it is too small: it has "
                + Amount.of(card.capacity()) + ", and the image has more.");
    }

    /** Whether nothing but zeros stands there, before the first partition; or what tells of the card that was cloned. */
    private boolean free(byte[] begin, long sector) {
        int at = (int) sector * Note.SECTOR;
        return !starts.isEmpty() && starts.getFirst() > at && begin.length >= at + Note.SIZE
                && (zero(begin, at, Note.SIZE) || Note.read(Arrays.copyOfRange(begin, at, at + Note.SIZE)).isPresent());
    }

    private static boolean zero(byte[] bytes, int at, int length) {
        for (int i = at; i < at + length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] next(Unpacking image, int most) {
        ByteBuffer buffer = ByteBuffer.allocate(most);
        image.read(buffer);
        return buffer.hasRemaining() ? Arrays.copyOf(buffer.array(), buffer.position()) : buffer.array();
    }

    /** Unpacks while the one before is on its way. */
    private long pieces(byte[] begin, long from) throws IOException, InterruptedException {
        BlockingQueue<Ahead> ahead = new ArrayBlockingQueue<>(AHEAD);
        Thread unpacking = Thread.ofPlatform().name("unpack").daemon().start(() -> {
            try {
                try {
                    byte[] piece;
                    do {
                        piece = next(image, PIECE);
                        ahead.put(new Ahead(piece, Optional.empty()));
                    } while (piece.length > 0);
                } catch (RuntimeException e) {
                    ahead.put(new Ahead(new byte[0], Optional.of(e)));
                }
            } catch (InterruptedException _) {
                // nobody wants more
            }
        });
        try {
            long at = 0;
            for (byte[] bytes = begin; bytes.length > 0;) {
                at = at < span ? held(at, bytes, from) : piece(at, bytes, from);
                Ahead next = ahead.take();
                if (next.trouble.isPresent()) {
                    throw broken(at, from, next.trouble.get());
                }
                bytes = next.bytes;
            }
            if (golden) {
                warnings = renewed(at);
                released(at, from);
                tail = tail(at);
                if (tail.isPresent()) {
                    put(tail.get().sector(), tail.get().bytes());
                }
                return at;
            }
            if (at < span) {
                throw new FailedException("Tried to make the card a node's, but the image ends at " + Amount.of(at)
                        + ", and its boot partition at " + Amount.of(span) + ". Was it cut off?");
            }
            return at;
        } finally {
            unpacking.interrupt();
            if (beginning.isPresent()) {
                beginning.get().close();
            }
        }
    }

    private record Ahead(byte[] bytes, Optional<RuntimeException> trouble) {}

    /** The image came to no end: what was written of it stays only if it is the image's. */
    private RuntimeException broken(long at, long from, RuntimeException trouble) throws IOException {
        if (!begun) {
            return trouble;
        }
        flush(at);
        mark(trouble instanceof Unpacking.InterruptedFlowException ? Math.max(at, from) : 0);
        return trouble;
    }

    private long piece(long at, byte[] bytes, long from) throws IOException {
        long end = at + bytes.length;
        if (end > card.capacity()) {
            throw tooSmall();
        }
        keepHeads(at, bytes);
        int back = at == 0 ? Math.min(KEPT_BACK, bytes.length) : 0;
        digest.update(bytes, back, bytes.length - back);
        if (end <= from && at >= span) { // what a node is told may be other words than the last time
            return end;
        }
        byte[] sent = bytes;
        if (at == 0) {
            sent = bytes.clone();
            Arrays.fill(sent, 0, back, (byte) 0);
            byte[] marker = new Marker(id, 0).bytes();
            System.arraycopy(marker, 0, sent, 0, Math.min(marker.length, sent.length));
        }
        boolean zeros = zero(sent, 0, sent.length);
        beyond.part().at(at, Math.max(end, image.expected()));
        if (zeros && bytes.length % BLOCK == 0 && card.kind() == NodeCard.Kind.DISK) {
            done(at, Sh.of("dd if=/dev/zero of={} bs={} seek={} count={} conv={}", card.path(), BLOCK, at / BLOCK,
                    bytes.length / BLOCK, unflushed()), Content.none());
        } else if (!zeros || card.kind() == NodeCard.Kind.DISK) {
            done(at, Sh.of("dd of={} bs={} seek={} conv={}", card.path(), BLOCK, at / BLOCK, unflushed()),
                    new Content.Bytes(sent));
        }
        beyond.part().at(0, 0);
        if (end - marked >= BETWEEN_MARKS) {
            flush(end);
            mark(end);
        }
        return end;
    }

    private void keepHeads(long at, byte[] bytes) {
        for (int i = 0; i < starts.size(); i++) {
            long from = Math.max(at, starts.get(i));
            long to = Math.min(at + bytes.length, starts.get(i) + Note.HEAD);
            if (from < to) {
                System.arraycopy(bytes, (int) (from - at), heads.get(i), (int) (from - starts.get(i)),
                        (int) (to - from));
            }
        }
    }

    private void mark(long at) throws IOException {
        put(0, new Marker(id, at).bytes());
        marked = at;
    }

    /** Has on the card for sure what stands at a sector. */
    private void put(long sector, byte[] bytes) throws IOException {
        done(0, Sh.of("dd of={} bs=512 seek={} conv={}", card.path(), sector, conversion), new Content.Bytes(bytes));
        if (!conversion.contains("fsync")) {
            flush(0);
        }
    }

    /** All that came so far is on the card; where the node's dd can say so, an error that was met on the way is told. */
    private void flush(long at) throws IOException {
        done(at, conversion.contains("fsync")
                ? Sh.of("dd if=/dev/null of={} bs=1 count=0 conv={}", card.path(), conversion)
                : Sh.raw("sync"), Content.none());
    }

    private String unflushed() {
        return conversion.replace(",fsync", "");
    }

    /** Has the node read all but the beginning; gives how it did. */
    private String compared(long size) throws IOException {
        if (size <= KEPT_BACK) {
            return "no";
        }
        long blocks = Math.max(0, size / BLOCK - 1);
        long left = size < BLOCK ? size : (blocks + 1) * BLOCK; // a router's shell and its head count no further than 4 GiB
        long sectors = size < BLOCK ? 0 : (size - left) / Note.SECTOR;
        long bytes = size % Note.SECTOR;
        Answer answer = done(0, Sh.of("b_back {} {} {} {} {} {} {} {}", card.path(), card.sum(),
                (Math.min(size, BLOCK) - KEPT_BACK) / Note.SECTOR, blocks, left / Note.SECTOR, sectors, size - bytes,
                bytes).using(LIBRARY), Content.none());
        String[] lines = answer.text().split("\n", -1);
        String counted = lines.length > 1 ? lines[1].split(" ", 2)[0] : "";
        if (!counted.equals(HexFormat.of().formatHex(digest.digest()))) {
            mark(0);
            String why = trouble(answer);
            throw new FailedException(
                    "Tried to verify " + card.path() + ", but what is read back isn't what was written"
                            + (why.isEmpty() ? "" : " (" + why + ")")
                            + ": the card is worn out, or isn't as large as it says.");
        }
        return lines[0];
    }

    /**
     * Writes what was kept back, and what tells of it.
     *
     * @param parts how many of the partitions begin within the image
     */
    private void finish(byte[] begin, int parts) throws IOException {
        byte[] sectors = Arrays.copyOf(begin, Math.min(begin.length, KEPT_BACK));
        MessageDigest expected = digestOf();
        Sh back = Sh.raw(":");
        if (place.isPresent()) {
            byte[] note = new Note(key, starts.stream().limit(parts).map(start -> start / Note.SECTOR).toList(),
                    Note.identity(begin, heads.subList(0, parts))).bytes();
            put(place.get(), note);
            expected.update(note);
            back = Sh.of("dd if={} bs=512 skip={} count=1", card.path(), place.get());
        }
        if (tail.isPresent()) {
            expected.update(tail.get().bytes());
            back = Sh.of("{}; dd if={} bs=512 skip={} count={}", back, card.path(), tail.get().sector(),
                    tail.get().bytes().length / Note.SECTOR);
        }
        expected.update(sectors);
        if (sectors.length > Note.SECTOR) {
            put(1, Arrays.copyOfRange(sectors, Note.SECTOR, sectors.length));
        }
        put(0, Arrays.copyOf(sectors, Math.min(sectors.length, Note.SECTOR))); // by which the card is finished
        if (verify) {
            Answer answer = done(0, Sh.of("blockdev --flushbufs {} 2>/dev/null; { {}; dd if={} bs=512 count={}; } | {}",
                    card.path(), back, card.path(), (sectors.length + Note.SECTOR - 1) / Note.SECTOR, card.sum()),
                    Content.none());
            if (!answer.text().startsWith(HexFormat.of().formatHex(expected.digest()))) {
                mark(0);
                throw new FailedException("Tried to verify the beginning of " + card.path()
                        + ", but what is read back isn't what was written: the card is worn out.");
            }
        }
        done(0, Sh.of("[ ! -b {} ] || blockdev --rereadpt {} 2>/dev/null || partprobe {} 2>/dev/null || :", card.path(),
                card.path(), card.path()), Content.none());
    }

    private MessageDigest digestOf() {
        try {
            return MessageDigest.getInstance(digest.getAlgorithm());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Answer done(long at, Sh work, Content input) throws IOException {
        Sh script = card.kind() == NodeCard.Kind.DISK
                ? Sh.of("b_there {} {} && { {}; }", card.path(), card.size() / Note.SECTOR, work).using(THERE)
                : work;
        Answer answer = input.length() == 0 ? beyond.ask().apply(script) : beyond.send().apply(script, input);
        if (!answer.ok()) {
            String why = trouble(answer).replace("No such file or directory", "No such device"); // it went just now
            boolean gone = why.matches("Input/output error|No such device.*|No medium found");
            throw new FailedException("Tried to write to " + card.path() + ", but "
                    + (at > 0 ? "at " + Amount.of(at) + " " : "") + "it failed ("
                    + (why.isEmpty() ? "status " + answer.status() : why) + ")"
                    + (gone ? ": is it broken, or was it pulled out?" : "."));
        }
        return answer;
    }

    /** What dd complains of, without the device and the numbers of blocks. */
    private static String trouble(Answer answer) {
        return answer.errors().lines().filter(line -> line.startsWith("dd: ") || line.contains("error"))
                .map(line -> line.substring(line.lastIndexOf(": ") + 2).strip()).findFirst()
                .orElse("");
    }

    /** What a person is told of an image that can't be read. */
    static String sentence(ProblemException e) {
        return Offer.sentence(e.problems().getFirst());
    }
}
