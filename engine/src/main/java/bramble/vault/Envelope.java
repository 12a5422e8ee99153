package bramble.vault;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * Vault data as it stands in a file: the header line, and in hexadecimal the salt, the checksum and the encrypted text.
 *
 * @param label the vault id that encrypted it; empty for format 1.1, which does not tell
 */
record Envelope(String label, byte[] salt, byte[] hmac, byte[] encrypted) {
    static final String MARK = "$ANSIBLE_VAULT";
    private static final String CIPHER = "AES256";
    private static final int LINE = 80;
    private static final HexFormat HEX = HexFormat.of();

    /** @throws ProblemException where the text is no vault data, or is damaged */
    static Envelope parse(String text, Source source) {
        List<String> lines = text.strip().lines().map(String::strip).toList();
        String[] header = (lines.isEmpty() ? "" : lines.getFirst()).split(";", -1);
        if (header.length < 3 || !header[0].equals(MARK)) {
            throw refused(source, "it does not begin with a vault header",
                    "Expected a first line like $ANSIBLE_VAULT;1.1;AES256.");
        }
        boolean labelled = header[1].equals("1.2");
        if (!labelled && !header[1].equals("1.1")) {
            throw refused(source, "its format is version " + header[1], "Versions 1.1 and 1.2 can be opened.");
        }
        if (!header[2].equals(CIPHER)) {
            throw refused(source, "it is encrypted with " + header[2], "Only " + CIPHER + " can be opened.");
        }
        try {
            String body = new String(HEX.parseHex(String.join("", lines.subList(1, lines.size()))),
                    StandardCharsets.US_ASCII);
            String[] parts = body.split("\n", -1);
            if (parts.length != 3) {
                throw refused(source, "a part of it is missing", "Expected a salt, a checksum and the encrypted text.");
            }
            if (parts[0].isEmpty()) {
                throw refused(source, "its salt is empty", "Was it edited?");
            }
            return new Envelope(labelled && header.length > 3 ? header[3] : "", HEX.parseHex(parts[0]),
                    HEX.parseHex(parts[1]), HEX.parseHex(parts[2]));
        } catch (IllegalArgumentException _) {
            throw refused(source, "what follows its header is damaged",
                    "Expected hexadecimal digits only: was it cut, or edited?");
        }
    }

    /** The text form, with a line end after each line; 1.2 where there is a label. */
    String text() {
        String body = HEX
                .formatHex(String.join("\n", HEX.formatHex(salt), HEX.formatHex(hmac), HEX.formatHex(encrypted))
                        .getBytes(StandardCharsets.US_ASCII));
        var text = new StringBuilder(MARK).append(label.isEmpty() ? ";1.1;" + CIPHER : ";1.2;" + CIPHER + ";" + label)
                .append('\n');
        for (int i = 0; i < body.length(); i += LINE) {
            text.append(body, i, Math.min(body.length(), i + LINE)).append('\n');
        }
        return text.toString();
    }

    private static ProblemException refused(Source source, String why, String hint) {
        return new ProblemException(Problem.error(source, "Tried to decrypt vault data, but " + why + ".", hint));
    }
}
