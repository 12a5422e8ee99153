package bramble.modules.files;

import java.util.Optional;

/** An answer that may say that the node lacks what was asked for: a client, a server. A package may bring it. */
public interface Lacking {
    /** Whether it is lacking: what a package brings along is unknown only then. */
    boolean lacking();

    /** The package that alone brings it; empty where several may. */
    default Optional<String> bringer() {
        return Optional.empty();
    }
}
