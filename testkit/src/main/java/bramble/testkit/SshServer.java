package bramble.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * An SSH server within the test's process: commands run in this machine's {@code /bin/sh}, as the user who runs the test.
 * It can play many hosts, each on a port of its own, and can be told to cut the connection.
 */
public final class SshServer implements AutoCloseable {
    private static final long NEVER = Long.MAX_VALUE / 2;

    private final Inner inner = (Inner) ServerBuilder.builder().factory(Inner::new).build();
    private final KeyPair hostKey;
    private final Map<String, String> passwords = new ConcurrentHashMap<>();
    private final Queue<String> keys = new ConcurrentLinkedQueue<>();
    private final Queue<Process> processes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger channels = new AtomicInteger();
    private final AtomicInteger openChannels = new AtomicInteger();
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicBoolean answered = new AtomicBoolean(true);
    private final AtomicLong cutAfter = new AtomicLong(NEVER);
    private volatile List<String> loginShell = List.of("/bin/sh");
    private List<Integer> ports = List.of();

    private SshServer() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            hostKey = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A server on a free port of the loopback address. */
    public static SshServer start() {
        return start(1);
    }

    /** A server on so many free ports of the loopback address; a command sees which one as {@code $NODE}, from 0. */
    public static SshServer start(int hosts) {
        var server = new SshServer();
        server.listen(hosts);
        return server;
    }

