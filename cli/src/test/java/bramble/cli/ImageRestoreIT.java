package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A copy on a real block device that is larger than the image: its system does at its first start what it was told. */
@Timeout(120)
class ImageRestoreIT {
    private static final int MEBIBYTES = 96;

    @TempDir
    Path folder = Path.of("");

    @RegisterExtension
    final LoopDevices loops = new LoopDevices();

    @Test
    void growsToItsCardAndHasItsOwnKeys() throws IOException {
        Path card = folder.resolve("card");
        BootImage.run("truncate", "-s", MEBIBYTES + "M", card.toString());
        String device = loops.attach(card);
        LivedCard clone = LivedCard.of(folder, true, LivedCard.boot(true), LivedCard.root(true), "ext4", programs(),
                24 * 2048);
        Cli cli = new Cli(folder, folder.resolve("data"));
        Cli.Said cloned = cli.call("image", "clone", clone.image().toString(), "golden.img.zst");
        assertEquals(0, cloned.code(), cloned::toString);
        Cli.Said said = cli.call("image", "restore", "--force", "--yes", "golden.img.zst", device, "--name", "web1");
        assertEquals(0, said.code(), said::toString);
        LivedCard copy = clone.at(card);
        long sectors = Long.parseLong(copy.seen("SECTORS", 2));
        assertEquals(MEBIBYTES * 2048 - LivedCard.ROOT - 40, sectors);
        BootImage.run("partx", "--show", "--nr", "2", device);

        String root = loops.attach(Path.of(device), "--offset",
                String.valueOf((long) LivedCard.ROOT * LivedCard.SECTOR),
                "--sizelimit", String.valueOf(sectors * LivedCard.SECTOR));
        start(copy, root);
        if (!mayGrow()) { // this kernel has been told not to; what the script calls does it where nothing is mounted
            BootImage.run("e2fsck", "-fp", root);
            BootImage.run("resize2fs", root);
        }
        String about = BootImage.run("dumpe2fs", "-h", root);
        assertEquals(sectors / 8, Long.parseLong(found(about, "Block count: +(\\d+)")) * Long.parseLong(
                found(about, "Block size: +(\\d+)")) / 4096);
        BootImage.run("e2fsck", "-fn", root);
    }

    /** Has the system do what systemd would have it do, in name spaces of its own. */
    private void start(LivedCard copy, String root) throws IOException {
        Path place = Files.createDirectories(folder.resolve("place"));
        Path script = Files.writeString(folder.resolve("firstrun.sh"), copy.boot("firstrun.sh"));
        Path words = Files.writeString(folder.resolve("cmdline.txt"), copy.boot("cmdline.txt"));
        String log = BootImage.run("unshare", "--mount", "--uts", "sh", "-ec", """
                mount "$2" "$1"
                cd "$1"
                mkdir -p proc dev tmp boot/firmware var/log
                mount -t proc none proc
                mount --bind /dev dev
                cp "$3" "$4" boot/firmware/
                chroot . /bin/sh /boot/firmware/firstrun.sh
                cat var/log/bramble-first-boot.log boot/firmware/cmdline.txt etc/hostname
                ls boot/firmware etc/ssh
                sync
                """, "sh", place.toString(), root, script.toString(), words.toString());
        assertFalse(log.replace(mayGrow() ? "" : "Tried to grow the root file system, but: exit code 1", "")
                .contains("Tried to"), log);
        assertTrue(log.contains("root=PARTUUID=" + copy.seen("UUID", 2)) && !log.contains("systemd.run"), log);
        assertTrue(log.contains("\nweb1\n") && !log.contains("firstrun.sh"), log);
        assertTrue(log.contains("ssh_host_ed25519_key.pub") && log.contains("on-line resizing required"), log);
    }

    /** Whether a file system may become larger while it is mounted, by the capability of the number 24. */
    private static boolean mayGrow() throws IOException {
        String all = found(Files.readString(Path.of("/proc/self/status")), "CapEff:\\s+(\\w+)");
        return (Long.parseUnsignedLong(all, 16) >>> 24 & 1) == 1;
    }

    private static String found(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().map((MatchResult one) -> one.group(1)).findFirst()
                .orElseThrow(() -> new AssertionError(text));
    }

    /** What the script calls, with what that needs. */
    private Path programs() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("programs"));
        Files.createDirectories(tree.resolve("usr/lib"));
        Files.createSymbolicLink(tree.resolve("lib"), Path.of("usr/lib"));
        for (String name : List.of("sh", "sed", "rm", "find", "sync", "shred", "hostname", "findmnt", "resize2fs",
                "ssh-keygen")) {
            String program = BootImage.run("sh", "-c", "command -v " + name).strip();
            copy(program, tree.resolve("bin/" + name));
            Pattern.compile("(?m)(?:=> |^\\s*)(/\\S+) ").matcher(BootImage.run("ldd", program)).results()
                    .map(one -> one.group(1)).forEach(library -> copy(library, tree.resolve(library.substring(1))));
        }
        Files.createDirectories(tree.resolve("etc"));
        Files.writeString(tree.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Files.writeString(tree.resolve("etc/hosts"), "127.0.0.1 localhost\n");
        Files.createDirectories(tree.resolve("etc/ssh"));
        Files.writeString(tree.resolve("etc/ssh/sshd_config"), "HostCertificate /etc/ssh/other\n");
        return tree;
    }

    private static void copy(String from, Path to) {
        try {
            if (!Files.exists(to)) {
                Files.createDirectories(to.getParent());
                Files.copy(Path.of(from).toRealPath(), to);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
