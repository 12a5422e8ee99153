package bramble.modules.network;

import bramble.modules.files.DigestFact;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A digest that a file must have.
 *
 * @param algorithm its name in Java
 * @param hex in lower case
 */
record Checksum(String algorithm, String hex) {
    private static final List<String> ALGORITHMS = List.of("md5", "sha1", "sha224", "sha256", "sha384", "sha512");

    /** The algorithm's name in Java; nothing for what Ansible doesn't know either. */
    static Optional<String> algorithm(String name) {
        String small = name.toLowerCase(Locale.ROOT).replace("-", "").strip();
        return ALGORITHMS.contains(small)
                ? Optional.of(small.equals("md5") ? "MD5" : "SHA-" + small.substring(3))
                : Optional.empty();
    }

    static String names() {
        return String.join(", ", ALGORITHMS);
    }

    static Checksum of(String algorithm, String text) {
        return new Checksum(algorithm, text.replaceAll("\\W+", "").toLowerCase(Locale.ROOT));
    }

    boolean isOf(DigestFact.Digest digest) {
        return digest.algorithm().equals(algorithm) && digest.hex().equals(hex);
    }

    /** The program that counts it. */
    String program() {
        return program(algorithm);
    }

    static String program(String algorithm) {
        return algorithm.replace("-", "").toLowerCase(Locale.ROOT) + "sum";
    }

    /** The sum that a list of checksums has for a file; a list of one sum is about any file. */
    static Optional<String> listed(String list, String file) {
        List<String[]> lines = list.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(line -> line.split("\\s+", 2)).toList();
        if (lines.size() == 1 && lines.getFirst().length == 1) {
            return Optional.of(lines.getFirst()[0]);
        }
        return lines.stream().filter(words -> words.length == 2)
                .filter(words -> words[1].replaceFirst("^[*]?(\\./)?", "").equals(file)
                        || words[1].endsWith("/" + file))
                .map(words -> words[0]).findFirst();
    }
}
