package bramble.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.connection.SshConfig.Wanted;
import bramble.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings for ssh, as its manual describes them; where there is an ssh, it is asked as well. */
class SshConfigTest {
    private static final String CONFIG = """
            # before any Host: holds for all
            ServerAliveCountMax 5
            Include HOME/more/*.conf

            Host bastion
                HostName bastion.example.org
                User jumper
                Port = 2222
            Host node? !node9
                User pi
                HostName %h.lan
                ProxyJump bastion
                IdentityFile ~/.ssh/cluster
                IdentityFile "~/.ssh/second key"
            Match host *.lan user pi
                Port 2022
                ConnectTimeout=7
            Host node9
                ProxyCommand nc -x proxy "%h" %p # all of it
            Match exec "touch HOME/never" host *
                Port 1
            Match originalhost web,web2 !user toor
                User www
                StrictHostKeyChecking accept-new
                UserKnownHostsFile ~/.ssh/%h.known /dev/null
            Match final host *.example.net
                Port 4444
            Host *
                IdentityFile ~/.ssh/any
                User nobody
            Host web2
                HostName web2.example.net
                HostKeyAlias web
            """;

    private final Path home;

    SshConfigTest(@TempDir Path home) throws IOException {
        this.home = home;
        Files.createDirectories(home.resolve(".ssh"));
        Files.createDirectories(home.resolve("more"));
        Files.writeString(home.resolve(".ssh/config"), CONFIG.replace("HOME", home.toString()));
        Files.writeString(home.resolve("more/a.conf"), "Host deep\n  HostName 10.0.0.1\nHost other\n  Port 99\n");
        Files.writeString(home.resolve("more/b.conf"), "Host deep\n  HostName 10.0.0.2\n  Port 5\n");
    }

    private SshConfig config() {
        return SshConfig.read(home, home.resolve("etc"), "me", Map.of("SSH_AUTH_SOCK", "/run/agent"));
    }

