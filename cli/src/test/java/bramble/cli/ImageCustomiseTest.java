package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.cli.BootImage.Release;
import bramble.connection.PinnedHosts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Images of every generation of Raspberry Pi OS become that of a node, {@code bramble image customise}: what is written stands
 * in src/test/resources/image, renewed with {@code -Dbramble.golden.update=true}.
 */
@Timeout(120)
class ImageCustomiseTest {
    private static final Path GOLDEN = Path.of("src/test/resources/image");
    private static final List<String> SECRETS = List.of("correct horse", "hashhashhash", "b3BlbnNzaC1rZXktdjE",
            "d15661bd13f3");
    private static final String INVENTORY = """
            all:
              vars:
                ansible_user: pi
                timezone_name: Europe/Berlin
                locale_default: de_DE.UTF-8
                users_list:
                  - name: pi
                    keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH9WhVRNx0yJHo0uCqCsw6Ff0RRn/R7jRgL9oBwMbRY+ me@laptop"]
                    sudo: true
                    password: $6$salt$hashhashhash
                image_address: "{{ ansible_host }}/24"
                image_gateway: 192.168.1.1
                image_nameservers: [192.168.1.1, 9.9.9.9]
                image_search: [cluster.lan]
                image_wifi_ssid: Our net
                image_wifi_password: correct horse
                image_wifi_country: de
                image_keyboard: de
                boot_config_settings: {gpu_mem: 16}
                boot_config_dtparam: {i2c_arm: true}
                boot_config_power_button: true
                boot_config_cmdline: [cgroup_enable=memory]
              hosts:
                pi3: {ansible_host: 192.168.1.13}
            """;

    @TempDir
    Path folder = Path.of("");

    private Cli cli = new Cli(folder, folder);

    @BeforeEach
    void prepare() throws IOException {
        cli = new Cli(folder, folder.resolve("data"));
        Files.writeString(folder.resolve("cluster.yml"), INVENTORY);
        Path keys = Files.createDirectories(folder.resolve("data/host_keys"));
        Files.copy(GOLDEN.resolve("host_key"), keys.resolve("pi3"));
    }

    private Cli.Said customise(String... more) {
        return cli.call(Stream.concat(Stream.of("image", "customise", "-i", "cluster.yml", "card.img", "--node", "pi3"),
                Stream.of(more)).toList());
    }

    private BootImage written(Release release, String... more) throws IOException {
        BootImage image = BootImage.of(release, folder);
        Cli.Said said = customise(more);
        assertEquals(0, said.code(), said::toString);
        return image;
    }

    @ParameterizedTest
    @EnumSource
    void everyGeneration(Release release) throws IOException {
        BootImage image = BootImage.of(release, folder);
        byte[] before = Files.readAllBytes(image.file());
        int others = image.others();
        Cli.Said foretold = customise("--dry-run");
        assertEquals(0, foretold.code(), foretold::toString);
        SECRETS.forEach(secret -> assertFalse(foretold.toString().contains(secret), foretold::toString));
        assertArrayEquals(before, Files.readAllBytes(image.file()));
        assertFalse(Files.exists(folder.resolve("data/known_hosts")));

        Cli.Said said = customise();
        assertEquals(0, said.code(), said::toString);
        SECRETS.forEach(secret -> assertFalse(said.toString().contains(secret), said::toString));
        ownersAlone(image.file());
        assertEquals(others, image.others());
        String name = release.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        agrees(name, said.toString().replace(folder.toString(), "FOLDER") + told(image, release));

        byte[] after = Files.readAllBytes(image.file());
        Cli.Said again = customise("--diff");
        assertTrue(again.code() == 0 && again.out().contains("nothing to change"), again::toString);
        assertArrayEquals(after, Files.readAllBytes(image.file()));
    }

    /** A node's keys are in it. */
    private static void ownersAlone(Path file) throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    /** What is other than it was. */
    private static String told(BootImage image, Release release) throws IOException {
        var told = new StringBuilder();
        for (String name : image.names()) {
            String text = image.text(name);
            if (!text.equals(release.files().get(name))) {
                told.append("=== ").append(name).append('\n').append(text);
            }
        }
        return told.toString();
    }

    private static void agrees(String name, String text) throws IOException {
        Path golden = GOLDEN.resolve(name + ".txt");
        if (Boolean.getBoolean("bramble.golden.update")) {
            Files.writeString(golden, text);
        }
        assertEquals(Files.readString(golden), text);
    }

