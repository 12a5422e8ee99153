package bramble.cli;

import bramble.connection.ChrootConnection;
import bramble.connection.Connection;
import bramble.connection.ImageConnection;
import bramble.connection.LocalConnection;
import bramble.connection.OpenSshConnection;
import bramble.connection.Passphrases;
import bramble.connection.Password;
import bramble.connection.SshArguments;
import bramble.connection.SshConfig;
import bramble.connection.SshConnection;
import bramble.connection.SshTarget;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.run.Address;
import bramble.value.HomePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Opens the connection that an address asks for; at most sixteen are being opened at a time. */
final class Transports {
    private final Semaphore opening = new Semaphore(16, true);
    private final AtomicReference<Optional<SshConfig>> config = new AtomicReference<>(Optional.empty());

    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final Consumer<Problem> problems;

    private final Passphrases passphrases;
    private final Path pinned;

    /**
     * @param problems hears what has no effect
     * @param passphrases of the keys that addresses name
     * @param pinned the file of the host keys that nodes were given
     */
    Transports(Consumer<Problem> problems, Passphrases passphrases, Path pinned) {
        this.pinned = pinned;
        this.problems = problems;
        this.passphrases = passphrases;
    }

    /** @param folder in which programs of this machine start */
    Connection connect(Address address, Path folder) {
        return switch (address.kind()) {
            case "local" -> new LocalConnection(folder);
            case Address.OPENSSH -> new OpenSshConnection(new OpenSshConnection.Login(
                    address.program().orElse("ssh"), address.host(), port(address), address.user(),
                    address.password(), address.key(), address.checkHostKey(), address.timeout(),
                    address.arguments(), Optional.of(pinned)));
            case "image" -> ImageConnection.open(folder.resolve(HomePath.expanded(address.host())),
                    what -> problems.accept(Problem.warning(Source.NONE, what, "")));
            case "chroot" -> new ChrootConnection(new LocalConnection(), address.host());
            default -> {
                tellWhatHasNoEffect(address);
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
        Optional<SshConfig> before = config.get();
        if (before.isPresent()) {
            return before.get();
        }
        SshConfig read = SshConfig.ofThisMachine();
        if (config.compareAndSet(before, Optional.of(read))) {
            read.warnings().forEach(problems);
        }
        return config.get().orElse(read);
    }

    private void tellWhatHasNoEffect(Address address) {
        List<String> idle = SshArguments.withoutEffect(address.arguments()).stream().filter(told::add).toList();
        if (!idle.isEmpty()) {
            problems.accept(Problem.warning(Source.NONE, "Of the arguments for ssh, " + String.join(", ", idle)
                    + (idle.size() == 1 ? " has" : " have") + " no effect on Bramble's own SSH.",
                    "\"connection: openssh\" (ansible_connection=openssh) uses the system's ssh, which knows them."));
        }
    }

    private static OptionalInt port(Address address) {
        return address.port() > 0 ? OptionalInt.of(address.port()) : OptionalInt.empty();
    }

    private SshTarget target(Address address) {
        SshTarget target = target(address, Optional.empty());
        Optional<Password> passphrase = address.key().filter(Files::isReadable)
                .flatMap(key -> passphrases.of(key, target.proof().agent()));
        return passphrase.isPresent() ? target(address, passphrase) : target;
    }

    private SshTarget target(Address address, Optional<Password> passphrase) {
        return config().target(new SshConfig.Wanted(address.host(), address.user(),
                port(address), address.password(),
                address.key().stream().toList(), passphrase,
                address.checkHostKey() ? Optional.empty() : Optional.of(SshTarget.Checking.OFF),
                Optional.of(address.timeout()),
                address.arguments())).pinned(pinned);
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
