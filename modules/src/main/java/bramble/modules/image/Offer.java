package bramble.modules.image;

import bramble.image.Amount;
import bramble.image.Checksum;
import bramble.image.Origin;
import bramble.image.Unpacking;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An image as it is found.
 *
 * @param key tells it apart from any other: its checksum, or where there is none what its server says of its version
 * @param atLeast how many bytes it has at the least, unpacked
 * @param problem why it can't be written; the rest is without meaning then
 */
record Offer(String key, String kind, long atLeast, Optional<Checksum> checksum, Optional<String> problem) {
    private static final int BEGIN = 512;

    static Origin origin(String word) {
        return Origin.of(word, Path.of("/"), new bramble.web.Proxies(System.getenv()));
    }

    /** What it is called in messages: an address without user and password. */
    static String shown(String word) {
        return word.replaceFirst("^(https?://)[^/?#]*@", "$1");
    }

    /**
     * Looks at it.
     *
     * @param given the checksum that it shall have, if anybody said one
     * @param more what has to be right besides
     */
    static Offer of(String image, Optional<Checksum> given, boolean anything, Runnable more) {
        try {
            more.run();
            return of(origin(image), image, given, anything);
        } catch (ProblemException e) {
            return failed(e);
        }
    }

    /** @param image what it is called */
    static Offer of(Origin origin, String image, Optional<Checksum> given, boolean anything) {
        try {
            Optional<Checksum> wanted = given.or(() -> Checksum.beside(origin));
            boolean local = origin.file().isPresent();
            Optional<Checksum> right = local
                    ? Optional.of(wanted.isPresent() ? checked(wanted.get(), origin) : Checksum.of(origin))
                    : wanted;
            try (var unpacking = new Unpacking(origin, Optional.empty())) {
                ByteBuffer first = ByteBuffer.allocate(BEGIN);
                unpacking.read(first);
                if (unpacking.mistake().isPresent()) {
                    throw unpacking.mistake().get();
                }
                if (first.position() < BEGIN) {
                    return failed("Tried to read " + shown(image) + ", but it ends after " + Amount.of(first.position())
                            + ": it is no image.");
                }
                if (!anything && ((first.get(510) & 0xff) != 0x55 || (first.get(511) & 0xff) != 0xaa)) {
                    return failed("Tried to find a partition table at the beginning of " + shown(image)
                            + ", but there is none. Is it an image of a disk? If it is, of a kind that has none: force.");
                }
                String version = HexFormat.of().formatHex(Note.sha256()
                        .digest(unpacking.version().getBytes(StandardCharsets.UTF_8)));
                return new Offer(right.map(Checksum::toString).orElse("version:" + version),
                        unpacking.kind().shown(), Math.max(unpacking.size(), unpacking.atLeast()), right,
                        Optional.empty());
            }
        } catch (ProblemException e) {
            return failed(e);
        } catch (IOException e) {
            return failed("Tried to read " + shown(image) + ", but " + bramble.problem.FileTrouble.why(e) + ".");
        }
    }

    private static Checksum checked(Checksum wanted, Origin origin) throws IOException {
        wanted.check(origin, _ -> {});
        return wanted;
    }

    static String sentence(Problem problem) {
        return (problem.summary() + " " + problem.hint()).strip();
    }

    private static Offer failed(ProblemException e) {
        return failed(e.problems().stream().map(Offer::sentence).collect(Collectors.joining(" ")));
    }

    static Offer failed(String why) {
        return new Offer("", "", 0, Optional.empty(), Optional.of(why));
    }
}
