package bramble.connection;

import bramble.shell.Network;
import bramble.shell.Remote;
import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Proxy;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SocketFactory;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One SSH session to a host. Its channels share one virtual thread; no more than ten may be open at once. */
public final class SshConnection implements Connection {
    private static final byte[] NO_ECHO = {53, 0, 0, 0, 0, 0}; // RFC 4254, section 8

    private final SshTarget target;
    private final Session session;
    private final Optional<SshConnection> jump;

    private SshConnection(SshTarget target, Session session, Optional<SshConnection> jump) {
        this.target = target;
        this.session = session;
        this.jump = jump;
    }

    /**
     * Connects and logs in. How many do so at once is for the caller to limit.
     *
     * @throws UnreachableException with the reason, and what to do, in words for the user
     */
    public static SshConnection open(SshTarget target) {
        return open(target, new Credentials(target, false));
    }

    private static SshConnection open(SshTarget target, Credentials credentials) {
        Optional<SshConnection> jump = Optional.empty();
        if (!target.jumps().isEmpty()) {
            SshTarget last = target.jumps().getLast().through(target.jumps().subList(0, target.jumps().size() - 1));
            jump = Optional.of(open(last, new Credentials(last, true)));
        }
        try {
            return open(target, credentials, jump);
        } catch (RuntimeException e) {
            jump.ifPresent(SshConnection::close);
            throw e;
        }
    }

    private static SshConnection open(SshTarget target, Credentials credentials, Optional<SshConnection> jump) {
        var jsch = new JSch();
        Optional<KnownHosts> known = Optional.empty();
        Optional<CommandProxy> command = target.jumps().isEmpty()
                ? target.proxyCommand().map(words -> new CommandProxy(words, Optional.of(target.timing().alive())))
                : Optional.empty();
        try {
            Session session = jsch.getSession(target.user(), target.host(), target.port());
            known = Optional.of(new KnownHosts(target, jsch));
            session.setHostKeyRepository(known.get());
            session.setConfig("StrictHostKeyChecking", "yes");
            session.setConfig("aes128-gcm@openssh.com", SwiftAes128.class.getName());
            session.setConfig("aes256-gcm@openssh.com", SwiftAes256.class.getName());
            target.hostKeys().alias().ifPresent(session::setHostKeyAlias);
            credentials.give(jsch, session);
            session.setThreadFactory(Thread.ofVirtual().name("ssh " + target).factory());
            session.setDaemonThread(true);
            session.setServerAliveInterval((int) target.timing().alive().toMillis());
            session.setServerAliveCountMax(target.timing().silences());
            Optional<Duration> silence = Optional.of(target.timing().alive());
            if (jump.isPresent()) {
                session.setProxy(new JumpProxy(jump.get().session, silence));
            } else if (command.isPresent()) {
                session.setProxy(command.get());
            } else {
                session.setSocketFactory(new Sockets(target.timing()));
            }
            session.connect((int) target.timing().connect().toMillis());
            return new SshConnection(target, session, jump);
        } catch (JSchException e) {
            Optional<String> refusal = known.flatMap(KnownHosts::refusal);
            throw new UnreachableException("Tried to connect to " + target + through(target) + ", but "
                    + refusal.or(() -> command.flatMap(CommandProxy::end)).orElseGet(() -> why(target, credentials, e)),
                    e, refusal.isPresent());
        }
    }

    private static String through(SshTarget target) {
        return target.jumps().isEmpty() ? "" : " through " + target.jumps().getLast();
    }

