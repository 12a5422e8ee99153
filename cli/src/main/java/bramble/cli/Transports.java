package bramble.cli;

import bramble.connection.ChrootConnection;
import bramble.connection.Connection;
import bramble.connection.LocalConnection;
import bramble.connection.SshConfig;
import bramble.connection.SshConnection;
import bramble.connection.SshTarget;
import bramble.run.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** Opens the connection that an address asks for; at most sixteen are being opened at a time. */
final class Transports {
    private final Semaphore opening = new Semaphore(16, true);
    private final AtomicReference<Optional<SshConfig>> config = new AtomicReference<>(Optional.empty());

    Connection connect(Address address) {
        return switch (address.kind()) {
            case "local" -> new LocalConnection();
            case "chroot" -> new ChrootConnection(new LocalConnection(), address.host());
            default -> {
                opening.acquireUninterruptibly();
                try {
                    yield SshConnection.open(target(address));
                } finally {
                    opening.release();
                }
            }
        };
    }

    /** The user's and the machine's configuration, read when it is first needed. */
    private SshConfig config() {
        return config.updateAndGet(known -> known.or(() -> Optional.of(SshConfig.ofThisMachine()))).orElseThrow();
    }

    private SshTarget target(Address address) {
        return config().target(new SshConfig.Wanted(address.host(), address.user(),
                address.port() > 0 ? OptionalInt.of(address.port()) : OptionalInt.empty(), address.password(),
                address.key().stream().toList(), Optional.empty(),
                address.checkHostKey() ? Optional.empty() : Optional.of(SshTarget.Checking.OFF),
                Optional.of(address.timeout()),
                address.arguments()));
    }

    /** This machine's name. */
    static String hostName() {
        try {
            return Files.readString(Path.of("/etc/hostname")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
