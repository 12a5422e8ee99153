package bramble.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands in a card's first sector, where the partition table will be, until all else is written and found right: no machine starts from
 * such a card, and whoever writes the same image again knows how far the last one came.
 *
 * @param image tells which image it is
 * @param done how many bytes are on the card for sure
 */
public record Marker(String image, long done) {
    public static final int SIZE = 512;
    private static final String TITLE = "Bramble has not yet written this card to its end.\n";
    private static final Pattern FORM = Pattern.compile(TITLE + "image ([0-9a-f]{64})\ndone (\\d{1,18})\n\0*");

    /** A sector of it. */
    public byte[] bytes() {
        return Arrays.copyOf((TITLE + "image " + image + "\ndone " + done + "\n").getBytes(StandardCharsets.US_ASCII),
                SIZE);
    }

    /**
     * Reads it; empty where there is none.
     *
     * @param begin the card's first bytes, a sector or more
     */
    public static Optional<Marker> read(byte[] begin) {
        Matcher found = FORM.matcher(new String(begin, 0, SIZE, StandardCharsets.ISO_8859_1));
        return found.matches()
                ? Optional.of(new Marker(found.group(1), Long.parseLong(found.group(2))))
                : Optional.empty();
    }
}
