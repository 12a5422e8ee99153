package bramble.cli;

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

    void declare(Syntax syntax) {
        syntax.value(text -> user = Optional.of(text), "USER", "log in as this user", "-u", "--user");
        syntax.flag(() -> askPass = true, "ask for the login's password", "-k", "--ask-pass");
        syntax.value(text -> passwordFile = Optional.of(text), "FILE", "a file with the login's password",
                "--connection-password-file", "--conn-pass-file");
        syntax.value(text -> privateKey = Optional.of(text), "FILE", "log in with this private key", "--private-key",
                "--key-file");
        syntax.value(text -> connection = Optional.of(text), "KIND", "ssh, local or chroot", "-c", "--connection");
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
