package bramble.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A web server that falls silent in the middle of an image. */
@Timeout(60)
class WebOriginTest {
    private static final byte[] IMAGE = new byte[300_000];

    static {
        new Random(1).nextBytes(IMAGE);
    }

    /**
     * Says nothing more after some bytes, until the other side hangs up.
     *
     * @param times how many connections fall silent
     */
    private record Server(ServerSocket socket, int times, boolean ranges,
            AtomicInteger asked) implements AutoCloseable {
        static Server begin(int times, boolean ranges) throws IOException {
            var server = new Server(new ServerSocket(0, 9, InetAddress.getLoopbackAddress()), times, ranges,
                    new AtomicInteger());
            Thread.ofVirtual().start(() -> {
                while (!server.socket.isClosed()) {
                    try {
                        Socket one = server.socket.accept();
                        Thread.ofVirtual().start(() -> server.answer(one));
                    } catch (IOException _) {
                        return;
                    }
                }
            });
            return server;
        }

        private void answer(Socket connection) {
            try (connection; InputStream in = connection.getInputStream()) {
                var request = new StringBuilder();
                while (request.indexOf("\r\n\r\n") < 0) {
                    request.append((char) in.read());
                }
                String range = request.toString().replaceFirst("(?s).*Range: bytes=(\\d+)-.*", "$1");
                int from = ranges && range.matches("\\d+") ? Integer.parseInt(range) : 0;
                OutputStream out = connection.getOutputStream();
                out.write(("HTTP/1.1 " + (from > 0 ? "206 Partial" : "200 OK") + "\r\nETag: \"a\"\r\nContent-Length: "
                        + (IMAGE.length - from) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                boolean silent = asked.getAndIncrement() < times;
                int until = silent ? Math.max(from, 100_000) : IMAGE.length;
                out.write(IMAGE, from, until - from);
                out.flush();
                while (silent && in.read() >= 0) {
                    // until it is given up
                }
            } catch (IOException _) {
                // it was given up
            }
        }

        WebOrigin origin() {
            return origin(ProxySelector.getDefault());
        }

        private WebOrigin origin(ProxySelector proxies) {
            return WebOrigin.of("http://localhost:" + socket.getLocalPort() + "/a.img", proxies,
                    Duration.ofMillis(500));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void aServerThatFallsSilentIsAskedAgainFromThere() throws IOException {
        try (Server server = Server.begin(3, true); Packed packed = server.origin().open()) {
            assertArrayEquals(IMAGE, packed.readAllBytes());
            assertEquals(4, server.asked.get());
        }
    }

    /** After the first connection some lead to a port on which nobody listens. */
    private static final class Blind extends ProxySelector {
        private final AtomicInteger asked = new AtomicInteger();
        private final int times;
        private final InetSocketAddress nobody;

        private Blind(int times) throws IOException {
            this.times = times;
            try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                nobody = new InetSocketAddress(free.getInetAddress(), free.getLocalPort());
            }
        }

        @Override
        public List<Proxy> select(URI address) {
            int now = asked.getAndIncrement();
            return List.of(now > 0 && now <= times ? new Proxy(Proxy.Type.HTTP, nobody) : Proxy.NO_PROXY);
        }

        @Override
        public void connectFailed(URI address, SocketAddress proxy, IOException why) {
            // that is meant
        }
    }

    @Test
    void aServerThatCanNotBeReachedForAWhileIsAskedAgain() throws IOException {
        try (Server server = Server.begin(1, true); Packed packed = server.origin(new Blind(4)).open()) {
            assertArrayEquals(IMAGE, packed.readAllBytes());
            assertEquals(2, server.asked.get());
        }
        try (Server server = Server.begin(1, true); Packed packed = server.origin(new Blind(99)).open()) {
            String why = String.valueOf(assertThrows(IOException.class, packed::readAllBytes).getMessage());
            assertTrue(why.startsWith("the connection broke off after 100 kB, and there is no other since: "), why);
        }
    }

    @Test
    void itIsSaidHowLongNothingCame() throws IOException {
        try (Server server = Server.begin(99, true); Packed packed = server.origin().open()) {
            IOException why = assertThrows(IOException.class, packed::readAllBytes);
            assertEquals("after 100 kB nothing came from the server for 1 s, 6 times", why.getMessage());
            assertEquals(6, server.asked.get());
        }
        try (Server server = Server.begin(99, false); Packed packed = server.origin().open()) {
            assertEquals(100_000, packed.readNBytes(100_000).length);
            String why = String.valueOf(assertThrows(IOException.class, packed::read).getMessage());
            assertTrue(why.startsWith("nothing came from the server for 1 s after 100 kB, and it doesn't go on"), why);
        }
    }
}
