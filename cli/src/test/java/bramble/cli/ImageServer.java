package bramble.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** A web server with images, whose connections can break off in the middle, or wait there. */
final class ImageServer implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final boolean ranges;
    private volatile int breakAt = Integer.MAX_VALUE;
    private volatile int missing = 404;
    private volatile Pause pause = () -> {};

    /** What happens when so many bytes have been sent. */
    @FunctionalInterface
    interface Pause {
        void happen() throws IOException;
    }

    /** @param ranges whether it knows how to go on in the middle of a file */
    ImageServer(boolean ranges) throws IOException {
        this.ranges = ranges;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String put(String name, byte[] bytes) {
        files.put("/" + name, bytes);
        return "http://localhost:" + server.getAddress().getPort() + "/" + name;
    }

    /** After so many bytes something happens, and then the rest is sent, or the connection ends. */
    void at(int bytes, Pause then) {
        pause = then;
        breakAt = bytes;
    }

    /** What is answered where there is no such file. */
    void missing(int status) {
        missing = status;
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] file = files.get(exchange.getRequestURI().getPath());
        if (file == null) {
            exchange.sendResponseHeaders(missing, -1);
            exchange.close();
            return;
        }
        int from = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range")).filter(_ -> ranges)
                .map(range -> Integer.parseInt(range.replaceAll("\\D", ""))).orElse(0);
        exchange.getResponseHeaders().set("ETag", "\"one\"");
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, file.length - from);
        try (OutputStream out = exchange.getResponseBody()) {
            int until = from == 0 ? Math.min(file.length, breakAt) : file.length;
            out.write(file, from, until - from);
            out.flush();
            if (until < file.length) {
                pause.happen();
                out.write(file, until, file.length - until);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
