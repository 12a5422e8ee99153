package bramble.shell;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** The network as a node sees it: names are looked up there, and connections begin there. */
public interface Network {
    /** This machine's own. */
    Network HERE = new Network() {
        @Override
        public Link dial(String host, int port, Duration patience) throws IOException {
            return direct(host, port, patience);
        }

        @Override
        public Link local(String path, Duration patience) throws IOException {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(path));
                return new Link(Channels.newInputStream(channel), Channels.newOutputStream(channel), channel);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }
    };

    /**
     * Opens a TCP connection.
     *
     * @param patience how long connecting, and each read, may take before it throws SocketTimeoutException
     * @throws IOException whose message completes "..., but"
     */
    Link dial(String host, int port, Duration patience) throws IOException;

    /** Opens a connection to a Unix socket. */
    default Link local(String path, Duration patience) throws IOException {
        throw new ConnectException("Unix sockets can't be reached this way");
    }

    /** A connection. Closing it ends both streams. */
    record Link(InputStream in, OutputStream out, Closeable end) implements Closeable {
        @Override
        public void close() throws IOException {
            end.close();
        }
    }

    private static Link direct(String host, int port, Duration patience) throws IOException {
        var socket = new Socket();
        try {
            var address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new UnknownHostException("there is no address for the name " + host);
            }
            socket.connect(address, (int) patience.toMillis());
            socket.setSoTimeout((int) patience.toMillis());
            return new Link(socket.getInputStream(), socket.getOutputStream(), socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
