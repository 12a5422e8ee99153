package bramble.shell;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;

/** The network as a node sees it: names are looked up there, and connections begin there. */
@FunctionalInterface
public interface Network {
    /** This machine's own. */
    Network HERE = Network::direct;

    /**
     * Opens a TCP connection.
     *
     * @param patience how long connecting, and each read, may take before it throws SocketTimeoutException
     * @throws IOException whose message completes "..., but"
     */
    Link dial(String host, int port, Duration patience) throws IOException;

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