    private void listen(int hosts) {
        inner.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        inner.setPasswordAuthenticator((user, password, _) -> password.equals(passwords.get(user)));
        inner.setPublickeyAuthenticator((_, key, _) -> keys.stream().anyMatch(line -> {
            try {
                return KeyUtils.compareKeys(key,
                        AuthorizedKeyEntry.parseAuthorizedKeyEntry(line).resolvePublicKey(null,
                                PublicKeyEntryResolver.FAILING));
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalArgumentException(line, e);
            }
        }));
        inner.setCommandFactory((_, command) -> new Program(command));
        inner.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        try {
            ports = inner.listen(hosts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The library's server, which listens on one port only of itself. */
    private static final class Inner extends org.apache.sshd.server.SshServer {
        List<Integer> listen(int hosts) throws IOException {
            setHost("127.0.0.1");
            setPort(0);
            start();
            for (int i = 1; i < hosts; i++) {
                acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            }
            return getBoundAddresses().stream().map(address -> ((InetSocketAddress) address).getPort()).sorted()
                    .toList();
        }
    }

    public int port() {
        return ports.getFirst();
    }

    public List<Integer> ports() {
        return ports;
    }

    /** Lets a user in with a password. */
    public SshServer password(String user, String password) {
        passwords.put(user, password);
        return this;
    }

    /** Lets everyone in who has the key of this line, as authorized_keys has them. */
    public SshServer authorize(String publicKey) {
        keys.add(publicKey.strip());
        return this;
    }

    /** The words that call the login shell, before its {@code -c}. */
    public SshServer loginShell(String... words) {
        loginShell = List.of(words);
        return this;
    }

    /** Cuts the connection, without a word, when its programs have been given so many more bytes in all. */
    public SshServer cutAfter(long bytes) {
        cutAfter.set(bytes);
        return this;
    }

    /** Goes on without cutting. */
    public SshServer cutNever() {
        return cutAfter(NEVER);
    }

    /** Cuts all connections at once. */
    public void cut() {
        inner.getActiveSessions().forEach(session -> session.close(true));
    }

    /** How many programs were started. */
    public int channels() {
        return channels.get();
    }

    /** How many programs run now. */
    public int openChannels() {
        return openChannels.get();
    }

    /**
     * How many times the programs were given something after they had printed: round trips, as long as one client asks one
     * program at a time.
     */
    public int turns() {
        return turns.get();
    }

    /** How many bytes the programs were given. */
    public long bytesIn() {
        return bytesIn.get();
    }

    /** How many bytes the programs printed. */
    public long bytesOut() {
        return bytesOut.get();
    }

    /** Writes a known_hosts file with the key of every port. */
    public Path knownHosts(Path file) throws IOException {
        var lines = new ArrayList<String>();
        for (int port : ports) {
            lines.add("[127.0.0.1]:" + port + " " + publicKey());
        }
        return Files.write(file, lines);
    }

    /** The host key, as {@code TYPE BASE64}. */
    public String publicKey() {
        return PublicKeyEntry.toString(hostKey.getPublic());
    }

    @Override
    public void close() {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        try {
            inner.stop(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One exec channel. */
    private final class Program implements Command {
        private final String command;
        private @Nullable InputStream in;
        private @Nullable OutputStream out;
        private @Nullable OutputStream err;
        private @Nullable ExitCallback callback;
        private @Nullable Process process;

        Program(String command) {
            this.command = command;
        }

        @Override
        public void setInputStream(InputStream stream) {
            in = stream;
        }

        @Override
        public void setOutputStream(OutputStream stream) {
            out = stream;
        }

        @Override
        public void setErrorStream(OutputStream stream) {
            err = stream;
        }

        @Override
        public void setExitCallback(ExitCallback exit) {
            callback = exit;
        }

        @Override
        public void start(ChannelSession channel, Environment environment) throws IOException {
            var words = new ArrayList<>(loginShell);
            words.add("-c");
            words.add(command);
            var builder = new ProcessBuilder(words);
            ServerSession session = channel.getServerSession();
            int port = ((InetSocketAddress) session.getIoSession().getLocalAddress()).getPort();
            builder.environment().put("NODE", String.valueOf(ports.indexOf(port)));
            Process started = builder.start();
            process = started;
            processes.add(started);
            channels.incrementAndGet();
            openChannels.incrementAndGet();
            InputStream from = java.util.Objects.requireNonNull(in);
            OutputStream to = java.util.Objects.requireNonNull(out);
            OutputStream toErr = java.util.Objects.requireNonNull(err);
            ExitCallback exit = java.util.Objects.requireNonNull(callback);
            thread(() -> feed(from, started.getOutputStream(), session));
            Thread pump = thread(() -> pump(started.getInputStream(), to));
            Thread pumpErr = thread(() -> pump(started.getErrorStream(), toErr));
            thread(() -> {
                try {
                    int status = started.waitFor();
                    pump.join();
                    pumpErr.join();
                    exit.onExit(status);
                } catch (InterruptedException e) {
                    exit.onExit(-1, e.toString());
                } finally {
                    openChannels.decrementAndGet();
                    processes.remove(started);
                }
            });
        }

        /** As sshd does: the program sees the end of its input, and lives on as long as it likes. */
        @Override
        public void destroy(ChannelSession channel) throws IOException {
            if (process != null) {
                process.getOutputStream().close();
            }
        }
    }

    /** Not virtual: they block on pipes, which hundreds of hosts have a thousand of. */
    private static Thread thread(Runnable work) {
        return Thread.ofPlatform().daemon().stackSize(128 * 1024).start(work);
    }

    private void feed(InputStream from, OutputStream to, ServerSession session) {
        byte[] buffer = new byte[32 * 1024];
        try (to) {
            for (int n; (n = from.read(buffer)) >= 0;) {
                if (answered.getAndSet(false)) {
                    turns.incrementAndGet();
                }
                long left = cutAfter.getAndAdd(-n);
                int allowed = Math.clamp(left, 0, n);
                to.write(buffer, 0, allowed);
                to.flush();
                bytesIn.addAndGet(allowed);
                if (left <= n && left < NEVER / 2) {
                    session.close(true);
                    return;
                }
            }
        } catch (IOException _) {
            return; // one of the two sides has gone
        }
    }

    private void pump(InputStream from, OutputStream to) {
        byte[] buffer = new byte[32 * 1024];
        try {
            for (int n; (n = from.read(buffer)) >= 0;) {
                answered.set(true);
                bytesOut.addAndGet(n);
                to.write(buffer, 0, n);
                to.flush();
            }
        } catch (IOException _) {
            return; // one of the two sides has gone
        }
    }
}
