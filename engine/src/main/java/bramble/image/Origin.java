package bramble.image;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/** Where an image is: a file of this machine, a web server, or a file that holds what came from elsewhere. */
public sealed interface Origin permits LocalOrigin, WebOrigin, HeldOrigin {
    /** The name of its file. */
    String name();

    /** What it is called in messages. */
    String shown();

    /** Its file, if it is on this machine. */
    Optional<Path> file();

    /** Begins to read it. */
    Packed open() throws IOException;

    /** Its last bytes, where they can be had without all before them; else none. */
    default ByteBuffer end(int bytes) throws IOException {
        return ByteBuffer.allocate(0);
    }

    /** The text of a small file beside it; empty if there is none. */
    Optional<String> beside(String name);

    /**
     * One that was brought here.
     *
     * @param held all of it, open as long as it is read
     * @param shown where it came from
     */
    static Origin held(FileChannel held, String shown) {
        return new HeldOrigin(held, shown);
    }

    /**
     * Finds it.
     *
     * @param word an address, or the name of a file
     */
    static Origin of(String word, Path folder, ProxySelector proxies) {
        if (word.matches("[a-z0-9+.-]+://.*") && !word.matches("https?://.*")) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to read the image " + word + ", but Bramble fetches by http and https alone.",
                    "Fetch it first; then name its file."));
        }
        return word.matches("https?://.*") ? WebOrigin.of(word, proxies) : LocalOrigin.of(folder.resolve(word));
    }
}
