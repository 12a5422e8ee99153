package bramble.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes a boot partition that of one node: what is to be written there, worked out before anything is. Done again, nothing is
 * left to be done.
 *
 * @param left what the format can't carry
 * @param changes in the order in which they are made: what sets the rest going comes last
 */
public record Customisation(BootPartition partition, BootSystem system, Format format, Set<FirstBoot.Wish> left,
        List<FileChange> changes) {
    /** Other ways to say the same, which would contradict. */
    private static final List<String> CONTRADICTING = List.of("userconf", "userconf.txt", CustomToml.NAME,
            FirstRun.NAME);

    /**
     * A file of the partition that changes.
     *
     * @param before empty where it isn't there yet
     * @param after empty where it goes
     */
    public record FileChange(String name, Optional<byte[]> before, Optional<byte[]> after) {
        /** Its text before, empty for none. */
        public String was() {
            return before.map(BootPartition::text).orElse("");
        }

        /** Its text afterwards, empty for none. */
        public String becomes() {
            return after.map(BootPartition::text).orElse("");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    public Customisation {
        changes = List.copyOf(changes);
    }

    /**
     * Works out what is to be written to the copy of a system that has run.
     *
     * @param asked the format; if empty, the simplest one that carries all that is wanted
     * @throws IOException if that can't be: the reason, as it follows "but"
     */
    public static Customisation of(BootPartition partition, FirstBoot wanted, BootSettings settings,
            Optional<Format> asked, Copied copied) throws IOException {
        return of(partition, wanted.of(copied), settings, asked);
    }

    /**
     * Works out what is to be written to a system that hasn't run yet.
     *
     * @param asked the format; if empty, the simplest one that carries all that is wanted
     * @throws IOException if that can't be: the reason, as it follows "but"
     */
    public static Customisation of(BootPartition partition, FirstBoot wanted, BootSettings settings,
            Optional<Format> asked) throws IOException {
        BootSystem system = partition.system().orElseThrow(() -> new IOException(
                "its boot partition has nothing by which a system could be told what to do at its first start: "
                        + "Bramble knows Raspberry Pi OS, and systems with cloud-init"));
        if (asked.filter(one -> !system.formats().contains(one)).isPresent()) {
            throw new IOException(
                    system.name() + " doesn't understand " + asked.get() + ", which image_format asks for, but "
                            + system.formats().stream().map(Format::toString).collect(Collectors.joining(" and ")));
        }
        Format format = asked.orElseGet(() -> system.format(wanted));
        refuseForeign(partition);
        Map<String, Optional<byte[]>> after = new LinkedHashMap<>();
        for (String name : CONTRADICTING) {
            if (partition.read(name).isPresent()) {
                after.put(name, Optional.empty());
            }
        }
        Format.Files there = partition.texts(List.of(CloudInit.META_DATA, CloudInit.USER_DATA, CloudInit.NETWORK));
        format.files(wanted, system, there).forEach((name, text) -> {
            after.remove(name);
            after.put(name, Optional.of(text.getBytes(StandardCharsets.UTF_8)));
        });
        config(partition, settings, after);
        cmdline(partition, system, format, settings, after);
        return of(partition, system, format, format.leftOut(wanted, system), after);
    }

    /**
     * Works out what makes the copy of a system that has run one of its own, whoever it is.
     *
     * @param hostName its own; as it was if empty
     * @throws IOException if that can't be: the reason, as it follows "but"
     */
    public static Customisation ofCopy(BootPartition partition, Optional<String> hostName, Copied copied)
            throws IOException {
        Optional<BootSystem> system = partition.system().filter(one -> one.formats().contains(Format.FIRSTRUN));
        if (system.isEmpty()) {
            throw new IOException(
                    "its system can't be told what to do at its first start: that takes a cmdline.txt on the "
                            + "boot partition, systemd, and a line for the boot partition in fstab");
        }
        refuseForeign(partition);
        Map<String, Optional<byte[]>> after = new LinkedHashMap<>();
        after.put(FirstRun.NAME, Optional.of(FirstRun.ofCopy(hostName, copied).getBytes(StandardCharsets.UTF_8)));
        cmdline(partition, system.get(), Format.FIRSTRUN, BootSettings.NONE, after);
        return of(partition, system.get(), Format.FIRSTRUN, Set.of(), after);
    }

    private static Customisation of(BootPartition partition, BootSystem system, Format format, Set<FirstBoot.Wish> left,
            Map<String, Optional<byte[]>> after) throws IOException {
        var changes = new ArrayList<FileChange>();
        for (Map.Entry<String, Optional<byte[]>> one : after.entrySet()) {
            Optional<byte[]> before = partition.read(one.getKey());
            boolean same = before.isPresent() == one.getValue().isPresent()
                    && Arrays.equals(before.orElse(null), one.getValue().orElse(null));
            if (!same) {
                changes.add(new FileChange(one.getKey(), before, one.getValue()));
            }
        }
        var contents = new LinkedHashMap<String, byte[]>();
        changes.forEach(one -> one.after().ifPresent(content -> contents.put(one.name(), content)));
        partition.fat().refuseIfFull(contents);
        return new Customisation(partition, system, format, left, changes);
    }

    /** A script of somebody else's that waits to be run would be lost. */
    private static void refuseForeign(BootPartition partition) throws IOException {
        Optional<String> script = partition.texts(List.of(FirstRun.NAME)).text(FirstRun.NAME);
        if (script.filter(text -> !Written.here(text)).isPresent()) {
            throw new IOException("there is a " + FirstRun.NAME + " on it which Bramble didn't write: take it away, or "
                    + "start from the image as it was published");
        }
    }

    private static void config(BootPartition partition, BootSettings settings, Map<String, Optional<byte[]>> after)
            throws IOException {
        Optional<byte[]> bytes = partition.read("config.txt");
        if (settings.isEmpty() || bytes.isEmpty()) {
            return;
        }
        String text = BootPartition.text(bytes.get());
        Optional<String> tooLong = settings.tooLong(text);
        if (tooLong.isPresent()) {
            throw new IOException(
                    "the firmware reads " + ConfigTxt.LONGEST + " characters of a line of config.txt, and '"
                            + tooLong.get() + "' has " + tooLong.get().length());
        }
        put("config.txt", bytes.get(), text, settings.config(text), after);
    }

    private static void cmdline(BootPartition partition, BootSystem system, Format format, BootSettings settings,
            Map<String, Optional<byte[]>> after) throws IOException {
        Optional<byte[]> bytes = partition.read("cmdline.txt");
        if (bytes.isEmpty()) {
            if (format == Format.FIRSTRUN || !settings.cmdline().isEmpty()) {
                throw new IOException("there is no cmdline.txt on its boot partition");
            }
            return;
        }
        String text = BootPartition.text(bytes.get());
        if (text.strip().lines().count() > 1) {
            throw new IOException("its cmdline.txt has several lines, of which the firmware reads the first alone");
        }
        var cmdline = new Cmdline(text);
        if (text.contains("/" + FirstRun.NAME)) {
            FirstRun.PARAMETERS.forEach(cmdline::remove);
        }
        settings.cmdline().forEach(cmdline::add);
        if (format == Format.FIRSTRUN) {
            FirstRun.words(system).forEach(cmdline::add);
        }
        put("cmdline.txt", bytes.get(), text, cmdline.text(), after);
    }

    private static void put(String name, byte[] bytes, String before, String after,
            Map<String, Optional<byte[]>> changes) {
        if (!before.strip().equals(after.strip())) {
            changes.put(name, Optional.of(after.getBytes(BootPartition.charset(bytes))));
        }
    }

    /** Writes it, and reads it back. */
    public void apply() throws IOException {
        for (FileChange change : changes) {
            if (change.after().isPresent()) {
                partition.fat().write(change.name(), change.after().get());
            } else {
                partition.fat().delete(change.name());
            }
        }
        for (FileChange change : changes) {
            if (!Arrays.equals(partition.fat().exists(change.name()) ? partition.fat().read(change.name()) : null,
                    change.after().orElse(null))) {
                throw new IOException("its " + change.name() + " doesn't read back as it was written");
            }
        }
    }
}
