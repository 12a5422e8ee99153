package bramble.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.connection.LocalConnection;
import bramble.shell.Answer;
import bramble.shell.Door;
import bramble.shell.Piece;
import bramble.shell.Remote;
import bramble.shell.Shell;
import bramble.shell.Terminal;
import bramble.shell.TerminalBoot;
import bramble.shell.Watch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A shell of this machine: its own {@code /bin/sh}, or BusyBox with nothing but what a small router has. */
public final class LocalNode implements TestNode {
    /** What OpenWrt's BusyBox has by default, apart from the commands for networks and devices. */
    private static final List<String> ROUTER = List.of("[", "ash", "awk", "basename", "bunzip2", "cat", "chgrp",
            "chmod",
            "chown", "chroot", "clear", "cmp", "cp", "cut", "date", "dd", "df", "dirname", "dmesg", "du", "echo",
            "egrep", "env", "expr", "false", "fgrep", "find", "free", "fsync", "grep", "gunzip", "gzip", "head",
            "hexdump", "id", "kill", "less", "ln", "logger", "ls", "md5sum", "mkdir", "mkfifo", "mknod", "mktemp",
            "mount", "mv", "nice", "nohup", "passwd", "pgrep", "pidof", "printf", "ps", "pwd", "readlink", "reset",
            "rm",
            "rmdir", "sed", "seq", "sh", "sha256sum", "sleep", "sort", "strings", "sync", "tail", "tar", "tee", "test",
            "time", "touch", "tr", "true", "umount", "uname", "uniq", "uptime", "vi", "wc", "which", "xargs", "yes",
            "zcat");

    private final String kind;
    private final Shell shell;
    private final LocalConnection connection;
    private final Optional<Path> tools;

    private LocalNode(String kind, List<String> words, Optional<Path> tools) {
        this.kind = kind;
        this.connection = new LocalConnection(words);
        this.shell = Shell.open(new LocalDoor(connection, false));
        this.tools = tools;
    }

    public static LocalNode plain() {
        return new LocalNode("local", List.of("/bin/sh"), Optional.empty());
    }

    /** Somebody who may do nothing but what everybody may; nothing where there is no way to be one. */
    public static Optional<LocalNode> guest() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of(new LocalNode("guest", List.of("/bin/sh"), Optional.empty()));
        }
        return Optional.of(Path.of("/usr/bin/setpriv")).filter(Files::isExecutable)
                .map(setpriv -> new LocalNode("guest", List.of(setpriv.toString(), "--reuid=65534", "--regid=65534",
                        "--clear-groups", "/bin/sh"), Optional.empty()));
    }

    /** Nothing where this machine has no BusyBox, unless this is a build that must not skip any test. */
    public static Optional<LocalNode> router() {
        Optional<Path> busybox = List.of("/usr/bin/busybox", "/bin/busybox").stream().map(Path::of)
                .filter(Files::isExecutable).findFirst();
        assertTrue(busybox.isPresent() || System.getenv("CI") == null, "busybox is not installed");
        return busybox.map(program -> {
            try {
                Path tools = Files.createTempDirectory("bramble-router");
                for (String name : ROUTER) {
                    Files.createSymbolicLink(tools.resolve(name), program);
                }
                return new LocalNode("router",
                        List.of("/usr/bin/env", "PATH=" + tools, tools.resolve("ash").toString()),
                        Optional.of(tools));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public List<Answer> ask(List<Piece> pieces) {
        return shell.ask(pieces);
    }

    /** The same, watched. */
    public List<Answer> ask(List<Piece> pieces, Watch watch) {
        return shell.ask(pieces, watch);
    }

    @Override
    public Terminal terminal() {
        return script -> TerminalBoot.begin(new LocalDoor(connection, true), script);
    }

    @Override
    public void close() {
        shell.close();
        tools.ifPresent(folder -> {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
                Files.delete(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private record LocalDoor(LocalConnection connection, boolean onTerminal) implements Door {
        @Override
        public Remote open(String script) {
            return onTerminal ? connection.terminal(script) : connection.start(script);
        }

        @Override
        public Optional<String> answer(String printed, int answers) {
            return Optional.empty();
        }

        @Override
        public RuntimeException refused(String printed) {
            return new IllegalStateException("no shell began: " + printed);
        }
    }
}