    /** Where custom.toml carries all, it is taken, and Python's own reader reads it. */
    @Test
    void theSimplestThatCarriesAll() throws IOException {
        Files.writeString(folder.resolve("cluster.yml"),
                INVENTORY.replaceAll("(?m)^ *(locale_default|image_address):.*\n", "")
                        .replace("Our net", "'Our \"net\" \\ ü'"));
        BootImage image = written(Release.BOOKWORM, "-e", "image_host_key=false");
        agrees("bookworm-toml", told(image, Release.BOOKWORM));
        Files.writeString(folder.resolve("custom.toml"), image.text("custom.toml"));
        assumeTrue(knows("python3", "-c", "import tomllib"), "there is no Python with a TOML reader");
        assertEquals("pi3 Our \"net\" \\ ü True",
                BootImage.run("python3", "-c", "import tomllib; t = tomllib.load(open('" + folder.resolve("custom.toml")
                        + "', 'rb')); print(t['system']['hostname'], t['wlan']['ssid'], t['ssh']['enabled'])").strip());
    }

    /** What another format left goes when the wishes change, and the parameters of the kernel with it. */
    @Test
    void oneFormatAtATime() throws IOException {
        BootImage image = written(Release.BOOKWORM);
        assertTrue(image.names().contains("firstrun.sh") && image.text("cmdline.txt").contains("systemd.run="));
        Files.writeString(folder.resolve("cluster.yml"),
                INVENTORY.replaceAll("(?m)^ *(locale_default|image_address):.*\n", ""));
        assertEquals(0, customise("-e", "image_host_key=false").code());
        assertTrue(image.names().contains("custom.toml") && !image.names().contains("firstrun.sh")
                && !image.text("cmdline.txt").contains("systemd"), () -> image.toString());
    }

    @Test
    void asAskedFor() throws IOException {
        BootImage image = written(Release.BULLSEYE, "-e", "image_format=files");
        assertEquals("pi:$6$salt$hashhashhash\n", image.text("userconf.txt"));
        assertEquals("", image.text("ssh"));
        assertFalse(image.names().contains("firstrun.sh"));
        Cli.Said said = customise("-e", "image_format=cloud-init");
        assertTrue(said.code() == 1
                && said.err().contains("Raspberry Pi OS of 2022-09-22 doesn't understand cloud-init, which "
                        + "image_format asks for, but files and firstrun.sh"),
                said::toString);
    }

    @Test
    void theScriptIsRight() throws IOException {
        BootImage image = written(Release.BOOKWORM, "-e", "image_wifi_ssid=\"It's; 'ours' \"");
        Path script = Files.writeString(folder.resolve("firstrun.sh"), image.text("firstrun.sh"));
        for (List<String> shell : List.of(List.of("sh"), List.of("bash"), List.of("busybox", "sh"))) {
            BootImage.run(Stream.concat(shell.stream(), Stream.of("-n", script.toString())).toArray(String[]::new));
        }
    }

    /** What the first start does last, on a folder instead of the boot partition: no secret is left. */
    @Test
    void cloudInitForgetsSecrets() throws IOException {
        BootImage image = written(Release.TRIXIE);
        String told = image.text("user-data");
        Path data = Files.writeString(folder.resolve("user-data"), told);
        String command = told.substring(told.indexOf("  f=/boot/firmware/user-data")).replace("/boot/firmware",
                folder.toString());
        BootImage.run("sh", "-c", command);
        String left = Files.readString(data);
        assertTrue(told.startsWith(left) && left.endsWith("model: pc105\n") && !left.contains("pi\n"), left);
        assertFalse(Files.exists(folder.resolve("user-data.new")));
    }

