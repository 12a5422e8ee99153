package bramble.testkit;

import bramble.shell.Answer;
import bramble.shell.Piece;
import bramble.shell.Sh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    private final List<String> shell;
    private final Optional<Path> tools;
    private final Set<Sh.Library> known = new HashSet<>();
    private final StringBuilder libraries = new StringBuilder();

    private LocalNode(String kind, List<String> shell, Optional<Path> tools) {
        this.kind = kind;
        this.shell = shell;
        this.tools = tools;
    }

    public static LocalNode plain() {
        return new LocalNode("local", List.of("/bin/sh"), Optional.empty());
    }

    /** Nothing where this machine has no BusyBox. */
    public static Optional<LocalNode> router() {
        Optional<Path> busybox = List.of("/usr/bin/busybox", "/bin/busybox").stream().map(Path::of)
                .filter(Files::isExecutable).findFirst();
        return busybox.map(program -> {
            try {
                Path tools = Files.createTempDirectory("bramble-router");
                for (String name : ROUTER) {
                    Files.createSymbolicLink(tools.resolve(name), program);
                }
                return new LocalNode("router", List.of(tools.resolve("ash").toString()), Optional.of(tools));
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
        var answers = new ArrayList<Answer>();
        var failed = new HashSet<Integer>();
        for (Piece piece : pieces) {
            if (piece.group() != Piece.FREE && failed.contains(piece.group())) {
                answers.add(new Answer(Answer.NOT_RUN, new byte[0], new byte[0]));
                continue;
            }
            Answer answer = run(piece);
            if (!answer.ok()) {
                failed.add(piece.group());
            }
            answers.add(answer);
        }
        return answers;
    }

    private Answer run(Piece piece) {
        for (Sh.Library library : piece.script().libraries()) {
            if (known.add(library)) {
                libraries.append(library.text()).append('\n');
            }
        }
        try {
            Path script = Files.createTempFile("bramble-piece", ".sh");
            Path out = Files.createTempFile("bramble-piece", ".out");
            Path err = Files.createTempFile("bramble-piece", ".err");
            Files.writeString(script, libraries + "( " + piece.script().source() + "\n)\n");
            var command = new ArrayList<String>(shell);
            command.add(script.toString());
            var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().put("LC_ALL", "C");
            tools.ifPresent(path -> builder.environment().put("PATH", path.toString()));
            Process process = builder.start();
            try (var in = process.getOutputStream(); var content = piece.input().open()) {
                content.transferTo(in);
            } catch (IOException e) {
                // the script left before it read all of its input; its status tells
            }
            int status = process.waitFor();
            var answer = new Answer(status, Files.readAllBytes(out), Files.readAllBytes(err));
            for (Path file : List.of(script, out, err)) {
                Files.delete(file);
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
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
}
