package bramble.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags that say how to log in, and how to become another user. */
final class LoginFlags {
    @Option(names = {"-u", "--user"}, paramLabel = "USER", description = "log in as this user")
    Optional<String> user = Optional.empty();

    @Option(names = {"-k", "--ask-pass"}, description = "ask for the login's password")
    boolean askPass;

    @Option(names = {"--connection-password-file",
        "--conn-pass-file"}, paramLabel = "FILE", description = "a file with the login's password")
    Optional<String> passwordFile = Optional.empty();

    @Option(names = {"--private-key", "--key-file"}, paramLabel = "FILE", description = "log in with this private key")
    Optional<String> privateKey = Optional.empty();

    @Option(names = {"-c", "--connection"}, paramLabel = "KIND", description = "ssh, local or chroot")
    Optional<String> connection = Optional.empty();

    @Option(names = {"-T", "--timeout"}, paramLabel = "SECONDS", description = "how long a connection may take to open")
    Optional<Integer> timeout = Optional.empty();

    @Option(names = {"--ssh-common-args"}, paramLabel = "ARGS", description = "further arguments, as ssh has them")
    List<String> commonArgs = new ArrayList<>();

    @Option(names = {"--ssh-extra-args"}, paramLabel = "ARGS", description = "further arguments, as ssh has them")
    List<String> extraArgs = new ArrayList<>();

    @Option(names = {"--sftp-extra-args",
        "--scp-extra-args"}, paramLabel = "ARGS", hidden = true, description = "no effect")
    List<String> unusedArgs = new ArrayList<>();

    @Option(names = {"-b", "--become"}, description = "become another user (root)")
    boolean become;

    @Option(names = {"--become-method"}, paramLabel = "METHOD", description = "sudo, su or doas")
    Optional<String> becomeMethod = Optional.empty();

    @Option(names = {"--become-user"}, paramLabel = "USER", description = "become this user")
    Optional<String> becomeUser = Optional.empty();

    @Option(names = {"-K", "--ask-become-pass"}, description = "ask for the password that becoming takes")
    boolean askBecomePass;

    @Option(names = {"--become-password-file",
        "--become-pass-file"}, paramLabel = "FILE", description = "a file with that password")
    Optional<String> becomePasswordFile = Optional.empty();
}
