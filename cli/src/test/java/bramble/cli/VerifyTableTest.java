package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table that {@code playbooks/verify.yml} prints. */
class VerifyTableTest {
    private static final Path TEMPLATES = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().normalize()
            .resolveSibling("playbooks/templates");

    @TempDir
    Path folder;

    /** No line is longer than there is room for; who doesn't answer is there, and what is wrong follows. */
    @Test
    void isAsWideAsItMayBe() throws IOException {
        Files.writeString(folder.resolve("hosts.yml"), """
                all:
                  vars: {verify_columns: 50, ansible_connection: local, verify_results: {hostname: ok, time: ok}}
                  hosts:
                    hub: {verify_results: {hostname: ok, dns_server: ok}}
                    a-worker: {}
                    worker2:
                      verify_results: {hostname: ok, time: FAILED}
                    dead: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1, verify_results: {}}
                """);
        Files.writeString(folder.resolve("site.yml"),
                """
                        - hosts: all
                          gather_facts: false
                          tasks:
                            - ping:
                            - block: [{name: Ask chronyd, assert: {that: [false], quiet: true}}]
                              when: inventory_hostname == 'worker2'
                              rescue:
                                - set_fact: {verify_failed: "{{ lookup('template', 'TEMPLATES/verify_findings.j2').splitlines() }}"}
                                  vars: {verified: time}
                        - hosts: all
                          gather_facts: false
                          tasks:
                            - debug: {msg: "{{ lookup('template', 'TEMPLATES/verify_table.j2').splitlines() }}"}
                              run_once: true
                        """
                        .replace("TEMPLATES", TEMPLATES.toString()));
        Cli.Said said = new Cli(folder, folder.resolve("data")).call("run", "-i", "hosts.yml", "site.yml");
        assertTrue(said.out().contains("""
                        "check       hub     a-worker  worker2",
                        "answers     ok      ok        ok",
                        "hostname    ok      ok        ok",
                        "dns_server  ok      -         -",
                        "time        -       ok        FAILED",
                        "",
                        "check       dead",
                        "answers     NO",
                        "",
                        "worker2: time: Ask chronyd"
                """), said::toString);
    }
}
