package bramble.vault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.crypto.FastPbkdf2;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Secrets;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultTest {
    /** What ansible-vault encrypted, with the passwords "correct horse" (format 1.1) and "other pass" (1.2, label prod). */
    private static final String PLAIN = "db_password: \"s3cr3t wörd\"\nport: 5432\n";
    private static final Identity HORSE = new Identity(Identity.DEFAULT, "correct horse");
    private static final Identity OTHER = new Identity("prod", "other pass");

    private final Secrets secrets = new Secrets();

    private Vault vault(Identity... identities) {
        return new Vault(List.of(identities), false, secrets);
    }

    @Test
    void whatAnsibleEncryptedIsOpenedWithWhicheverPasswordFits() throws IOException {
        assertEquals(PLAIN, vault(HORSE).openFile(resource("whole.yml"), "whole.yml"));
        assertEquals(PLAIN, vault(OTHER, HORSE).openFile(resource("whole.yml"), "whole.yml"));
        assertEquals(PLAIN, vault(HORSE, OTHER).openFile(resource("labelled.yml"), "labelled.yml"));
        assertEquals(PLAIN,
                vault(new Identity("dev", "other pass")).openFile(resource("labelled.yml"), "labelled.yml"));
        assertEquals("plain: text", vault().openFile("plain: text", "x.yml"));
        assertEquals("It is ********, on port ********.", secrets.mask("It is s3cr3t wörd, on port 5432."));
    }

    @Test
    void whatDoesNotOpenSaysWhichFileAndWhy() throws IOException {
        String whole = resource("whole.yml");
        assertProblem("whole.yml: Tried to decrypt vault data, but no vault secret matched. Is the password right?",
                OTHER, whole);
        assertProblem("whole.yml: Tried to decrypt vault data, but no vault password was given.", null, whole);
        assertProblem("what follows its header is damaged", HORSE, whole.replace("3", "z"));
        assertProblem("no vault secret matched", HORSE, whole.substring(0, whole.length() - 3) + "31\n");
        assertProblem("a part of it is missing", HORSE, whole.substring(0, 100));
        assertProblem("its format is version 2.0", HORSE, whole.replace("1.1", "2.0"));
        assertProblem("it is encrypted with AES", HORSE, whole.replace("AES256", "AES"));
        var strict = new Vault(List.of(new Identity("dev", "other pass")), true, secrets);
        String labelled = resource("labelled.yml");
        assertThrows(ProblemException.class, () -> strict.openFile(labelled, "labelled.yml"));
    }

    private void assertProblem(String expected, @org.jspecify.annotations.Nullable Identity identity, String text) {
        Vault vault = identity == null ? vault() : vault(identity);
        String message = assertThrows(ProblemException.class, () -> vault.openFile(text, "whole.yml")).toString();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void whatIsSealedIsOpenedAgainAndMasked() {
        var place = new Source("v.yml", 3, 1);
        for (String text : List.of("", "x", "0123456789abcdef", "a longer text, with {{ braces }}\nand lines\n")) {
            String sealed = vault().seal(text.getBytes(StandardCharsets.UTF_8), OTHER);
            assertTrue(sealed.startsWith("$ANSIBLE_VAULT;1.2;AES256;prod\n"), sealed);
            assertTrue(sealed.lines().allMatch(line -> line.length() <= 80));
            assertEquals(Value.text(text), vault(OTHER).open(new Vaulted("  " + sealed.replace("\n", "\n  "), place)));
        }
        assertEquals("got ********", secrets.mask("got a longer text, with {{ braces }}"));
        assertTrue(vault().seal(new byte[0], HORSE).startsWith("$ANSIBLE_VAULT;1.1;AES256\n"));
    }

    @Test
    void manyAreOpenedAtOnce() {
        List<String> sealed = IntStream.range(0, 20)
                .mapToObj(i -> vault().seal(("secret " + i).getBytes(StandardCharsets.UTF_8), HORSE))
                .toList();
        Vault vault = vault(OTHER, HORSE);
        vault.prepare(sealed);
        assertEquals(IntStream.range(0, 20).mapToObj(i -> "secret " + i).toList(),
                sealed.stream().map(text -> vault.openFile(text, "f")).toList());
    }

    @Test
    void keysAreDerivedAtOnceAndOnceForEachPasswordAndSalt() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "there is one core alone");
        List<String> sealed = IntStream.range(0, 8)
                .mapToObj(i -> vault().seal(("secret " + i).getBytes(StandardCharsets.UTF_8), HORSE))
                .toList();
        var derived = new ConcurrentLinkedQueue<String>();
        var together = new CountDownLatch(2);
        var alone = new AtomicBoolean();
        var same = new Identity("dev", "other pass");
        var vault = new Vault(List.of(OTHER, same, HORSE), false, secrets, (identity, salt) -> {
            derived.add(identity + " " + HexFormat.of().formatHex(salt));
            together.countDown();
            try {
                if (!together.await(1, TimeUnit.MINUTES)) {
                    alone.set(true);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Keys.derive(identity, salt);
        });
        vault.prepare(sealed);
        vault.prepare(sealed);
        sealed.forEach(text -> vault.openFile(text, "f"));
        sealed.forEach(text -> assertEquals(HORSE.label(), vault.opener(text, "f").label()));
        assertFalse(alone.get(), "a second one was not begun before the first was done");
        assertEquals(16, derived.size(), derived::toString);
        assertEquals(16, new HashSet<>(derived).size());
    }

    @Test
    void passwordsComeFromFilesScriptsAndTheTerminal(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("file"), " correct horse \n");
        script(folder.resolve("script"), "echo correct; echo 'more '");
        script(folder.resolve("my-client.sh"), "echo \"$*\"");
        script(folder.resolve("failing"), "exit 3");
        Path plain = Files.writeString(folder.resolve("plain"), "touch ran\n"); // no program, though it is executable
        Files.setPosixFilePermissions(plain, PosixFilePermissions.fromString("rwx------"));
        var prompts = new ArrayList<String>();
        var warned = new ArrayList<Problem>();
        var sources = new PasswordSources(prompt -> {
            prompts.add(prompt);
            return "typed ";
        }, folder, Identity.DEFAULT, warned::add);
        List<Identity> identities = sources.identities(
                List.of("file", "dev@script", "prod@my-client.sh", "x@prompt"), List.of("file"), true);
        assertEquals(List.of("default", "dev", "prod", "x", "default", "default"),
                identities.stream().map(Identity::label).toList());
        assertEquals(List.of("correct horse", "correct\nmore ", "--vault-id prod", "typed", "correct horse", "typed"),
                identities.stream().map(identity -> new String(identity.password(), StandardCharsets.UTF_8)).toList());
        assertEquals(List.of("Vault password (x): ", "Vault password: "), prompts);
        assertFalse(identities.toString().contains("typed"));
        for (String bad : List.of("missing", "failing", "plain", ".")) {
            assertThrows(ProblemException.class, () -> sources.identity("", bad, List.of()));
        }
        assertEquals(List.of(), warned);
    }

    @Test
    void whereOnePasswordIsThereOthersMayBeMissing(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("file"), "correct horse\n");
        Files.writeString(folder.resolve("empty"), " \r\n");
        var warned = new ArrayList<Problem>();
        var sources = new PasswordSources(_ -> "typed", folder, Identity.DEFAULT, warned::add);
        assertEquals("[b]", sources.identities(List.of("a@missing", "b@file"), List.of("empty"), false).toString());
        assertEquals(List.of("missing", "empty"), warned.stream().map(one -> one.source().file()).toList());
        assertThrows(ProblemException.class, () -> sources.identities(List.of("a@missing"), List.of("empty"), false));
    }

    /** A password may be any bytes, in a file that may be encrypted for those before it. */
    @Test
    void passwordsAreBytes(@TempDir Path folder) throws IOException {
        byte[] bytes = {(byte) 0xff, ' ', (byte) 0xe4};
        Files.write(folder.resolve("raw"), new byte[]{'\t', bytes[0], bytes[1], bytes[2], '\r', '\n'});
        Files.writeString(folder.resolve("sealed"), vault().seal(new byte[]{'p', ' ', '\n'}, HORSE));
        Files.writeString(folder.resolve("horse"), "correct horse");
        var sources = new PasswordSources(_ -> "", folder, Identity.DEFAULT, _ -> {});
        assertArrayEquals(bytes, sources.identity("", "raw", List.of()).password());
        List<Identity> both = sources.identities(List.of("horse", "in@sealed"), List.of(), false);
        assertArrayEquals(new byte[]{'p', ' '}, both.getLast().password());
        byte[] salt = "salt".getBytes(StandardCharsets.UTF_8);
        for (byte[] password : List.of(bytes, new byte[0])) {
            FastPbkdf2.key(password, salt, 20, 80).ifPresent(
                    key -> assertArrayEquals(key, Keys.derivedByJava(password, salt, 20, 80)));
        }
    }

    private static void script(Path path, String body) throws IOException {
        Files.writeString(path, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    }

    private static String resource(String name) throws IOException {
        try (var in = Objects.requireNonNull(VaultTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
