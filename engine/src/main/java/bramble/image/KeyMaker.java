package bramble.image;

import bramble.image.FirstBoot.HostKey;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import java.util.ServiceLoader;

/** Makes keys of SSH for nodes, and certificates for them. The modules bring it: they have the keys' formats. */
public interface KeyMaker {
    /** A new key of type ed25519. */
    HostKey make(String comment);

    /**
     * Reads one.
     *
     * @throws IOException if that is no private key that could be used: why, as it follows "but"
     */
    HostKey read(byte[] file) throws IOException;

    /**
     * A certificate for a key, good for ever.
     *
     * @param there one that was made before: it is kept if it does
     * @param authority whose key signs
     */
    String certificate(HostKey key, Optional<String> there, HostKey authority, String id, Collection<String> names)
            throws IOException;

    /** The one that is there. */
    static KeyMaker found() {
        return ServiceLoader.load(KeyMaker.class, KeyMaker.class.getClassLoader()).findFirst()
                .orElseThrow(() -> new IllegalStateException("no family of modules makes keys"));
    }
}