    private static Wanted with(String host, String... arguments) {
        return new Wanted(host, Optional.empty(), OptionalInt.empty(), Optional.empty(), List.of(), Optional.empty(),
                Optional.empty(), Optional.empty(), List.of(arguments));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            node1   | pi@node1.lan:2022            | jumper@bastion.example.org:2222 | cluster,second key,any
            node9   | nobody@node9                 | -                               | any
            bastion | jumper@bastion.example.org:2222 | -                            | any
            deep    | nobody@10.0.0.1:5            | -                               | any
            web     | www@web                      | -                               | any
            web2    | www@web2.example.net:4444    | -                               | any
            NODE2   | pi@NODE2.lan:2022            | jumper@bastion.example.org:2222 | cluster,second key,any
            """)
    void findsTheWay(String host, String expected, String jump, String keys) throws Exception {
        SshTarget target = config().target(Wanted.host(host));
        assertEquals(expected, target.toString());
        assertEquals(Optional.ofNullable(jump), target.jumps().stream().map(SshTarget::toString).findFirst());
        assertEquals(keys, target.proof().keys().stream().map(key -> key.getFileName().toString())
                .collect(Collectors.joining(",")));
        assertEquals(5, target.timing().silences());
        assertEquals(Optional.of(Path.of("/run/agent")), target.proof().agent());
        if (Files.isExecutable(Path.of("/usr/bin/ssh")) && !host.startsWith("NODE")) {
            assertEquals(target.host() + " " + target.port() + " " + target.user(), oracle(host));
        }
    }

    /** What the real ssh makes of it; it folds the host's case, and runs the Match exec. */
    private String oracle(String host) throws Exception {
        Process ssh = new ProcessBuilder("ssh", "-G", "-F", home.resolve(".ssh/config").toString(), host).start();
        Map<String, String> said = new String(ssh.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                .map(line -> line.split(" ", 2)).filter(words -> words.length == 2)
                .collect(Collectors.toMap(words -> words[0], words -> words[1], (first, _) -> first));
        assumeTrue(ssh.waitFor() == 0, "ssh does not like the file");
        Files.deleteIfExists(home.resolve("never"));
        String port = "1".equals(said.get("port"))
                ? String.valueOf(config().target(Wanted.host(host)).port())
                : said.get("port");
        return said.get("hostname") + " " + port + " " + said.get("user");
    }

    @Test
    void takesInAllThatMatters() {
        SshTarget node = config().target(Wanted.host("node1"));
        assertEquals(Duration.ofSeconds(7), node.timing().connect());
        assertEquals(SshTarget.Checking.STRICT, node.hostKeys().checking());
        assertEquals(home.resolve(".ssh/known_hosts"), node.hostKeys().known().getFirst());
        assertEquals(Optional.of("nc -x proxy \"node9\" 22 # all of it"),
                config().target(Wanted.host("node9")).proxyCommand());
        SshTarget web = config().target(Wanted.host("web2"));
        assertEquals(SshTarget.Checking.ACCEPT_NEW, web.hostKeys().checking());
        assertEquals(Optional.of("web"), web.hostKeys().alias());
        assertEquals(List.of(home.resolve(".ssh/web2.example.net.known"), Path.of("/dev/null")),
                web.hostKeys().known().subList(0, 2));
    }

    @Test
    void prefersWhatWasAskedFor() throws IOException {
        SshTarget target = config()
                .target(new Wanted("node1", Optional.of("root"), OptionalInt.of(24), Optional.of(new Password("x")),
                        List.of(Path.of("/k")), Optional.empty(), Optional.of(SshTarget.Checking.OFF),
                        Optional.of(Duration.ofSeconds(3)),
                        List.of("-o", "ProxyJump=a@b:1,c", "-C", "-o", "ServerAliveInterval 4",
                                "-oUserKnownHostsFile=/dev/null", "-v")));
        assertEquals("root@node1.lan:24", target.toString());
        assertEquals(List.of("a@b:1", "nobody@c"), target.jumps().stream().map(SshTarget::toString).toList());
        assertTrue(target.jumps().stream().map(SshTarget::proof)
                .allMatch(proof -> proof.password().isEmpty() && !proof.keys().contains(Path.of("/k"))));
        assertEquals(SshTarget.Checking.OFF, target.hostKeys().checking());
        assertEquals(Path.of("/dev/null"), target.hostKeys().known().getFirst());
        assertEquals(new SshTarget.Timing(Duration.ofSeconds(3), Duration.ofSeconds(4), 5), target.timing());
        assertEquals(Path.of("/k"), target.proof().keys().getFirst());
        assertEquals("me@node1", config().target(with("node1", "-F", "none")).toString());
        Path other = Files.writeString(home.resolve("other"), "Host bastion\n  HostName bastion.lan\n");
        assertEquals(List.of("me@bastion.lan"), config().target(with("far", "-F", other.toString(), "-J", "bastion"))
                .jumps().stream().map(SshTarget::toString).toList());
        assertEquals(Optional.of("nc node1.lan 2022"),
                config().target(with("node1", "-o", "ProxyCommand=nc %h %p")).proxyCommand());
    }

    @Test
    void warnsOfWhatIsNotSupported() {
        assertEquals(List.of(home + "/.ssh/config:20: Match exec is not supported; the block is left out"
                + " (Host, or Match host, user, originalhost, localuser, all and final are.)"),
                config().warnings().stream().map(Object::toString).toList());
        assertTrue(Files.notExists(home.resolve("never")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host a\n  Port", "Match colour blue\n", "IdentityFile \"open", "Include config",
        "Host *\nPort many",
        "Host x\nProxyJump x", "Host x\nProxyJump y:99999999999", "IdentityFile a\0b", "Include [a"})
    void namesTheLineOfAMistake(String text) throws IOException {
        Files.writeString(home.resolve(".ssh/config"), text);
        String said = assertThrows(ProblemException.class, () -> config().target(Wanted.host("x"))).toString();
        assertTrue(said.contains("Tried to"), said);
        assertTrue(said.contains(home + "/.ssh/config:") || said.contains("many") || said.contains("jump"), said);
    }
}
