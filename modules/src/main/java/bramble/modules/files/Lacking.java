package bramble.modules.files;

/** An answer that may say that the node lacks what was asked for: a client, a server. A package may bring it. */
public interface Lacking {
    /** Whether it is lacking: what a package brings along is unknown only then. */
    boolean lacking();
}
