package bramble.image;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.util.Optional;

/** Where an image is: a file of this machine, or a web server. */
public sealed interface Origin permits LocalOrigin, WebOrigin {
    /** The name of its file. */
    String name();

    /** What it is called in messages. */
    String shown();

    /** Its file, if it is on this machine. */
    Optional<Path> file();

    /** Begins to read it. */
    Packed open() throws IOException;

    /** The text of a small file beside it; empty if there is none. */
    Optional<String> beside(String name);

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
