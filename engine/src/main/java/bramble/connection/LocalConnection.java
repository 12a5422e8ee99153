package bramble.connection;

import bramble.shell.Remote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Starts programs on this machine, as the user who runs Bramble, in the environment that it runs in. */
public final class LocalConnection implements Connection {
    /** Words before a command: a person's Ctrl-C is for Bramble alone, which then ends all of these in good order. */
    static final List<String> IN_NEW_SESSION = Stream.of("/usr/bin/setsid", "/bin/setsid")
            .filter(path -> Files.isExecutable(Path.of(path))).limit(1).toList();

    private final List<String> shell;
    private final Optional<Path> folder;

    public LocalConnection() {
        this(List.of("/bin/sh"));
    }

    /**
     * Programs are started in the given folder: relative paths are relative to the playbook, as with Ansible.
     *
     * @param folder if it isn't there, they start where Bramble runs
     */
    public LocalConnection(Path folder) {
        this(List.of("/bin/sh"), Optional.of(folder).filter(Files::isDirectory));
    }

    /**
     * Programs are started by the given shell.
     *
     * @param shell the words that call it, before its {@code -c}
     */
    public LocalConnection(List<String> shell) {
        this(shell, Optional.empty());
    }

    private LocalConnection(List<String> shell, Optional<Path> folder) {
        this.shell = List.copyOf(shell);
        this.folder = folder;
    }

    private ProcessBuilder builder(List<String> words) {
        var builder = new ProcessBuilder(words);
        folder.ifPresent(path -> builder.directory(path.toFile()));
        return builder;
    }

    @Override
    public Remote start(String command) {
        var words = new ArrayList<>(IN_NEW_SESSION);
        words.addAll(shell);
        words.add("-c");
        words.add(command);
        try {
            return remote(builder(words).start());
        } catch (IOException e) {
            throw new UnreachableException(
                    "Tried to start " + shell.getFirst() + " on this machine, but: " + e.getMessage(), e);
        }
    }

    /** By script(1), which most systems have: Java makes no terminals. */
    @Override
    public Remote terminal(String command) {
        try {
            return remote(builder(List.of("script", "-qefc", "stty -echo; " + command, "/dev/null")).start());
        } catch (IOException e) {
            throw new UnreachableException("Tried to start a program on a terminal of this machine, but: "
                    + e.getMessage() + " (script comes with the package bsdutils)", e);
        }
    }

    static Remote remote(Process process) {
        return new Remote(process.getOutputStream(), process.getInputStream(), process.getErrorStream(),
                new Remote.Life() {
                    @Override
                    public int await() throws InterruptedException {
                        return process.waitFor();
                    }

                    @Override
                    public void end() {
                        try {
                            process.getOutputStream().close();
                        } catch (IOException _) {
                            // it has ended already
                        }
                        process.destroy();
                    }
                });
    }

    @Override
    public Optional<String> user() {
        return Optional.of(System.getProperty("user.name"));
    }

    @Override
    public String describe() {
        return "this machine";
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        // nothing is kept open
    }
}
