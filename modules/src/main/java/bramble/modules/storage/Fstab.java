package bramble.modules.storage;

import java.util.ArrayList;
import java.util.List;

/** The lines of /etc/fstab: what is to be mounted where. */
record Fstab(List<String> lines) {
    Fstab {
        lines = List.copyOf(lines);
    }

    /** One line's fields, as people write them. */
    record Entry(String source, String path, String type, String options, String dump, String pass) {
        /** For swap, which is mounted nowhere, the source tells entries apart. */
        private boolean same(Entry other) {
            return path.equals(other.path)
                    && (!(path.equals("none") || path.equals("swap")) || source.equals(other.source));
        }

        private String line() {
            return String.join(" ", escaped(source), escaped(path), escaped(type), escaped(options), dump, pass);
        }
    }

    static Fstab of(String text) {
        return new Fstab(text.lines().toList());
    }

    private static List<Entry> entry(String line) {
        int comment = line.indexOf(" #");
        String[] words = (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+", -1);
        if (line.isBlank() || line.strip().startsWith("#") || words.length < 4 || words.length > 6) {
            return List.of();
        }
        return List.of(new Entry(unescaped(words[0]), unescaped(words[1]), unescaped(words[2]), unescaped(words[3]),
                words.length > 4 ? words[4] : "0", words.length > 5 ? words[5] : "0"));
    }

    /** With that entry in the place of those for the same path; at the end if there is none. */
    Fstab with(Entry wanted) {
        var changed = new ArrayList<String>();
        boolean there = false;
        for (String line : lines) {
            List<Entry> entry = entry(line);
            boolean same = !entry.isEmpty() && entry.getFirst().same(wanted);
            there |= same;
            int comment = line.indexOf(" #");
            changed.add(!same || entry.getFirst().equals(wanted)
                    ? line
                    : wanted.line() + (comment < 0 ? "" : line.substring(comment)));
        }
        if (!there) {
            changed.add(wanted.line());
        }
        return new Fstab(changed);
    }

    /** Without entries for that path; for swap, which has none, without those of that source. */
    Fstab without(String path, String source) {
        var gone = new Entry(source, path, "", "", "", "");
        return new Fstab(lines.stream()
                .filter(line -> entry(line).stream().noneMatch(entry -> entry.same(gone))).toList());
    }

    String text() {
        return lines.stream().map(line -> line + "\n").reduce("", String::concat);
    }

    /** Blanks and backslashes are octal numbers in fields. */
    static String unescaped(String field) {
        return field.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
    }

    private static String escaped(String field) {
        return field.replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011").replace("\n", "\\012");
    }
}
