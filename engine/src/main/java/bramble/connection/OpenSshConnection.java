package bramble.connection;

import bramble.shell.Remote;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Starts programs by this machine's own {@code ssh}, one process each: for what only that can do, security keys and GSSAPI
 * say. It reads the user's configuration itself, and checks host keys as strictly as that says; it never asks anybody.
 */
public final class OpenSshConnection implements Connection {
    private final Login login;

    /**
     * Where to go, and how.
     *
     * @param program the ssh program: a name or a path
     * @param arguments what the user wants to be said to it, before all else: the first word on something counts
     * @param pinned the file of the host keys that nodes were given, which counts beside those that ssh knows
     */
    public record Login(String program, String host, OptionalInt port, Optional<String> user,
            Optional<Password> password, Optional<Path> key, boolean checksHostKey, Duration timeout,
            List<String> arguments, Optional<Path> pinned) {
        public Login {
            arguments = List.copyOf(arguments);
        }

        /** Where no node was given a host key. */
        public Login(String program, String host, OptionalInt port, Optional<String> user,
                Optional<Password> password, Optional<Path> key, boolean checksHostKey, Duration timeout,
                List<String> arguments) {
            this(program, host, port, user, password, key, checksHostKey, timeout, arguments, Optional.empty());
        }
    }

    public OpenSshConnection(Login login) {
        this.login = login;
    }

    @Override
    public Remote start(String command) {
        return start(command, "-T");
    }

    @Override
    public Remote terminal(String command) {
        return start("stty -echo; " + command, "-tt");
    }

    private Remote start(String command, String terminal) {
        if (!installed(login.program)) {
            throw new UnreachableException("Tried to connect to " + describe() + " by the program " + login.program
                    + ", but this machine has none. It comes with the package openssh-client; ansible_ssh_executable "
                    + "names another one");
        }
        Optional<AskPass> answers = login.password.map(AskPass::make);
        var builder = new ProcessBuilder(words(command, terminal));
        builder.environment().keySet().removeIf(name -> name.startsWith("SSH_ASKPASS"));
        answers.ifPresent(one -> builder.environment().putAll(one.environment()));
        try {
            Process process = builder.start();
            if (answers.isPresent()) {
                CompletableFuture<Void> _ = process.onExit().thenRun(answers.get()::close);
            }
            return LocalConnection.remote(process);
        } catch (IOException e) {
            answers.ifPresent(AskPass::close);
            throw new UnreachableException("Tried to connect to " + describe() + " by the program " + login.program
                    + ", but it can't be started: " + e.getMessage(), e);
        }
    }

    private static boolean installed(String program) {
        return program.contains("/")
                ? Files.isExecutable(Path.of(program))
                : Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":", -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private List<String> words(String command, String terminal) {
        var words = new ArrayList<>(LocalConnection.IN_NEW_SESSION);
        words.add(login.program);
        words.add(terminal);
        words.addAll(login.arguments);
        login.port.ifPresent(port -> words.addAll(List.of("-o", "Port=" + port)));
        login.user.ifPresent(user -> words.addAll(List.of("-o", "User=" + user)));
        login.key.ifPresent(key -> words.addAll(List.of("-o", "IdentityFile=\"" + key + "\"")));
        if (!login.checksHostKey) {
            words.addAll(List.of("-o", "StrictHostKeyChecking=no"));
        }
        login.pinned.filter(Files::isReadable).ifPresent(file -> words.addAll(List.of("-o",
                "GlobalKnownHostsFile=/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2 \"" + file + "\"")));
        words.addAll(List.of("-o", "ConnectTimeout=" + Math.max(1, login.timeout.toSeconds()), "-o",
                "ServerAliveInterval=10", "-o", "ServerAliveCountMax=3", "-o", "LogLevel=ERROR"));
        words.addAll(login.password.isPresent()
                ? List.of("-o", "NumberOfPasswordPrompts=1")
                : List.of("-o", "BatchMode=yes"));
        words.addAll(List.of("--", login.host, command));
        return words;
    }

    @Override
    public Optional<String> user() {
        return login.user;
    }

    @Override
    public String describe() {
        return login.user.map(user -> user + "@").orElse("") + login.host
                + (login.port.isPresent() && login.port.getAsInt() != 22 ? ":" + login.port.getAsInt() : "");
    }

    /** There is nothing that could break between two programs. */
    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        // each program has ended with its shell
    }

    /**
     * What gives ssh the password when it asks: a script that reads it from a pipe, so that it stands in no file, no
     * environment and no list of processes. It answers once, and only a question for a password.
     */
    private record AskPass(Path folder, RandomAccessFile pipe) {
        private static final String SCRIPT = """
                #!/bin/sh
                case $1 in *[Pp]assword*) ;; *) exit 1 ;; esac
                mkdir "${0%/*}/asked" 2>/dev/null || exit 1
                IFS= read -r answer <"${0%/*}/pipe" && printf '%s\\n' "$answer"
                """;

        static AskPass make(Password password) {
            try {
                Path folder = Files.createTempDirectory("bramble-ask"); // for its owner alone
                try {
                    Path script = folder.resolve("ask");
                    Files.writeString(script, SCRIPT);
                    Files.setPosixFilePermissions(script,
                            PosixFilePermissions.fromString("rwx------"));
                    Path pipe = folder.resolve("pipe");
                    Process made = new ProcessBuilder("mkfifo", "-m", "600", pipe.toString()).start();
                    if (made.waitFor() != 0) {
                        throw new IOException("mkfifo failed");
                    }
                    var open = new RandomAccessFile(pipe.toFile(), "rw"); // both ends: neither waits for the other
                    open.write((password.text() + "\n").getBytes(StandardCharsets.UTF_8));
                    return new AskPass(folder, open);
                } catch (IOException e) {
                    remove(folder);
                    throw e;
                }
            } catch (IOException e) {
                throw new UnreachableException("Tried to hand the password to ssh, but: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UnreachableException("Tried to hand the password to ssh, but was interrupted", e);
            }
        }

        Map<String, String> environment() {
            return Map.of("SSH_ASKPASS", folder.resolve("ask").toString(), "SSH_ASKPASS_REQUIRE", "force", "DISPLAY",
                    System.getenv().getOrDefault("DISPLAY", ":0"));
        }

        void close() {
            try {
                pipe.close();
            } catch (IOException _) {
                // it is of no use any more either way
            }
            remove(folder);
        }

        private static void remove(Path folder) {
            for (String name : List.of("ask", "pipe", "asked")) {
                try {
                    Files.deleteIfExists(folder.resolve(name));
                } catch (IOException _) {
                    // there is no secret in it
                }
            }
            try {
                Files.deleteIfExists(folder);
            } catch (IOException _) {
                // there is no secret in it
            }
        }
    }
}
