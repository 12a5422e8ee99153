package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The roles sshd, ssh_ca, tls_ca and firewall on two nodes: only a signed key enters, a bad setting of sshd is never installed,
 * certificates are trusted, and a stranger finds no open port.
 */
@Timeout(300)
class SecurityRolesIT {
    private static final String NAME = "secure";
    private static final String SUBNET = "10.77.101";
    private static final String PLAYBOOK = RoleLab.PROJECT.resolve("playbooks/security.yml").toString();

    /** What the roles password_store and expectations look at; expectations that aren't met are told at once. */
    private static void store(RoleLab lab, String... withKey) {
        lab.write("look.yml", """
                - hosts: deployer
                  become: true
                  gather_facts: false
                  tasks:
                    - include_role: {name: password_store, tasks_from: verify}
                    - include_role: {name: expectations}
                      vars:
                        expectations_packages: [pass]
                        expectations_services: {ssh: {enabled: true}}
                        expectations_files: {/home/pi/bin/vault-pass: {mode: "0755", owner: pi}}
                        expectations_closed_ports: [81]
                        expectations_users: {pi: {}}
                    - include_role: {name: expectations}
                      vars: {expectations_packages: [no-such-package], expectations_ports: [81]}
                """);
        Cli.Said said = lab.play("look.yml", withKey);
        assertEquals(2, said.code(), said::toString);
        assertTrue(said.out().contains("ok=9 ") && said.out().contains("no-such-package") && said.out().contains("81"),
                said::toString);
    }

    /** How mpiuser logs in on n1 from the authority's node, with a copy of the key that has another certificate, or none. */
    private static final String LOG_IN = "ssh -p 2222 -o BatchMode=yes -o StrictHostKeyChecking=no -o IdentitiesOnly=yes"
            + " -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR mpiuser@" + SUBNET + ".12 -i ";

    @TempDir
    static Path scratch = Path.of("");

    @Test
    void onlyWhoIsMeantToGetsIn() {
        try (RoleLab lab = RoleLab.up(NAME, SUBNET, scratch, """
                keeper .11 debian deployer
                n1 .12 debian
                """)) {
            lab.network("stranger");
            lab.cable("stranger", "eth0", "n1", "eth1");
            lab.inside("n1", "ip", "addr", "add", "10.9.1.1/24", "dev", "eth1");
            lab.inside("stranger", "ip", "addr", "add", "10.9.1.2/24", "dev", "eth0");
            assertTrue(reaches(lab, "stranger", "10.9.1.1", 22));

            Cli.Said refused = lab.play(PLAYBOOK);
            assertEquals(4, refused.code(), refused::toString);
            assertTrue(refused.err().contains("n1: ssh_ca_password_authentication: You log in with a password"),
                    refused::toString);
            assertFalse(refused.toString().contains("raspberry") || refused.out().contains("TASK"), refused::toString);

            Path key = Path.of("/var/lib/bramble-lab", NAME, "id_ed25519");
            lab.write("keys.yml", """
                    - hosts: all
                      become: true
                      tasks:
                        - authorized_key: {user: pi, key: "{{ lookup('file', '%s.pub') }}"}
                    """.formatted(key));
            lab.plays("keys.yml");
            String[] withKey = {"-e",
                "{\"ansible_password\": \"\", \"ansible_ssh_private_key_file\": \"" + key + "\"}"};
            lab.write("macs.yml",
                    "all:\n  hosts:\n    keeper: {mac_address: \"" + mac(lab, "keeper")
                            + "\"}\n    n1: {mac_address: \""
                            + mac(lab, "n1") + "\"}\n");
            lab.settles(13, PLAYBOOK, with(withKey, "-i", scratch.resolve("macs.yml").toString()));
            assertTrue(lab.on("n1", "ip neigh show " + SUBNET + ".11").contains(mac(lab, "keeper") + " PERMANENT"));

            lab.write("mpi.yml", """
                    - hosts: deployer
                      become: true
                      roles: [mpi, ssh_ca]
                      vars: {mpi_packages: []}
                    """);
            lab.plays("mpi.yml", withKey);
            String again = lab.plays("mpi.yml", withKey).out();
            assertTrue(again.contains("changed=0 "), again);

            store(lab, withKey);
            keys(lab);
            badSettings(lab, withKey);
            certificates(lab);
            assertTrue(reaches(lab, "keeper", SUBNET + ".12", 22) && reaches(lab, "keeper", SUBNET + ".12", 2222));
            assertFalse(reaches(lab, "stranger", "10.9.1.1", 22) || reaches(lab, "stranger", "10.9.1.1", 2222));

            lab.write("verify.yml", """
                    - hosts: all
                      become: true
                      tasks:
                        - include_role: {name: "{{ item }}", tasks_from: verify}
                          loop: [sshd, ssh_ca, tls_ca, firewall]
                    """);
            lab.plays("verify.yml", withKey);
        }
    }

