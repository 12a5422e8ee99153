package bramble.connection;

import bramble.shell.Network;
import bramble.shell.Remote;
import bramble.shell.Sh;
import java.util.Optional;

/** Starts programs in a folder that holds a whole system, reached over another connection whose user may chroot. */
public final class ChrootConnection implements Connection {
    private final Connection outside;
    private final String root;

    public ChrootConnection(Connection outside, String root) {
        this.outside = outside;
        this.root = root;
    }

    @Override
    public Remote start(String command) {
        return outside.start(Sh.of("exec chroot {} /bin/sh -c {}", root, command).source());
    }

    @Override
    public Remote terminal(String command) {
        return outside.terminal(Sh.of("exec chroot {} /bin/sh -c {}", root, command).source());
    }

    @Override
    public Network network() {
        return outside.network();
    }

    @Override
    public Optional<String> user() {
        return outside.user();
    }

    @Override
    public String describe() {
        return root + " on " + outside.describe();
    }

    @Override
    public boolean isOpen() {
        return outside.isOpen();
    }

    @Override
    public void close() {
        outside.close();
    }
}
