package bramble.image;

import bramble.image.PartitionTable.Partition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The copy of a system that has run becomes one of its own: its disk and partitions get other ids, and what names them follows; it gets
 * another machine-id; its last partition ends with the card. What can't be done to files from here, {@link Customisation} has the system
 * do at its first start.
 */
public final class Renewal {
    private static final int LARGEST_TEXT = 1 << 16;
    private static final int DEEPEST = 3;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}\n?");
    private static final String MACHINE_ID = "/etc/machine-id";

    /** What may name a partition in a root file system. */
    private static final List<String> NAMING = List.of("/etc/fstab", "/etc/crypttab", "/etc/kernel/cmdline",
            "/etc/default/grub", "/etc/default/u-boot", "/etc/default/raspi-firmware", "/boot/cmdline.txt",
            "/boot/extlinux/extlinux.conf", "/boot/grub/grub.cfg", "/boot/armbianEnv.txt");
    private static final List<String> SEEDS = List.of("/var/lib/systemd/random-seed", "/var/lib/urandom/random-seed");

    /** The partition with the root file system, and its files. */
    private record Root(Partition partition, Ext4 system, Ext4Files files) {}

    private final Held disk;
    private final PartitionTable table;
    private final EditedTable edited;
    private final BootPartition boot;
    private final Optional<Root> root;
    private final Optional<String> hostName;
    private final List<String> done = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final boolean same;
    private boolean machineId;
    private boolean grow;

    private Renewal(Region card, ByteBuffer first, boolean same) throws IOException {
        this.same = same;
        disk = new Held(card, first.duplicate().limit(Card.sectors(first)));
        table = PartitionTable.of(disk).orElseThrow(() -> new IOException("there is no partition table in the image"));
        edited = new EditedTable(disk, table);
        BootPartition found = BootPartition.in(card, table);
        root = root(card, found);
        boot = known(found);
        hostName = root.isEmpty()
                ? Optional.empty()
                : root.get().files().read("/etc/hostname").map(BootPartition::text).map(String::strip)
                        .filter(name -> !name.isEmpty());
    }

    /**
     * Looks at a card that holds all of an image but its first bytes. Nothing is written.
     *
     * @param same whether it only grows, and takes the place of the system that was cloned
     * @throws IOException if it can't become a system of its own: why, as it follows "but"
     */
    public static Renewal of(Region card, ByteBuffer first, boolean same) throws IOException {
        return new Renewal(card, first, same);
    }

    /** Whether a system has run on the card already, and so has a machine-id and host keys, which a fresh image hasn't. */
    public static boolean lived(Region card, ByteBuffer first) throws IOException {
        Optional<PartitionTable> table = PartitionTable
                .of(new Held(card, first.duplicate().limit(Card.sectors(first))));
        for (Partition one : table.map(PartitionTable::partitions).orElse(List.of())) {
            try {
                Optional<Root> root = root(card, one);
                if (root.isPresent() && lived(root.get().files())) {
                    return true;
                }
            } catch (IOException _) {
                // what can't be read tells nothing
            }
        }
        return false;
    }

    private static boolean lived(Ext4Files files) throws IOException {
        return files.read(MACHINE_ID).filter(id -> ID.matcher(BootPartition.text(id)).matches()).isPresent()
                && (files.exists("/etc/ssh/ssh_host_ed25519_key") || files.exists("/etc/ssh/ssh_host_rsa_key"));
    }

    private Optional<Root> root(Region card, BootPartition found) throws IOException {
        Optional<String> named = found.texts(List.of("cmdline.txt")).text("cmdline.txt").map(Cmdline::new)
                .flatMap(words -> words.value("root"));
        Optional<Root> other = Optional.empty();
        for (Partition one : table.partitions()) {
            boolean meant = named.filter(name -> name.equalsIgnoreCase("PARTUUID=" + edited.partUuid(one))
                    || name.matches("/dev/.*[^0-9]" + one.number())).isPresent();
            try {
                Optional<Root> root = root(card, one);
                if (meant && root.isPresent()) {
                    return root;
                }
                other = other.or(() -> root);
            } catch (IOException e) {
                if (meant) {
                    throw new IOException("its partition " + one.number() + " can't be used: " + e.getMessage(), e);
                }
            }
        }
        return other;
    }

    private static Optional<Root> root(Region card, Partition partition) throws IOException {
        Region region = card.part(partition.start(), partition.length());
        Optional<Ext4> system = Ext4.of(region);
        Optional<Ext4Files> files = system.isPresent() ? Ext4Files.of(region) : Optional.empty();
        return files.isPresent() && files.get().folder("/etc")
                ? Optional.of(new Root(partition, system.get(), files.get()))
                : Optional.empty();
    }

    /** The boot partition, with what is seen in the root file system: where it is mounted, and that systemd starts the rest. */
    private BootPartition known(BootPartition found) throws IOException {
        Optional<BootSystem> seen = found.system();
        boolean systemd = root.isPresent() && root.get().files().exists("/lib/systemd/systemd");
        Optional<String> folder = root.isPresent() ? mounted(root.get().files()) : Optional.empty();
        boolean scripted = systemd && folder.isPresent() && found.has("cmdline.txt");
        if (seen.isEmpty() && !scripted) {
            return found;
        }
        BootSystem base = seen.orElseGet(() -> new BootSystem("a system with systemd", folder.orElseThrow(),
                List.of(), false));
        var formats = new ArrayList<>(base.formats());
        if (scripted && !formats.contains(Format.FIRSTRUN)) {
            formats.add(Format.FIRSTRUN);
        }
        return found.of(new BootSystem(base.name(), folder.orElse(base.folder()), formats, base.users()));
    }

    private static Optional<String> mounted(Ext4Files files) throws IOException {
        Optional<byte[]> fstab = files.read("/etc/fstab");
        return fstab.flatMap(bytes -> BootPartition.text(bytes).lines().map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 2 && !words[0].startsWith("#") && words[2].matches("vfat|msdos|auto")
                        && words[1].matches("/boot(/[A-Za-z0-9_-]+)?"))
                .map(words -> words[1]).findFirst());
    }

    /** Where the system is told the rest. */
    public BootPartition boot() {
        return boot;
    }

    /** The host name that it has; empty where that can't be seen. */
    public Optional<String> hostName() {
        return hostName;
    }

    /** Changes it; the first bytes of the card become others. */
    public void apply() throws IOException {
        edited.fit();
        if (root.isPresent()) {
            if (!same) {
                names(edited.renew());
                machineId(root.get().files());
                seeds(root.get().files());
            }
            grow(root.get());
            if (root.get().files().waits()) {
                done.add(
                        "its root file system was in use when it was cloned: the first start goes through its journal");
            }
        } else {
            machineId = true;
            warnings.add(
                    "It has no root file system of ext2, ext3 or ext4, and Bramble can look into no other: the ids of "
                            + "its disk and partitions stay those of the card it was cloned from, and it doesn't grow.");
        }
        edited.write();
    }

    private void names(Map<String, String> renewed) throws IOException {
        var followed = new ArrayList<String>();
        Fat fat = boot.fat();
        for (String path : texts(fat, "", DEEPEST)) {
            byte[] before = fat.read(path);
            byte[] after = renamed(before, renewed);
            if (Arrays.equals(before, after)) {
                continue;
            }
            if (new String(before, StandardCharsets.ISO_8859_1).indexOf('\0') >= 0) {
                warnings.add(path + " of its boot partition names a partition by the id that it had, and is no text.");
                continue;
            }
            fat.write(path, after);
            followed.add(path);
        }
        Ext4Files files = root.orElseThrow().files();
        for (String path : NAMING) {
            Optional<byte[]> before = files.read(path);
            if (before.isPresent()) {
                byte[] after = renamed(before.get(), renewed);
                if (!Arrays.equals(before.get(), after)) {
                    files.overwrite(path, after);
                    followed.add(path);
                }
            }
        }
        done.add("its disk has the id " + edited.id()
                + (followed.isEmpty()
                        ? "; nothing names it"
                        : ", by which " + String.join(", ", followed)
                                + (followed.size() == 1 ? " calls" : " call") + " its partitions"));
        strangers(renewed);
    }

    /** Tells of a root that isn't on the card. */
    private void strangers(Map<String, String> renewed) throws IOException {
        Optional<String> text = boot.texts(List.of("cmdline.txt")).text("cmdline.txt");
        if (text.isEmpty()) {
            return;
        }
        Optional<String> name = new Cmdline(text.get()).value("root");
        if (name.isEmpty()) {
            warnings.add("Its cmdline.txt says no root=: which partition it starts from can't be seen there.");
        } else if (name.get().startsWith("PARTUUID=") && !renewed.containsValue(name.get().substring(9))) {
            warnings.add("Its cmdline.txt says root=" + name.get() + ", and no partition of the image has that id.");
        }
    }

    private static List<String> texts(Fat fat, String folder, int deepest) throws IOException {
        var texts = new ArrayList<String>();
        for (String name : fat.list(folder)) {
            String path = folder.isEmpty() ? name : folder + "/" + name;
            if (fat.isFolder(path)) {
                if (deepest > 1) {
                    texts.addAll(texts(fat, path, deepest - 1));
                }
            } else if (fat.size(path) <= LARGEST_TEXT) {
                texts.add(path);
            }
        }
        return texts;
    }

    /** With other ids, which have the same length. */
    private static byte[] renamed(byte[] content, Map<String, String> renewed) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        for (Map.Entry<String, String> one : renewed.entrySet()) {
            text = Pattern.compile("(?<![0-9a-f-])" + Pattern.quote(one.getKey()) + "(?![0-9a-f-])",
                    Pattern.CASE_INSENSITIVE).matcher(text).replaceAll(Matcher.quoteReplacement(one.getValue()));
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void machineId(Ext4Files files) throws IOException {
        String id = UUID.randomUUID().toString().replace("-", "");
        for (String path : List.of(MACHINE_ID, "/var/lib/dbus/machine-id")) {
            Optional<byte[]> before = files.read(path);
            boolean link = !path.equals(MACHINE_ID) && files.same(path, MACHINE_ID);
            if (before.isEmpty() || link || before.get().length == 0 || text(before).equals("uninitialized\n")) {
                continue; // the system makes one by itself
            }
            if (ID.matcher(text(before)).matches()) {
                files.overwrite(path, (id + "\n").substring(0, before.get().length)
                        .getBytes(StandardCharsets.US_ASCII));
            } else {
                machineId = true;
            }
        }
        done.add("it has another machine-id" + (machineId ? " once it has started" : ""));
    }

    private static String text(Optional<byte[]> content) {
        return content.map(BootPartition::text).orElse("");
    }

    /** What chance begins with on a system isn't what it begins with on another. */
    private static void seeds(Ext4Files files) throws IOException {
        for (String path : SEEDS) {
            Optional<byte[]> seed = files.read(path);
            if (seed.isPresent()) {
                new SecureRandom().nextBytes(seed.get());
                files.overwrite(path, seed.get());
            }
        }
    }

    private void grow(Root of) throws IOException {
        long bytes = edited.grow(of.partition());
        long system = of.system().blocks() * of.system().blockBytes();
        grow = bytes - system >= 1 << 20;
        if (grow) {
            done.add("its root file system grows from " + Amount.of(system) + " to " + Amount.of(bytes)
                    + " when it first starts");
        } else {
            edited.fixed(of.partition())
                    .ifPresent(why -> done.add("its root file system stays as large as it is: " + why));
        }
    }

    /** What it has to do yet itself. */
    public Copied copied() {
        return new Copied(same, machineId, grow);
    }

    /** What was changed, a sentence each. */
    public List<String> done() {
        return List.copyOf(done);
    }

    /** What can't be as it should. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** With what the card has to begin. */
    public ByteBuffer first() {
        return disk.first();
    }
}