    private static String mac(RoleLab lab, String node) {
        return lab.inside(node, "cat", "/sys/class/net/eth0/address").strip();
    }

    private static String[] with(String[] words, String... more) {
        return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
    }

    private static void keys(RoleLab lab) {
        lab.on("keeper", "cp /home/mpiuser/.ssh/id_ed25519 /root/none; cp /home/mpiuser/.ssh/id_ed25519 /root/signed");
        assertEquals("mpiuser\n", lab.on("keeper", LOG_IN + "/home/mpiuser/.ssh/id_ed25519 id -un"));
        assertEquals("out\n", enters(lab, "none"));
        assertEquals("in\n", signed(lab, "/etc/ssh/ca", "mpiuser", "-5m:+1h"));
        assertEquals("out\n", signed(lab, "/etc/ssh/ca", "mpiuser", "20200101:20200102"));
        assertEquals("out\n", signed(lab, "/etc/ssh/ca", "pi", "-5m:+1h"));
        lab.on("keeper", "ssh-keygen -q -t ed25519 -N '' -f /root/other_ca");
        assertEquals("out\n", signed(lab, "/root/other_ca", "mpiuser", "-5m:+1h"));
        assertTrue(lab.tried("sshpass", "-p", "raspberry", "ssh", "-o", "StrictHostKeyChecking=no", "-o",
                "UserKnownHostsFile=/dev/null", "-o", "IdentityAgent=none", "-o", "IdentityFile=none",
                "pi@" + SUBNET + ".12", "true").printed().contains("Permission denied (publickey)"));
    }

    private static String signed(RoleLab lab, String authority, String principal, String valid) {
        lab.on("keeper", "ssh-keygen -y -f /root/signed > /root/signed.pub; ssh-keygen -q -s " + authority
                + " -I test -n " + principal + " -V " + valid + " /root/signed.pub");
        return enters(lab, "signed");
    }

    private static String enters(RoleLab lab, String key) {
        return lab.on("keeper", LOG_IN + "/root/" + key + " true 2>/dev/null && echo in || echo out");
    }

    private static void badSettings(RoleLab lab, String... withKey) {
        String file = "cat /etc/ssh/sshd_config.d/bramble-ca.conf";
        String before = lab.on("n1", file);
        String late = "{\"ssh_ca_port\": \"{{ 99999 if ansible_hostname else 0 }}\"}"; // not known before facts are
        Cli.Said said = lab.play(PLAYBOOK, withKey[0], withKey[1], "-e", late);
        assertEquals(2, said.code(), said::toString);
        assertTrue(said.out().contains("Badly formatted port number"), said::toString);
        assertEquals(before, lab.on("n1", file));
        Cli.Said outside = lab.play(PLAYBOOK, withKey[0], withKey[1], "-e", "firewall_lan=" + SUBNET + ".8/29");
        assertTrue(outside.code() == 2 && outside.out().contains("You log in from " + SUBNET + ".1 by port 22"),
                outside::toString);
        assertEquals("mpiuser\n", lab.on("keeper", LOG_IN + "/home/mpiuser/.ssh/id_ed25519 id -un"));
    }

    private static void certificates(RoleLab lab) {
        Path authority = lab.write("ca.crt", lab.on("n1", "cat /usr/local/share/ca-certificates/bramble-ca.crt"));
        Path certificate = lab.write("n1.crt", lab.on("n1", "cat /etc/ssl/bramble/status.b3rry.clust0r.crt"));
        assertEquals(certificate + ": OK\n", lab.run("openssl", "verify", "-CAfile", authority.toString(),
                "-verify_hostname", "status.b3rry.clust0r", certificate.toString()));
        assertTrue(lab.run("openssl", "x509", "-noout", "-text", "-in", authority.toString())
                .contains("Public-Key: (2048 bit)"));
        lab.on("n1", "systemd-run -q --unit=tls openssl s_server -accept 8443 -www"
                + " -cert /etc/ssl/bramble/status.b3rry.clust0r.bundle.crt -key /etc/ssl/private/status.b3rry.clust0r.key");
        assertEquals("200", lab.inside("n1", "curl", "-s", "--retry", "5", "--retry-connrefused", "--cacert",
                authority.toString(), "--resolve", "status.b3rry.clust0r:8443:127.0.0.1", "-o", "/dev/null", "-w",
                "%{http_code}", "https://status.b3rry.clust0r:8443/"));
    }

    private static boolean reaches(RoleLab lab, String from, String address, int port) {
        return lab.tried("ip", "netns", "exec", NAME + "-" + from, "timeout", "2", "bash", "-c",
                "exec 3<>/dev/tcp/" + address + "/" + port).code() == 0;
    }
}
