package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bramble rebuild}: a node that lost its card is what it was before, by one command; somebody else in its place is not. */
class RebuildIT {
    private static final String SITE = """
            - hosts: all
              become: true
              tasks:
                - copy: {content: "of the site\\n", dest: /etc/site, mode: "0644"}
                - user: {name: anna}
                - copy: {content: "{{ lookup('file', 'word') }}", dest: /etc/word}
                - assert: {that: "lookup('file', 'word') != 'wrong'"}
                - copy: {content: "last\\n", dest: /etc/last}
            """;

    @BeforeAll
    static void home() {
        System.setProperty("bramble.home", RoleLab.PROJECT.toString()); // stays: other classes run beside this one
    }

    @TempDir
    Path folder = Path.of("");

    @Test
    void bringsANodeBack() throws Exception {
        try (var lab = RoleLab.up("rebuild", "10.77.106", folder, "n1 .11 light\n")) {
            String declared = """
                    {"backup_paths": "/srv/data",
                     "backup_dumps": [{"name": "base", "command": "cat /srv/base", "restore": "cat > /srv/base"}]}""";
            String site = lab.write("site.yml", SITE).toString();
            lab.write("word", "right");
            assertTrue(lab.bramble("rebuild", "n1").toString().contains("no run on it is recorded"));
            lab.plays("site.yml");
            assertEquals(0, lab.bramble("exec", "-b", "-m", "copy", "-a", "content=x dest=/etc/by-hand", "n1").code());

            String told = lab.bramble("rebuild", "n1", "--dry-run").toString();
            assertTrue(told.contains("play " + site) && told.contains("as in the run"), told);
            lab.on("n1", "mkdir -m 750 /srv/data; echo kept > \"/srv/data/a file\"; echo of the database > /srv/base");
            Cli.Said without = lab.bramble("rebuild", "--restore", "-e", declared, "n1", "--dry-run");
            assertTrue(without.code() == 1 && without.err().contains("but there is none in "), without::toString);
            Cli.Said outside = lab.bramble("backup", "-e", declared.replace("\"base\"", "\"../base\""), "n1");
            assertTrue(outside.code() == 2 && outside.out().contains("each another one, without a slash"),
                    outside::toString);
            Cli.Said kept = lab.bramble("backup", "-e", declared, "n1");
            assertEquals(0, kept.code(), kept::toString);
            assertTrue(lab.bramble("rebuild", "-e", declared, "n1", "--dry-run").out()
                    .contains("leave its state as it is"));
            String key = lab.on("n1", "cat /etc/ssh/ssh_host_ed25519_key.pub");
            lab.lab("down", "n1");
            lab.write("word", "wrong");
            var rebuilding = CompletableFuture
                    .supplyAsync(() -> lab.bramble("rebuild", "--restore", "-e", declared, "n1", "--wait", "2"));
            lab.lab("reset", "n1");
            Cli.Said stopped = rebuilding.get(2, TimeUnit.MINUTES);
            assertEquals(2, stopped.code(), stopped::toString);
            assertTrue(stopped.toString().contains("n1: waiting. ") && stopped.toString().contains("n1 answers."),
                    stopped::toString);

            assertTrue(stopped.toString().contains("Go on where it stopped:  bramble rebuild ")
                    && stopped.toString().contains("Not back: n1. The same command goes on"), stopped::toString);

            lab.write("word", "other");
            Cli.Said back = lab.bramble("rebuild", "--restore", "-e", declared, "n1");
            assertEquals(0, back.code(), back::toString);
            String said = back.toString();
            assertTrue(said.contains("going on with the rebuilding") && said.contains("Continuing the run"), said);
            assertTrue(said.contains("n1: bring back what was kept")
                    && said.contains("n1: look by a dry run of " + site + " whether"), said);
            assertTrue(said.contains("n1 is back") && said.contains("not made again: copy /etc/by-hand")
                    && said.contains("otherwise than before: copy /etc/word") && !said.contains(": copy /etc/site"),
                    said);
            assertFalse(said.contains("not made again: file "), said); // nor are the backup's folders
            assertEquals(key, lab.on("n1", "cat /etc/ssh/ssh_host_ed25519_key.pub"));
            assertEquals("750 kept\nof the database\n",
                    lab.on("n1", "stat -c %a /srv/data | tr '\\n' ' '; cat \"/srv/data/a file\" /srv/base"));
            assertTrue(lab.plays("site.yml").toString().contains("changed=0"));

            Path known = Path.of("/var/lib/bramble-lab/rebuild/known_hosts");
            byte[] keys = Files.readAllBytes(known);
            lab.lab("reset", "--new-identity", "n1");
            Files.write(known, keys); // the lab would have us know the new one
            Cli.Said stranger = lab.bramble("rebuild", "n1", "--wait", "2");
            assertEquals(4, stranger.code(), stranger::toString);
            assertTrue(stranger.toString().contains("its host key has changed")
                    && stranger.toString().contains("Nothing was done on it."), stranger::toString);
            Cli.Said nobody = lab.bramble("rebuild", "n2");
            assertEquals(1, nobody.code(), nobody::toString);
            assertTrue(nobody.toString().contains("There is no host n2 in the inventory"), nobody::toString);
        }
    }
}
