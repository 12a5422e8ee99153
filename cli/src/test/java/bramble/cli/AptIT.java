package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code apt} on a real node: a loop is foreseen by one simulation, and a lock that is waited for is told of. */
@Timeout(240)
class AptIT {
    @TempDir
    static Path scratch = Path.of("");

    @Test
    void aLoopIsSimulatedOnceAndALockToldOnce() {
        try (RoleLab lab = RoleLab.up("aptit", "10.77.162", scratch, "node .11 light\n")) {
            // what apt-get is called for is kept beside it
            lab.on("node",
                    "printf '#!/bin/sh\\necho \"$*\" >>/tmp/called\\nexec /usr/bin/apt-get \"$@\"\\n' >/usr/local/bin/apt-get"
                            + " && chmod 755 /usr/local/bin/apt-get && apt-get -qq update");
            lab.write("loop.yml", """
                    - hosts: all
                      become: true
                      gather_facts: false
                      tasks:
                        - apt: {name: "{{ item }}"}
                          loop: [git, bash, liberror-perl, tmux, ncdu]
                    """);
            Cli.Said said = lab.play("loop.yml", "--check");
            assertEquals(0, said.code(), said::toString);
            assertEquals(List.of("changed: [node] => (item=git)", "ok: [node] => (item=bash)",
                    "ok: [node] => (item=liberror-perl)", "changed: [node] => (item=tmux)",
                    "changed: [node] => (item=ncdu)"),
                    said.out().lines().filter(line -> line.contains("(item=")).toList());
            assertEquals("1\n", lab.on("node", "grep -c -e ^-s /tmp/called"));

            lab.write("others.yml", """
                    - hosts: all
                      become: true
                      gather_facts: false
                      tasks:
                        - apt: {name: "{{ item }}", state: latest}
                          loop: [tmux, bash, ncdu]
                        - apt: {name: "{{ item }}"}
                          loop: ["tree=*", "bash=*", "lsof=*"]
                        - apt: {name: "pv>=1"}
                          register: pv
                        - assert: {that: ["'Inst pv' in pv.stdout"]}
                    """);
            Cli.Said others = lab.play("others.yml", "--check", "--diff");
            assertEquals(0, others.code(), others::toString);
            assertEquals(List.of("changed: [node] => (item=tmux)", "ok: [node] => (item=bash)",
                    "changed: [node] => (item=ncdu)", "changed: [node] => (item=tree=*)",
                    "ok: [node] => (item=bash=*)", "changed: [node] => (item=lsof=*)"),
                    others.out().lines().filter(line -> line.contains("(item=")).toList());
            assertEquals("4\n", lab.on("node", "grep -c -e ^-s /tmp/called"), "one more for each task");
            assertTrue(others.out().contains("""
                    The following NEW packages will be installed:
                      pv
                    0 upgraded, 1 newly installed, 0 to remove and 0 not upgraded.
                    changed: [node]
                    """), others::toString);

            waits(lab, "apt: {name: ncdu}", "/var/lib/dpkg/lock-frontend", "^-y.*ncdu");
            lab.on("node", "mkdir -p /srv/own && : >/srv/own/Packages");
            waits(lab, "apt_repository: {repo: \"deb [trusted=yes] file:/srv/own ./\"}", "/var/lib/apt/lists/lock",
                    "Error-Mode=any update");
        }
    }

    /** The lock is held until the task has called apt-get, and for a while longer. */
    private static void waits(RoleLab lab, String task, String lock, String call) {
        lab.write("lock.yml", "- hosts: all\n  become: true\n  gather_facts: false\n  tasks:\n    - " + task + "\n");
        lab.on("node", """
                rm -f /tmp/held /tmp/release
                setsid perl -e 'use Fcntl; open(F, "+<", "LOCK") or die;
                my $lock = pack("s s x4 q q l", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die;
                open(G, ">", "/tmp/held"); sleep 1 until -e "/tmp/release"' </dev/null >/dev/null 2>&1 &
                while ! [ -e /tmp/held ]; do :; done
                setsid sh -c 'until grep -q -e "CALL" /tmp/called; do sleep 1; done; sleep 2; : >/tmp/release' \\
                  </dev/null >/dev/null 2>&1 & :""".replace("LOCK", lock).replace("CALL", call));
        Cli.Said waited = lab.play("lock.yml");
        assertEquals(0, waited.code(), waited::toString);
        assertEquals(1, waited.err().lines().filter(line -> line.startsWith("node waits: apt's lock ")).count(),
                waited::toString);
        assertTrue(waited.err().contains(lock + " is held by process "), waited::toString);
    }
}