    /** Written and made a node's in one go, the packed image, to two cards for two nodes; it is finished as the node's or not at all. */
    @Test
    void whileItIsWritten() throws IOException {
        BootImage image = BootImage.of(Release.BOOKWORM, folder);
        BootImage.run("gzip", image.file().toString());
        Files.writeString(folder.resolve("cluster.yml"), INVENTORY + "    pi4: {ansible_host: 192.168.1.14}\n");
        for (String card : List.of("one", "two")) {
            Files.write(folder.resolve(card), new byte[0]);
        }
        List<String> words = List.of("image", "write", "--yes", "--force", "-i", "cluster.yml", "card.img.gz", "one",
                "two",
                "--node", "pi3", "--node");
        Cli.Said said = cli.call(Stream.concat(words.stream(), Stream.of("pi4")).toList());
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("pi3: Raspberry Pi OS of 2023-12-05, told by firstrun.sh")
                && said.out().contains("Bramble knows it by pi4, pi4.local, 192.168.1.14"), said::toString);
        for (String node : List.of("pi3", "pi4")) {
            var card = new BootImage(folder.resolve(node.equals("pi3") ? "one" : "two"), folder);
            ownersAlone(card.file());
            assertTrue(card.text("firstrun.sh").contains("name='" + node + "'"));
            assertTrue(card.text("cmdline.txt").contains("systemd.run=/boot/firmware/firstrun.sh"));
        }
        assertEquals(2, Files.readAllLines(folder.resolve("data/known_hosts")).size());
        Cli.Said few = cli.call(words.subList(0, words.size() - 1));
        assertTrue(few.code() == 2 && few.err().contains("there are 2 devices and 1 node"), few::toString);

