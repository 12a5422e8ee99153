package bramble.modules.keys;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A key or certificate between BEGIN and END lines (RFC 7468, and RFC 1421 for the headers of encrypted ones).
 *
 * @param label what it is: {@code CERTIFICATE}
 */
record Pem(String label, Map<String, String> headers, byte[] bytes) {
    private static final Pattern BLOCK = Pattern
            .compile(
                    "-----BEGIN ([A-Z0-9 ]+)-----\\s*\\n((?:[\\w-]+:[^\\n]*\\n)*)([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final int WIDTH = 64;
    private static final int SSH_WIDTH = 70; // as ssh-keygen writes its own

    Pem {
        headers = Map.copyOf(headers);
    }

    Pem(String label, byte[] bytes) {
        this(label, Map.of(), bytes);
    }

    /** All blocks in a text. */
    static List<Pem> all(String text) {
        var all = new ArrayList<Pem>();
        Matcher matcher = BLOCK.matcher(text.replace("\r\n", "\n"));
        while (matcher.find()) {
            Map<String, String> headers = new LinkedHashMap<>();
            matcher.group(2).lines().forEach(line -> headers.put(line.substring(0, line.indexOf(':')),
                    line.substring(line.indexOf(':') + 1).strip()));
            try {
                all.add(new Pem(matcher.group(1), headers, Base64.getMimeDecoder().decode(matcher.group(3))));
            } catch (IllegalArgumentException _) {
                // no base64: as good as nothing
            }
        }
        return all;
    }

    /** The first block in a file whose label ends so. */
    static Optional<Pem> first(byte[] file, String label) {
        return all(new String(file, StandardCharsets.ISO_8859_1)).stream().filter(pem -> pem.label.endsWith(label))
                .findFirst();
    }

    /** @param first headers come in this order */
    String text(String... first) {
        var text = new StringBuilder("-----BEGIN " + label + "-----\n");
        for (String name : first) {
            text.append(name).append(": ").append(headers.get(name)).append('\n');
        }
        if (first.length > 0) {
            text.append('\n');
        }
        int width = label.startsWith("OPENSSH") ? SSH_WIDTH : WIDTH;
        String base64 = Base64.getEncoder().encodeToString(bytes);
        for (int at = 0; at < base64.length(); at += width) {
            text.append(base64, at, Math.min(base64.length(), at + width)).append('\n');
        }
        return text.append("-----END " + label + "-----\n").toString();
    }
}
