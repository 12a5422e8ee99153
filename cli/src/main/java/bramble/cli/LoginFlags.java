package bramble.cli;

import bramble.problem.FileTrouble;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.run.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Flags that say how to log in, and how to become another user. */
final class LoginFlags {
    Optional<String> user = Optional.empty();
    boolean askPass;
    Optional<String> passwordFile = Optional.empty();
    Optional<String> privateKey = Optional.empty();
    Optional<String> connection = Optional.empty();
    Optional<Integer> timeout = Optional.empty();
    final List<String> commonArgs = new ArrayList<>();
    final List<String> extraArgs = new ArrayList<>();
    final List<String> unusedArgs = new ArrayList<>();
    boolean become;
    Optional<String> becomeMethod = Optional.empty();
    Optional<String> becomeUser = Optional.empty();
    boolean askBecomePass;
    Optional<String> becomePasswordFile = Optional.empty();

    private Optional<String> typedPassword = Optional.empty();
    private Optional<String> typedBecomePassword = Optional.empty();

    /** The login's password, if one is to be asked for or read; it is asked for once. */
    Optional<String> password(Terminal person, Path folder, Configuration configuration) {
        if (typedPassword.isEmpty() && passwordFile.isEmpty()
                && (askPass || configuration.flag(false, "defaults", "ask_pass"))) {
            typedPassword = Optional.of(Person.password(person, "SSH password: "));
        }
        return typedPassword.or(() -> passwordFile.map(file -> folder.resolve(Configuration.home(file)))
                .or(() -> configuration.path("defaults", "connection_password_file")).map(LoginFlags::firstLine));
    }

    /** The password for becoming another user; it is asked for once. */
    Optional<String> becomePassword(Terminal person, Path folder, Configuration configuration) {
        if (typedBecomePassword.isEmpty() && becomePasswordFile.isEmpty()
                && (askBecomePass || configuration.flag(false, "privilege_escalation", "become_ask_pass"))) {
            typedBecomePassword = Optional.of(Person.password(person, "BECOME password: "));
        }
        return typedBecomePassword.or(() -> becomePasswordFile.map(file -> folder.resolve(Configuration.home(file)))
                .or(() -> configuration.path("defaults", "become_password_file")).map(LoginFlags::firstLine));
    }

    /** The first line of a file, or of what it prints, if it is a program. */
    private static String firstLine(Path file) {
        try {
            String text = Files.isExecutable(file) ? printed(file) : Files.readString(file);
            return text.lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new ProblemException(Source.file(file.toString()),
                    "Tried to read a password, but " + FileTrouble.why(e) + ".");
        }
    }

    private static String printed(Path program) throws IOException {
        Process process = new ProcessBuilder(program.toAbsolutePath().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new ProblemException(Source.file(program.toString()),
                        "Tried to get a password from the program, but it ended with " + code + ".");
            }
            return text;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new ProblemException(Source.file(program.toString()),
                    "Tried to get a password, but was interrupted.");
        }
    }

    void declare(Syntax syntax) {
        syntax.value(text -> user = Optional.of(text), "USER", "log in as this user", "-u", "--user");
        syntax.flag(() -> askPass = true, "ask for the login's password", "-k", "--ask-pass");
        syntax.value(text -> passwordFile = Optional.of(text), "FILE", "a file with the login's password",
                "--connection-password-file", "--conn-pass-file");
        syntax.value(text -> privateKey = Optional.of(text), "FILE", "log in with this private key", "--private-key",
                "--key-file");
        syntax.value(text -> connection = Optional.of(text), "KIND", "ssh, local, chroot or image", "-c",
                "--connection");
        syntax.number(number -> timeout = Optional.of(number), "SECONDS", "how long a connection may take to open",
                "-T", "--timeout");
        syntax.value(commonArgs::add, "ARGS", "further arguments, as ssh has them", "--ssh-common-args");
        syntax.value(extraArgs::add, "ARGS", "further arguments, as ssh has them", "--ssh-extra-args");
        syntax.value(unusedArgs::add, "ARGS", "", "--sftp-extra-args", "--scp-extra-args");
        syntax.flag(() -> become = true, "become another user (root)", "-b", "--become");
        syntax.value(text -> becomeMethod = Optional.of(text), "METHOD", "sudo, su or doas", "--become-method");
        syntax.value(text -> becomeUser = Optional.of(text), "USER", "become this user", "--become-user");
        syntax.flag(() -> askBecomePass = true, "ask for the password that becoming takes", "-K", "--ask-become-pass");
        syntax.value(text -> becomePasswordFile = Optional.of(text), "FILE", "a file with that password",
                "--become-password-file", "--become-pass-file");
    }
}
