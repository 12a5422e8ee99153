package bramble.run;

import bramble.connection.Password;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where a host is and how to get in.
 *
 * @param kind {@code ssh}, {@code local}, {@code chroot}
 * @param host what to connect to: a name, an address, for {@code chroot} a folder
 * @param port 0 for the default
 * @param arguments what {@code ansible_ssh_common_args} and the like add, as ssh's command line has it
 */
public record Address(String kind, String host, int port, Optional<String> user, Optional<Password> password,
        Optional<Path> key, boolean checkHostKey, Duration timeout, List<String> arguments) {
    public Address {
        arguments = List.copyOf(arguments);
    }
}
