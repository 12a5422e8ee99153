package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong in one task stays there, is told in words, and tells no secret. */
class TroubleTest {
    @TempDir
    Path folder = Path.of("");

    /** The tasks are played on this machine. */
    private Cli.Said play(String tasks, String... more) throws IOException {
        Files.writeString(folder.resolve("site.yml"), "- hosts: all\n  gather_facts: false\n  tasks:\n"
                + tasks.replace("FOLDER", folder.toString()).indent(4));
        Files.writeString(folder.resolve("hosts"), "n1 ansible_connection=local\n");
        var arguments = new java.util.ArrayList<>(java.util.List.of("run", "-i", "hosts", "site.yml"));
        arguments.addAll(java.util.List.of(more));
        return new Cli(folder, folder.resolve("data")).call(arguments);
    }

    @Test
    void aCommandIsRunOnceWhateverItsStatus() throws IOException {
        Cli.Said said = play("""
                - shell: echo x >> FOLDER/count; test $(wc -l < FOLDER/count) -gt 2 || exit 75
                """);
        assertTrue(said.out().contains("\"rc\": 75"), said::toString);
        assertEquals(1, Files.readAllLines(folder.resolve("count")).size(), "the command ran again");
    }

    @Test
    void aFileOfTheControllerThatCannotBeReadFailsItsItemOnly() throws IOException {
        Files.write(folder.resolve("latin.j2"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(folder.resolve("good.j2"), "good");
        Cli.Said said = play("""
                - template: {src: "{{ item }}", dest: "FOLDER/{{ item }}.out"}
                  loop: [good.j2, latin.j2, none.j2]
                  ignore_errors: true
                - debug: {msg: went on}
                """);
        assertTrue(said.out().contains("changed: [n1] => (item=good.j2)"), said::toString);
        assertTrue(said.out().contains("Tried to read the template " + folder.resolve("latin.j2")
                + ", but it is no UTF-8 text."), said::toString);
        assertTrue(said.out().contains("(item=none.j2) => ") && said.out().contains("went on"), said::toString);
    }

    @Test
    void aLoopEndsWhereItsHostCannotBeReached() throws IOException {
        Cli.Said said = play("""
                - command: echo {{ item }}
                  loop: [1, 2, 3]
                  vars: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1}
                """);
        assertEquals(4, said.code(), said::toString);
        assertFalse(said.out().contains("\"item\": 2"), said::toString);
    }

    @Test
    void whatMayBeSecretIsHidden() throws IOException {
        Cli.Said said = play("""
                - command: echo {{ item.password }}
                  loop: [{password: first-secret, hide: true}]
                  no_log: "{{ item.hide }}"
                - command: echo other-secret
                  no_log: "{{ nowhere }}"
                """, "-vvv");
        assertFalse((said.out() + said.err()).contains("-secret"), said::toString);
    }
}
