package bramble.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A hop on the way to a server of this machine, which can stop to pass anything on without closing: a dead peer. */
public final class Relay implements AutoCloseable {
    private final ServerSocket listener;
    private final int port;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private long open = Long.MAX_VALUE; // bytes
    private volatile boolean frozen;

    /** Passes everything on to the port. */
    public Relay(int port) throws IOException {
        this.port = port;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From now on, what comes in is swallowed. */
    public void freeze() {
        frozen = true;
    }

    /** After so many bytes more, to both sides, nothing is passed on until {@link #open} is called. */
    public synchronized void holdAfter(long bytes) {
        open = bytes;
    }

    /** Passes all on again, with what was held. */
    public synchronized void open() {
        open = Long.MAX_VALUE;
        notifyAll();
    }

    private synchronized void await(int bytes) throws InterruptedException {
        if (open < Long.MAX_VALUE) {
            open -= bytes;
        }
        while (open < 0) {
            wait();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket near = listener.accept();
                var far = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.add(near);
                sockets.add(far);
                Thread.ofVirtual().start(() -> pass(near, far));
                Thread.ofVirtual().start(() -> pass(far, near));
            }
        } catch (IOException _) {
            return; // closed
        }
    }

    private void pass(Socket from, Socket to) {
        byte[] buffer = new byte[16 * 1024];
        try (InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            for (int n; (n = in.read(buffer)) >= 0;) {
                await(n);
                if (!frozen) {
                    out.write(buffer, 0, n);
                    out.flush();
                }
            }
        } catch (IOException _) {
            return; // one of the two sides has gone
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
