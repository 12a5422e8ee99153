package bramble.modules.network;

import bramble.modules.keys.ClientIdentity;
import bramble.shell.Network;
import bramble.web.TrustsAnybody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS over a connection that somebody else made.
 *
 * @param verify whether the server has to prove who it is
 * @param authorities certificates in PEM, by which it may; without them, those that Java has
 * @param identity what we show when we are asked who we are
 * @param ciphers that may be used; empty for all
 */
record Tls(boolean verify, Optional<String> authorities, Optional<ClientIdentity> identity, List<String> ciphers) {
    private static final Pattern PEM = Pattern.compile(
            "-----BEGIN (?:TRUSTED )?CERTIFICATE-----.*?-----END (?:TRUSTED )?CERTIFICATE-----",
            Pattern.DOTALL);

    /** The server's certificate is of an authority that isn't trusted. */
    static final class Stranger extends IOException {
        private static final long serialVersionUID = 1;

        Stranger(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static Tls of(WebTerms terms, Surroundings there) throws IOException {
        Optional<ClientIdentity> identity = Optional.empty();
        if (terms.certificate().isPresent()) {
            String certificate = there.file(terms.certificate().get());
            identity = Optional.of(ClientIdentity.of(certificate, terms.key().map(there::file).orElse(certificate)));
        }
        return new Tls(terms.verify(), terms.authorities().map(there::file), identity, terms.ciphers());
    }

    Tls trusting(String pem) {
        return new Tls(verify, Optional.of(pem), identity, ciphers);
    }

    Network.Link over(Network.Link link, String host, int port) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity.map(ClientIdentity::managers).orElse(new KeyManager[0]),
                    verify ? trusted() : new TrustManager[]{new TrustsAnybody()}, new SecureRandom());
            var socket = (SSLSocket) context.getSocketFactory().createSocket(new Plug(link), host, port, true);
            SSLParameters parameters = socket.getSSLParameters();
            if (verify) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            if (!ciphers.isEmpty()) {
                parameters.setCipherSuites(suites(socket.getSupportedCipherSuites()));
            }
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new Network.Link(socket.getInputStream(), socket.getOutputStream(), link);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS is not to be had: " + e.getMessage(), e);
        } catch (SSLException e) {
            throw refused(host, e);
        }
    }

    private TrustManager @org.jspecify.annotations.Nullable [] trusted() throws GeneralSecurityException, IOException {
        if (authorities.isEmpty()) {
            return null; // Java's own
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        Matcher matcher = PEM.matcher(authorities.get());
        for (int i = 0; matcher.find(); i++) {
            Certificate certificate = factory
                    .generateCertificate(new ByteArrayInputStream(matcher.group().getBytes(StandardCharsets.US_ASCII)));
            store.setCertificateEntry("ca" + i, certificate);
        }
        if (store.size() == 0) {
            throw new IOException("there is no certificate among those that it is to be verified with");
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust.getTrustManagers();
    }

    /** In the words that OpenSSL has for it. */
    private static IOException refused(String host, SSLException e) {
        String all = String.valueOf(e.getMessage());
        boolean expired = false;
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            all += " " + cause.getMessage();
            expired |= cause instanceof CertificateExpiredException;
        }
        boolean mismatch = all.contains("No name matching") || all.contains("No subject alternative");
        String end = "; validate_certs: false accepts anybody";
        if (mismatch) {
            return new IOException("certificate verify failed: Hostname mismatch, certificate is not valid for '" + host
                    + "'" + end, e);
        }
        if (expired) {
            return new IOException("certificate verify failed: certificate has expired" + end, e);
        }
        if (all.contains("PKIX path") || all.contains("trustAnchors") || all.contains("unable to find valid")) {
            return new Stranger("certificate verify failed: unable to get local issuer certificate of " + host + end,
                    e);
        }
        return new IOException("TLS with " + host + " failed: " + e.getMessage(), e);
    }

    private String[] suites(String[] supported) throws IOException {
        var suites = new ArrayList<String>();
        for (String cipher : ciphers.stream().flatMap(words -> Arrays.stream(words.split("[:,\\s]+", -1))).toList()) {
            List<String> found = Arrays.stream(supported)
                    .filter(suite -> suite.equalsIgnoreCase(cipher) || short_(suite).equalsIgnoreCase(cipher)).toList();
            if (found.isEmpty()) {
                throw new IOException("there is no cipher '" + cipher + "'; there are "
                        + String.join(", ", Arrays.stream(supported).map(Tls::short_).toList()));
            }
            suites.addAll(found);
        }
        return suites.toArray(String[]::new);
    }

    /** OpenSSL's name of a cipher. */
    private static String short_(String suite) {
        return suite.contains("_WITH_")
                ? suite.replaceFirst("^TLS_(RSA_WITH_)?", "").replace("_WITH_", "-").replaceAll("AES_(\\d+)", "AES$1")
                        .replaceAll("_CBC", "").replace("_POLY1305_SHA256", "_POLY1305").replace('_', '-')
                        .toUpperCase(Locale.ROOT)
                : suite;
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