        BootImage.of(Map.of("kernel.img", "other"), folder, true);
        Files.delete(folder.resolve("data/known_hosts"));
        Cli.Said unknown = cli.call("image", "write", "--yes", "--force", "-i", "cluster.yml", "card.img", "one",
                "--node",
                "pi3");
        assertTrue(unknown.code() == 2 && unknown.err().contains("Tried to make " + folder.resolve("one")
                + " the card of pi3, but its boot partition has nothing by which"), unknown::toString);
        assertTrue(Files.readString(folder.resolve("one"), java.nio.charset.StandardCharsets.ISO_8859_1)
                .startsWith("Bramble has not yet written this card"));
        assertFalse(Files.exists(folder.resolve("data/known_hosts")));
        Files.deleteIfExists(folder.resolve("card.img.gz"));
        BootImage.of(Release.TRIXIE.files(), folder, true);
        Cli.Said gpt = cli.call("image", "write", "--yes", "--force", "-i", "cluster.yml", "card.img", "one", "--node",
                "pi3");
        assertEquals(0, gpt.code(), gpt::toString);
        assertTrue(new BootImage(folder.resolve("one"), folder).text("user-data").contains("hostname: pi3"));
    }

    @Test
    void noCardIsFinishedWhoseNodeIsNotKnown() throws IOException {
        BootImage.of(Release.BOOKWORM, folder);
        Path card = Files.write(folder.resolve("one"), new byte[0]);
        Files.createDirectory(folder.resolve("data/known_hosts")); // nothing can be noted down there
        Cli.Said said = cli.call("image", "write", "--yes", "--force", "-i", "cluster.yml", "card.img", "one", "--node",
                "pi3");
        assertTrue(said.code() == 2 && said.err().contains("Tried to note down the host key of pi3"), said::toString);
        assertTrue(Files.readString(card, java.nio.charset.StandardCharsets.ISO_8859_1)
                .startsWith("Bramble has not yet written this card"));
    }

    @Test
    void nodesMayBecomeKnownAtOnce() throws IOException {
        Path known = folder.resolve("data/known_hosts");
        List<String> nodes = IntStream.range(0, 200).mapToObj(i -> "n" + i).toList();
        nodes.parallelStream()
                .forEach(node -> new PinnedHosts(known).pin(node, List.of(node), "ssh-ed25519 AAAA", Optional.empty()));
        assertEquals(Set.copyOf(nodes.stream().map(node -> node + " ssh-ed25519 AAAA " + node).toList()),
                Set.copyOf(Files.readAllLines(known)));
    }

    private static boolean knows(String... words) {
        try {
            return new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void aChecksumBesideItThatNoLongerHoldsIsTold() throws IOException {
        BootImage.of(Release.BOOKWORM, folder);
        Files.writeString(folder.resolve("card.img.sha256"), "0".repeat(64) + "  card.img\n");
        Cli.Said said = customise();
        assertTrue(said.code() == 0 && said.err().contains("card.img.sha256 says what the image was before"),
                said::toString);
        assertFalse(customise().err().contains("card.img.sha256"), "nothing changes any more");
    }

    @Test
    void aGuidPartitionTable() throws IOException {
        BootImage image = BootImage.of(Release.TRIXIE.files(), folder, true);
        int others = image.others();
        Cli.Said said = customise();
        assertEquals(0, said.code(), said::toString);
        assertTrue(image.text("user-data").contains("hostname: pi3"));
        assertEquals(others, image.others());
    }

    @Test
    void aVaultMasksAndEncrypts() throws IOException {
        Files.delete(folder.resolve("data/host_keys/pi3"));
        Files.writeString(folder.resolve("vault"), "open sesame\n");
        BootImage image = written(Release.TRIXIE, "--vault-password-file", "vault");
        Path key = folder.resolve("data/host_keys/pi3");
        assertTrue(Files.readString(key).startsWith("$ANSIBLE_VAULT;1.1;AES256"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
        String pinned = Files.readString(folder.resolve("data/known_hosts"));
        assertTrue(pinned.startsWith("pi3,pi3.local,192.168.1.13 ssh-ed25519 ") && pinned.endsWith(" pi3\n"), pinned);
        assertTrue(image.text("user-data").contains(pinned.split(" ", -1)[2]), image::toString);
        Cli.Said again = customise("--vault-password-file", "vault", "--diff");
        assertTrue(again.code() == 0 && again.out().contains("nothing to change"), again::toString);
        Cli.Said closed = customise();
        assertTrue(closed.code() == 1 && closed.err().contains("vault"), closed::toString);
    }

    @Test
    void anAuthoritySigns() throws IOException {
        Path authority = folder.resolve("authority");
        BootImage.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "authority", "-f", authority.toString());
        BootImage image = written(Release.TRIXIE, "-e", "image_host_ca=authority");
        String open = Files.readString(folder.resolve("authority.pub")).split(" ", -1)[1];
        assertTrue(Files.readString(folder.resolve("data/known_hosts"))
                .contains("@cert-authority pi3,pi3.local,192.168.1.13 ssh-ed25519 " + open));
        String certificate = image.text("user-data").lines().filter(line -> line.contains("ed25519_certificate: "))
                .findFirst().orElseThrow().replaceFirst(".*ed25519_certificate: ", "");
        Path file = Files.writeString(folder.resolve("cert.pub"), certificate + "\n");
        String told = BootImage.run("ssh-keygen", "-L", "-f", file.toString());
        assertTrue(told.contains("host certificate") && told.contains("192.168.1.13") && told.contains("forever"),
                told);
        Cli.Said again = customise("-e", "image_host_ca=authority", "--diff");
        assertTrue(again.code() == 0 && again.out().contains("nothing to change"), again::toString);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pi33     | There is no host pi33 in the inventory.
            pi33     | Did you mean "pi3"?
            all      | all is a group: name hosts, each by itself:
            pi*      | patterns and lists with commas aren't taken.
            pi3,pi4  | patterns and lists with commas aren't taken.
            """)
    void noSuchNode(String node, String sentence) throws IOException {
        BootImage.of(Release.BOOKWORM, folder);
        refused(cli.call("image", "customise", "-i", "cluster.yml", "card.img", "--node", node), sentence);
    }

    private static void refused(Cli.Said said, String sentence) {
        assertTrue(said.code() == 1 && said.err().contains(sentence) && said.out().isEmpty(), said::toString);
    }

    @Test
    void whatIsNoImage() throws IOException {
        refused(customise(), "Tried to make card.img a node's image, but there is no such file.");
        Path file = folder.resolve("card.img");
        Files.write(file, new byte[]{(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 0, 0});
        refused(customise(), "it is compressed.\n  = hint: Unpack it first (xz -d -k card.img)");
        Files.write(file, new byte[100_000]);
        refused(customise(), "but there is no partition table in it.");
    }

    @Test
    void noBootPartition() throws IOException {
        BootImage image = BootImage.of(Release.BOOKWORM, folder);
        image.put(0, BootImage.mbr(0x83));
        refused(customise(), "but it has no FAT partition, from which a Raspberry Pi would start.");
        image.put(0, BootImage.mbr(0x0c));
        byte[] whole = Files.readAllBytes(image.file());
        Files.write(image.file(), java.util.Arrays.copyOf(whole, 20_000_000));
        refused(customise(), "its partition 1 can't be used: it is said to reach from byte 4194304 to 40894464");
    }

    @Test
    void aDamagedFileSystem() throws IOException {
        BootImage image = BootImage.of(Release.BOOKWORM, folder);
        image.put(BootImage.boot() + 36, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(1).array());
        refused(customise(), "its partition 1 can't be used: its FAT file system is damaged");
        image.put(BootImage.boot(), new byte[512]);
        refused(customise(), "its partition 1 can't be used: there is no FAT file system in it");
    }

    @Test
    void aFullOne() throws IOException {
        BootImage image = BootImage.of(Release.BOOKWORM, folder);
        Path boot = image.checked();
        String free = BootImage.run("minfo", "-i", boot.toString(), "::");
        long clusters = Long.parseLong(free.replaceFirst("(?s).*free clusters=(\\d+).*", "$1"));
        Files.write(folder.resolve("content"), new byte[(int) (clusters - 3) * 512]);
        BootImage.run("mcopy", "-i", boot.toString(), folder.resolve("content").toString(), "::large");
        image.put(BootImage.boot(), Files.readAllBytes(boot));
        byte[] before = Files.readAllBytes(image.file());
        Cli.Said said = customise();
        refused(said, "but it is full: firstrun.sh needs ");
        assertArrayEquals(before, Files.readAllBytes(image.file()));
        assertFalse(Files.exists(folder.resolve("data/known_hosts")));
    }

    @Test
    void aScriptOfSomebodyElse() throws IOException {
        var files = new java.util.LinkedHashMap<>(Release.BOOKWORM.files());
        files.put("firstrun.sh", "#!/bin/sh\necho mine\n");
        BootImage.of(files, folder, false);
        refused(customise(), "there is a firstrun.sh on it which Bramble didn't write");
    }

    @Test
    void whatNobodyKnows() throws IOException {
        BootImage.of(Map.of("kernel.img", "other"), folder, false);
        refused(customise(), "nothing by which a system could be told what to do at its first start");
    }

    /** All mistakes of the inventory at once, with their places; what is nearly a variable's name is told. */
    @Test
    void mistakesOfTheInventory() throws IOException {
        BootImage.of(Release.BOOKWORM, folder);
        Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  vars:
                    ansible_user: root
                    image_adress: 1.2.3.4/8
                  hosts:
                    pi3:
                      hostname_name: pi_3
                      image_address: 192.168.1.300/24
                      image_wifi_ssid: x
                      image_wifi_password: short
                      image_wifi_country: Germany
                      image_format: toml
                """);
        Cli.Said said = customise();
        assertEquals(1, said.code());
        agrees("mistakes", said.toString().replace(folder.toString(), "FOLDER"));
    }

    /** Said before the card is in a node that nobody reaches. */
    @Test
    void whatNobodyWouldReach() throws IOException {
        BootImage image = BootImage.of(Release.BUSTER, folder);
        Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  vars: {ansible_user: pi}
                  hosts:
                    pi3:
                      image_keys: ["~/.ssh/id_ed25519.pub"]
                      image_address: 192.168.1.13/24
                      image_gateway: 192.168.2.1
                      image_search: ["cluster.lan\\nx"]
                      timezone_name: Europe/Berln
                    pi4: {image_address: 192.168.1.13/24}
                    pi5: {image_address: 192.168.1.13/24}
                """);
        Cli.Said wrong = customise();
        assertEquals(1, wrong.code());
        agrees("out-of-reach", wrong.toString());

        Files.write(folder.resolve("one"), new byte[0]);
        Files.write(folder.resolve("two"), new byte[0]);
        refused(cli.call("image", "write", "--yes", "--force", "-i", "cluster.yml", "card.img", "one", "two", "--node",
                "pi4", "--node", "pi5"),
                "Tried to make cards of pi4 and pi5, but both would be 192.168.1.13.");
        assertEquals(0, Files.size(folder.resolve("one")));

        Cli.Said locked = cli.call("image", "customise", "-i", "cluster.yml", "card.img", "--node", "pi4");
        assertTrue(locked.code() == 0 && locked.err().contains("The user pi of pi4 gets neither a key nor a password: "
                + "unless the image has some, nobody can log in."), locked::toString);
        assertTrue(image.text("firstrun.sh").contains("userconf \"$name\" \"$hash\" && passwd -l \"$name\"\n")
                && !image.text("firstrun.sh").contains("  passwd -l"), () -> image.toString());
    }

    @Test
    void aPasswordIsNoHash() throws IOException {
        BootImage.of(Release.BOOKWORM, folder);
        Cli.Said said = customise("-e", "image_password=raspberry");
        refused(said, "Tried to read the password of pi for pi3, but it is no hash as /etc/shadow has it.");
        assertFalse(said.toString().contains("raspberry\n"), said::toString);
    }
}
