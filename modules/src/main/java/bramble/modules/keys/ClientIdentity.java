package bramble.modules.keys;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** By what a client of a TLS server proves who it is: a certificate and its key. {@code toString} tells neither. */
public final class ClientIdentity {
    private final KeyManager[] managers;

    private ClientIdentity(KeyManager[] managers) {
        this.managers = managers;
    }

    /**
     * From what files hold.
     *
     * @param certificate in PEM, with those of the authorities between, if there are any
     * @param key in PEM
     * @throws IOException whose message completes "but"
     */
    public static ClientIdentity of(String certificate, String key) throws IOException {
        try {
            var chain = new ArrayList<java.security.cert.Certificate>();
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Pem pem : Pem.all(certificate)) {
                if (pem.label().endsWith("CERTIFICATE")) {
                    chain.add(factory.generateCertificate(new ByteArrayInputStream(pem.bytes())));
                }
            }
            if (chain.isEmpty()) {
                throw new IOException("there is no certificate in the file that client_cert names");
            }
            if (!(TlsKey.read(key.getBytes(StandardCharsets.ISO_8859_1),
                    Optional.empty()) instanceof TlsKey.Read.Fine(TlsKey read, _, _))) {
                throw new IOException("the key of the client's certificate can't be read, or has a passphrase");
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("client", read.secret(), new char[0],
                    chain.toArray(java.security.cert.Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            return new ClientIdentity(keys.getKeyManagers());
        } catch (GeneralSecurityException e) {
            throw new IOException("the client's certificate can't be used: " + e.getMessage(), e);
        }
    }

    /** In the form that Java's TLS takes. */
    public KeyManager[] managers() {
        return List.of(managers).toArray(KeyManager[]::new);
    }
}