    private static String why(SshTarget target, Credentials credentials, JSchException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case UnknownHostException _ -> {
                    return "there is no address for the name " + target.host();
                }
                case SocketTimeoutException _ -> {
                    return "nothing answered within " + seconds(target.timing().connect());
                }
                case NoRouteToHostException _ -> {
                    return "there is no way to it: no route to host";
                }
                case ConnectException refused -> {
                    String said = String.valueOf(refused.getMessage());
                    return said.contains("refused")
                            ? "nothing listens on port " + target.port() + ": connection refused"
                            : said;
                }
                default -> {
                }
            }
        }
        String said = String.valueOf(e.getMessage());
        if (said.startsWith("Auth fail") || said.startsWith("Auth cancel")
                || said.contains("Too many authentication failures")
                || said.startsWith("USERAUTH fail")) {
            return "was not let in: " + credentials.tried(said);
        }
        if (said.contains("timeout")) {
            return "the login was not complete within " + seconds(target.timing().connect());
        }
        if (said.contains("Algorithm negotiation fail")) {
            return "the two sides have no algorithm in common: " + said;
        }
        return said.replaceFirst("^Session\\.connect: ", "").replaceFirst("^[\\w.]+Exception: ", "");
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    @Override
    public Remote start(String command) {
        return start(command, false);
    }

    @Override
    public Remote terminal(String command) {
        return start(command, true);
    }

    private Remote start(String command, boolean terminal) {
        try {
            @Nullable
            ChannelExec channel = (ChannelExec) session.openChannel("exec");
            if (channel == null) { // JSch's word for a session that is just ending
                session.disconnect();
                throw new JSchException("session is down");
            }
            var out = new Inflow();
            var err = new Inflow();
            if (terminal) {
                channel.setPty(true);
                channel.setPtyType("dumb", 200, 50, 0, 0);
                channel.setTerminalMode(NO_ECHO);
            }
            channel.setCommand(command.getBytes(StandardCharsets.UTF_8));
            channel.setOutputStream(out.sink(), false);
            channel.setErrStream(err.sink(), false);
            OutputStream in = SmallPackets.into(channel, session);
            channel.connect((int) target.timing().connect().toMillis());
            return new Remote(in, out, err, new ChannelLife(channel));
        } catch (JSchException | IOException e) {
            throw new UnreachableException("Tried to start a program as " + target + ", but "
                    + (session.isConnected()
                            ? "the server does not allow it: " + e.getMessage() + " (OpenSSH limits it by MaxSessions)"
                            : "the connection is lost"),
                    e);
        }
    }

    /** Connections that the server makes for us ({@code direct-tcpip}, {@code direct-streamlocal}). */
    @Override
    public Network network() {
        return new Network() {
            @Override
            public Link dial(String host, int port, Duration patience) throws IOException {
                return forwarded(patience, () -> {
                    var channel = (com.jcraft.jsch.ChannelDirectTCPIP) session.openChannel("direct-tcpip");
                    channel.setHost(host);
                    channel.setPort(port);
                    return channel;
                });
            }

            @Override
            public Link local(String path, Duration patience) throws IOException {
                return forwarded(patience, () -> {
                    var channel = (com.jcraft.jsch.ChannelDirectStreamLocal) session
                            .openChannel("direct-streamlocal@openssh.com");
                    channel.setSocketPath(path);
                    return channel;
                });
            }
        };
    }

    /** How a channel for a connection begins. */
    private interface Opening {
        com.jcraft.jsch.ChannelDirectTCPIP open() throws JSchException;
    }

    private Network.Link forwarded(Duration patience, Opening opening) throws IOException {
        var in = new Inflow(Optional.of(patience));
        com.jcraft.jsch.@Nullable ChannelDirectTCPIP channel = null;
        try {
            channel = opening.open();
            channel.setOutputStream(in.sink(), false);
            OutputStream out = SmallPackets.into(channel, session);
            channel.connect((int) patience.toMillis());
            return new Network.Link(in, out, channel::disconnect);
        } catch (JSchException e) {
            int reason = channel == null ? 0 : channel.getExitStatus();
            throw new ConnectException(switch (reason) {
                case 1 -> "the SSH server of " + target
                        + " makes no connections for others (OpenSSH: AllowTcpForwarding)";
                case 2 -> "connection refused, or there is no way to it from " + target.host();
                default -> session.isConnected()
                        ? "nothing answered within " + seconds(patience)
                        : "the connection to " + target + " is lost";
            });
        }
    }

    @Override
    public Optional<String> user() {
        return Optional.of(target.user());
    }

    @Override
    public String describe() {
        return target.toString();
    }

    @Override
    public boolean isOpen() {
        return session.isConnected();
    }

    @Override
    public void close() {
        session.disconnect();
        jump.ifPresent(SshConnection::close);
    }

    /** The library says only on asking that a channel has ended. */
    private record ChannelLife(ChannelExec channel) implements Remote.Life {
        @Override
        public int await() throws InterruptedException {
            while (!channel.isClosed()) {
                Thread.sleep(Duration.ofMillis(2));
            }
            return channel.getExitStatus();
        }

        @Override
        public void end() {
            channel.disconnect();
        }
    }

    /** Plain sockets, each address of the name tried in turn. */
    private record Sockets(SshTarget.Timing timing) implements SocketFactory {
        @Override
        public Socket createSocket(String host, int port) throws IOException {
            IOException last = new UnknownHostException(host);
            for (InetAddress address : InetAddress.getAllByName(host)) {
                var socket = new Socket();
                try {
                    socket.connect(new InetSocketAddress(address, port), (int) timing.connect().toMillis());
                    return socket;
                } catch (IOException e) {
                    socket.close();
                    last = e;
                }
            }
            throw last;
        }

        @Override
        public InputStream getInputStream(Socket socket) throws IOException {
            return socket.getInputStream();
        }

        @Override
        public OutputStream getOutputStream(Socket socket) throws IOException {
            return Outflow.of(socket, timing.alive().multipliedBy(timing.silences()));
        }
    }

    /** Goes through another session. */
    private static final class JumpProxy implements Proxy {
        private final Session session;
        private final Inflow in;
        private @Nullable OutputStream out;
        private com.jcraft.jsch.@Nullable ChannelDirectTCPIP channel;

        JumpProxy(Session session, Optional<Duration> silence) {
            this.session = session;
            this.in = new Inflow(silence);
        }

        @Override
        public void connect(@Nullable SocketFactory unused, String host, int port, int timeout) throws Exception {
            channel = (com.jcraft.jsch.ChannelDirectTCPIP) session.openChannel("direct-tcpip");
            channel.setHost(host);
            channel.setPort(port);
            channel.setOutputStream(in.sink(), false);
            out = SmallPackets.into(channel, session);
            channel.connect(timeout);
        }

        @Override
        public InputStream getInputStream() {
            return in;
        }

        @Override
        public @Nullable OutputStream getOutputStream() {
            return out;
        }

        @Override
        public @Nullable Socket getSocket() {
            return null;
        }

        @Override
        public void close() {
            if (channel != null) {
                channel.disconnect();
            }
        }
    }

    /** Goes through a command of this machine. */
    private static final class CommandProxy implements Proxy {
        private static final int TOLD = 2000;
        private static final int TERMINATED = 128 + 15; // by us
        private final String command;
        private final Inflow in;
        private final CompletableFuture<String> errors = new CompletableFuture<>();
        private @Nullable Process process;

        CommandProxy(String command, Optional<Duration> silence) {
            this.command = command;
            this.in = new Inflow(silence);
        }

        @Override
        public void connect(@Nullable SocketFactory unused, String host, int port, int timeout) throws IOException {
            Process started = new ProcessBuilder("/bin/sh", "-c", "exec " + command)
                    .start();
            process = started;
            Thread.ofVirtual().name("errors of " + command).start(() -> errors.complete(last(started)));
            Thread.ofVirtual().name("from " + command).start(() -> {
                try (OutputStream sink = in.sink()) {
                    started.getInputStream().transferTo(sink);
                    started.waitFor(1, TimeUnit.SECONDS); // who reads the end can then ask how it ended
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                } catch (IOException _) {
                    return; // an end like any other
                }
            });
        }

        @Override
        public InputStream getInputStream() {
            return in;
        }

        @Override
        public @Nullable OutputStream getOutputStream() {
            return process == null ? null : new Feed(process);
        }

        @Override
        public @Nullable Socket getSocket() {
            return null;
        }

        /** What it is told. Who learns that it doesn't read any more can then ask how it ended. */
        private static final class Feed extends FilterOutputStream {
            private final Process process;

            Feed(Process process) {
                super(process.getOutputStream());
                this.process = process;
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                try {
                    out.write(bytes, from, length);
                } catch (IOException e) {
                    throw ended(e);
                }
            }

            @Override
            public void flush() throws IOException {
                try {
                    out.flush();
                } catch (IOException e) {
                    throw ended(e);
                }
            }

            private IOException ended(IOException e) {
                try {
                    process.waitFor(1, TimeUnit.SECONDS);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
                return e;
            }
        }

        /** The last line that it wrote to stderr; all is read, so that it never waits for a reader. */
        private static String last(Process started) {
            var text = new StringBuilder();
            try (var reader = started.errorReader(StandardCharsets.UTF_8)) {
                var some = new char[TOLD];
                for (int read = reader.read(some); read >= 0; read = reader.read(some)) {
                    text.append(some, 0, read).delete(0, Math.max(0, text.length() - TOLD));
                }
            } catch (IOException e) {
                return String.valueOf(e.getMessage());
            }
            return text.toString().strip().replaceFirst("(?s).*\\n", "");
        }

        /** What to tell of it where it ended by itself. */
        Optional<String> end() {
            Process started = process;
            if (started == null || started.isAlive() || started.exitValue() == TERMINATED) {
                return Optional.empty();
            }
            String said = errors.completeOnTimeout("", 1, TimeUnit.SECONDS).join();
            return Optional.of("the ProxyCommand " + command.strip().split("\\s", 2)[0] + " ended with exit code "
                    + started.exitValue() + (said.isEmpty() ? "" : ": " + said));
        }

        @Override
        public void close() {
            if (process != null) {
                process.destroy();
            }
        }
    }
}
