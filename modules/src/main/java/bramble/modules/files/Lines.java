package bramble.modules.files;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Texts as lists of lines that keep their line ends; the last may have none. */
final class Lines {
    private Lines() {}

    static List<String> of(String text) {
        var lines = new ArrayList<String>();
        for (int from = 0; from < text.length();) {
            int end = text.indexOf('\n', from) + 1;
            int to = end == 0 ? text.length() : end;
            lines.add(text.substring(from, to));
            from = to;
        }
        return lines;
    }

    /** A line without its end. */
    static String bare(String line) {
        int end = line.length();
        while (end > 0 && (line.charAt(end - 1) == '\n' || line.charAt(end - 1) == '\r')) {
            end--;
        }
        return line.substring(0, end);
    }

    /** The index of the last line, or the first, that is wanted; -1 for none. */
    static int find(List<String> lines, Predicate<String> wanted, boolean first) {
        int found = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (wanted.test(lines.get(i))) {
                found = i;
                if (first) {
                    return found;
                }
            }
        }
        return found;
    }

    /** The text with more lines in it; the line before them gets an end if it has none. */
    static String inserted(List<String> lines, int index, List<String> more) {
        var all = new ArrayList<String>(lines);
        if (index > 0 && !more.isEmpty() && !all.get(index - 1).endsWith("\n")) {
            all.set(index - 1, all.get(index - 1) + "\n");
        }
        all.addAll(index, more);
        return String.join("", all);
    }
}
