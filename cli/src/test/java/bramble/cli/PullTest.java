package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.galaxy.Git;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ansible-pull}, from a repository in a folder. */
class PullTest {
    @TempDir
    private Path top;
    private Path repository = Path.of("");
    private Path work = Path.of("");

    @BeforeEach
    void makeRepository() throws IOException {
        repository = Files.createDirectory(top.resolve("repository"));
        work = Files.createDirectory(top.resolve("work"));
        git("init", "-q", "-b", "main");
        Files.writeString(repository.resolve("ansible.cfg"), "[defaults]\nroles_path = shared\n");
        Files.createDirectories(repository.resolve("shared/r/tasks"));
        Files.writeString(repository.resolve("shared/r/tasks/main.yml"), "- debug: msg=\"{{ word }} of the role\"\n");
        Files.writeString(repository.resolve("local.yml"),
                "- {hosts: all, gather_facts: false, vars: {word: first}, roles: [r]}\n");
        commit();
    }

    private void git(String... words) {
        Git.Said said = Git.call(repository, "", List.of(words));
        assertEquals(0, said.code(), said.text());
    }

    private void commit() {
        git("add", ".");
        git("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "x");
    }

    private Cli.Said pull(String... words) {
        return new Cli(work, top.resolve("data")).call(Stream.concat(Stream.of("ansible-pull", "-U",
                repository.toString(), "-d", "here", "--full"), Stream.of(words)).toList());
    }

    @Test
    void playsWhatItGets() throws IOException {
        Cli.Said first = pull();
        assertEquals(0, first.code(), first.toString());
        assertTrue(first.out().startsWith("Starting Ansible Pull at "), first.out());
        assertTrue(first.out().contains("localhost | CHANGED => {") && first.out().contains("first of the role"),
                first.out());

        Cli.Said same = pull("-o");
        assertEquals(0, same.code());
        assertTrue(same.out().endsWith("Repository has not changed, quitting.\n"), same.out());

        Files.writeString(repository.resolve("other.yml"),
                "- {hosts: localhost, gather_facts: false, tasks: [{debug: {msg: \"{{ x }}\"}, tags: a}, {fail: , tags: b}]}\n");
        commit();
        assertTrue(pull("-o", "other.yml", "-e", "x=given", "-t", "a").out().contains("\"msg\": \"given\""));
        Files.writeString(work.resolve("v.yml"), "x: of a file\n");
        Files.writeString(work.resolve("pw"), "secret\n");
        Cli.Said files = pull("other.yml", "-e", "@v.yml", "--vault-id", "a@pw", "--vault-password-file", "pw", "-t",
                "a");
        assertTrue(files.out().contains("\"msg\": \"of a file\""), files::toString);
        assertEquals(2, pull("other.yml", "-e", "x=1").code(), "a failed host");
        assertTrue(pull("-C", "main", "--purge").out().contains("first of the role"));
        assertFalse(Files.exists(work.resolve("here")));
    }

    @Test
    void saysWhyItDoesNotPlay() throws IOException {
        Cli.Said nowhere = new Cli(work, top.resolve("data")).call("ansible-pull", "-U", top + "/nowhere", "-d", "x");
        assertEquals(2, nowhere.code());
        assertTrue(nowhere.out().contains("localhost | FAILED! =>"), nowhere.out());
        Files.writeString(work.resolve("file"), "");
        Cli.Said missing = pull("none.yml");
        assertEquals(5, missing.code());
        assertTrue(missing.err().contains("none.yml: File does not exist"), missing.err());
        assertEquals(5, new Cli(work, top.resolve("data")).call("ansible-pull").code());
        assertEquals(5, pull("-m", "hg").code());
        assertEquals(5, pull("-s", "soon").code());
        Cli.Said file = pull("-d", "file");
        assertTrue(file.code() == 5 && file.err().contains("file is not a valid or accessible directory."),
                file::toString);

        Files.writeString(work.resolve("here/local.yml"), "- {hosts: all, gather_facts: false, tasks: [debug: ]}\n");
        Cli.Said changed = pull();
        assertEquals(2, changed.code(), changed.toString());
        assertTrue(changed.out().contains("Local modifications exist"), changed.out());
        Cli.Said forced = pull("--force");
        assertEquals(0, forced.code(), forced.toString());
        assertTrue(forced.err().contains("Unable to update repository."), forced.err());
        assertTrue(pull("--clean").out().contains("first of the role"));
    }
}
