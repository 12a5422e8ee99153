package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ansible-console}, with its lines from standard input. */
class ConsoleCommandTest {
    @Test
    void doesLineByLineWhatItIsTold(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("hosts"),
                "a ansible_connection=local\nb ansible_connection=local\n[few]\nb\n");
        String lines = """
                cd few
                list
                command echo hello
                # a remark

                !echo from the shell
                nosuchthing
                debug msg={{ inventory_hostname }}
                forks 7
                become_user joe
                become maybe
                check yes
                command echo never
                check no
                cd nobody
                list groups
                cd
                ping wrong
                help forks
                remote_user joe
                exit
                list
                """;
        InputStream before = System.in;
        Cli.Said said;
        try {
            System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
            said = new Cli(folder, folder.resolve("data")).call("ansible-console", "-i", "hosts", "-u", "pi");
        } finally {
            System.setIn(before);
        }
        assertEquals(
                """
                        Welcome to the ansible console. Type help or ? to list commands.

                        pi@all (2)[f:5]$ pi@few (1)[f:5]$ b
                        pi@few (1)[f:5]$ b | CHANGED | rc=0 >>
                        hello
                        pi@few (1)[f:5]$ pi@few (1)[f:5]$ pi@few (1)[f:5]$ b | CHANGED | rc=0 >>
                        from the shell
                        pi@few (1)[f:5]$ b | FAILED | rc=127 >>
                        /bin/sh: 1: nosuchthing: not foundnon-zero return code
                        pi@few (1)[f:5]$ b | SUCCESS => {
                            "msg": "b"
                        }
                        pi@few (1)[f:5]$ pi@few (1)[f:7]$ pi@few (1)[f:7]$ Tried to set become, but "maybe" is neither yes nor no.
                        pi@few (1)[f:7]$ check mode changed to True
                        pi@few (1)[f:7]$ b | SKIPPED
                        pi@few (1)[f:7]$ check mode changed to False
                        pi@few (1)[f:7]$ no host matched
                        pi@few (1)[f:7]$ all
                        few
                        ungrouped
                        pi@few (1)[f:7]$ pi@all (2)[f:7]$ pi@all (2)[f:7]$ forks N: how many hosts work at once
                        pi@all (2)[f:7]$ joe@all (2)[f:7]$\s
                        Ansible-console was exited.
                        """,
                said.out());
        assertEquals(0, said.code());
    }

    private static Cli.Said typed(Path folder, String lines, String... words) throws IOException {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
            return new Cli(folder, folder.resolve("data")).call(words);
        } finally {
            System.setIn(before);
        }
    }

    /** A module that is brought is no command for the shells of all hosts; nor are the console's own words. */
    @Test
    void knowsModulesThatAreBrought(@TempDir Path folder) throws IOException {
        Path collection = folder.resolve("collections/ansible_collections/my/c/plugins/modules");
        for (Path place : List.of(folder.resolve("library"), collection)) {
            Path module = Files.createDirectories(place).resolve(place.equals(collection) ? "theirs" : "mine");
            Files.writeString(module, "#!/bin/sh\necho '{\"changed\": false, \"said\": \"brought\"}'\n");
        }
        Files.writeString(folder.resolve("ansible.cfg"),
                "[defaults]\nlibrary = library\ncollections_path = collections\n");
        String said = typed(folder,
                "mine\nmy.c.theirs\ncollections my.c\ntheirs\n?forks\ntimeout 0\ntimeout 1\nsleep 30\n",
                "ansible-console", "-i", "localhost,", "-c", "local", "-u", "pi").out();
        assertEquals(3, said.split("\"said\": \"brought\"", -1).length - 1, said);
        assertTrue(said.contains("forks N: how many"), said);
        assertTrue(said.contains("FAILED") && !said.contains("rc=127"), said);
    }

    @Test
    void refusesAPatternOfNobody(@TempDir Path folder) throws IOException {
        Cli.Said said = typed(folder, "list\n", "ansible-console", "-i", "a,", "nosuch");
        assertEquals(1, said.code(), said::toString);
        assertTrue(said.err().contains("leaves us with no hosts to target"), said.err());
    }
}
