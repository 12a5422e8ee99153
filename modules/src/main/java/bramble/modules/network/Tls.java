package bramble.modules.network;

import bramble.shell.Network;
import bramble.web.TrustsAnybody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** TLS over a connection that somebody else made. The certificates that the controller trusts count. */
final class Tls {
    private Tls() {}

    static Network.Link over(Network.Link link, String host, int port, boolean verify) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, verify ? null : new TrustManager[]{new TrustsAnybody()}, new SecureRandom());
            var socket = (SSLSocket) context.getSocketFactory().createSocket(new Plug(link), host, port, true);
            if (verify) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            socket.startHandshake();
            return new Network.Link(socket.getInputStream(), socket.getOutputStream(), link);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS is not to be had: " + e.getMessage(), e);
        } catch (SSLException e) {
            throw new IOException("it can't prove to be " + host + " (" + e.getMessage()
                    + "); validate_certs: false accepts anybody", e);
        }
    }

    /** The connection in the form that Java's TLS wants. */
    private static final class Plug extends Socket {
        private final Network.Link link;

        Plug(Network.Link link) {
            this.link = link;
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public InputStream getInputStream() {
            return link.in();
        }

        @Override
        public OutputStream getOutputStream() {
            return link.out();
        }

        @Override
        public void setTcpNoDelay(boolean on) {
            // the connection's maker has settled it
        }

        @Override
        public void setSoTimeout(int timeout) {
            // the connection has its own patience
        }

        @Override
        public synchronized void close() throws IOException {
            link.close();
        }
    }
}
