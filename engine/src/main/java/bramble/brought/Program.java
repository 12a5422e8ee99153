package bramble.brought;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A module's file, as its first bytes tell: how it is started and how it wants its arguments.
 *
 * @param interpreter of its first line, with its words; empty for a binary
 */
record Program(Style style, List<String> interpreter, byte[] bytes) {
    private static final String REPLACED = "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>";
    private static final int LOOKED_AT = 1024;

    /** How a module wants its arguments. */
    enum Style {
        /** In a file, as JSON below {@code ANSIBLE_MODULE_ARGS}: Python that uses ansible's module_utils. */
        ANSIBLE_MODULE,
        /** In a file, as JSON. */
        JSON_FILE,
        /** In its own text, as JSON. */
        IN_TEXT,
        /** In a file, as key=value words. */
        WORDS_FILE
    }

    static Program of(byte[] bytes) {
        boolean binary = binary(bytes);
        String text = binary ? "" : new String(bytes, StandardCharsets.UTF_8);
        Style style = binary || text.contains("WANT_JSON")
                ? Style.JSON_FILE
                : text.contains(REPLACED)
                        ? Style.IN_TEXT
                        : text.contains("ansible.module_utils") || text.contains("ansible_collections.")
                                ? Style.ANSIBLE_MODULE
                                : Style.WORDS_FILE;
        return new Program(style, binary ? List.of() : interpreter(text, style), bytes);
    }

    private static boolean binary(byte[] bytes) {
        for (int i = 0; i < Math.min(bytes.length, LOOKED_AT); i++) {
            if (bytes[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private static List<String> interpreter(String text, Style style) {
        if (!text.startsWith("#!")) {
            return style == Style.ANSIBLE_MODULE ? List.of("/usr/bin/python") : List.of();
        }
        String line = text.substring(2, text.indexOf('\n') < 0 ? text.length() : text.indexOf('\n')).strip();
        return line.isEmpty() ? List.of() : Arrays.asList(line.split("\\s+", -1));
    }

    /** {@code python3} of {@code #!/usr/bin/python3} and of {@code #!/usr/bin/env python3}. */
    Optional<String> interpreterName() {
        return interpreter.stream().map(word -> word.substring(word.lastIndexOf('/') + 1))
                .filter(word -> !word.equals("env") && !word.startsWith("-")).findFirst();
    }

    boolean python() {
        return interpreterName().filter(name -> name.startsWith("python")).isPresent();
    }

    /** The file's content with the arguments in it, where it wants them there. */
    byte[] with(String json) {
        return style == Style.IN_TEXT
                ? new String(bytes, StandardCharsets.UTF_8).replace(REPLACED, json).getBytes(StandardCharsets.UTF_8)
                : bytes;
    }
}
