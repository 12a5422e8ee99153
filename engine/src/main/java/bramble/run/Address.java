package bramble.run;

import bramble.connection.Password;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where a host is and how to get in.
 *
 * @param kind {@code ssh}, {@code openssh}, {@code local}, {@code chroot}, {@code image}
 * @param host what to connect to: a name, an address, for {@code chroot} a folder, for {@code image} an image
 * @param port 0 for the default
 * @param arguments what {@code ansible_ssh_common_args} and the like add, as ssh's command line has it
 * @param program the ssh program, where it is not the usual one
 */
public record Address(String kind, String host, int port, Optional<String> user, Optional<Password> password,
        Optional<Path> key, boolean checkHostKey, Duration timeout, List<String> arguments,
        Optional<String> program) {
    /** The connection by the system's own ssh. */
    public static final String OPENSSH = "openssh";

    public Address {
        arguments = List.copyOf(arguments);
    }

    /** Whether it is another machine, reached by SSH. */
    boolean bySsh() {
        return kind.equals("ssh") || kind.equals(OPENSSH);
    }
}
