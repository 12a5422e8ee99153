package bramble.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a Raspberry Pi's config.txt, edited line by line: what isn't asked for stays as it is, comments and line ends
 * too. Where a setting stands several times in a section, the last one counts, as it does for the firmware.
 *
 * @see <a href="https://www.raspberrypi.com/documentation/computers/config_txt.html">The firmware's documentation</a>
 */
public final class ConfigTxt {
    /** The firmware leaves out what is behind this column. */
    public static final int LONGEST = 98;

    /** The section that a file begins with, and that counts for every board. */
    public static final String ALL = "all";

    private static final Pattern HEADER = Pattern.compile("\\s*\\[(.*)]\\s*");
    private static final Pattern MODEL = Pattern.compile("(pi|cm)\\d.*", Pattern.CASE_INSENSITIVE);
    private static final Pattern COMMENTED = Pattern.compile("\\s*#\\s*([\\w-]+=.*)");

    private final List<String> lines;
    private final String end;

    public ConfigTxt(String text) {
        this.end = text.contains("\r\n") ? "\r\n" : "\n";
        this.lines = new ArrayList<>(text.lines().toList());
    }

    public String text() {
        return lines.isEmpty() ? "" : String.join(end, lines) + end;
    }

    /** Has a setting have a value, or not be there. */
    public void set(String section, String key, Optional<String> value) {
        Predicate<String> same = line -> key(line).equals(key);
        if (value.isEmpty()) {
            remove(section, same);
            return;
        }
        put(section, key + "=" + value.get(), last(section, same).or(() -> commented(section, same)));
    }

    /** Has a parameter of the board's own device tree have a value, or not be there. Behind an overlay it would be the overlay's. */
    public void dtparam(String section, String name, Optional<String> value) {
        Predicate<String> same = line -> key(line).equals("dtparam") && parameters(line).containsKey(name);
        List<Integer> there = indices(section).stream().filter(i -> same.test(lines.get(i)) && ofTheBoard(i)).toList();
        if (value.isEmpty()) {
            there.reversed().forEach(i -> withoutParameter(i, name));
        } else if (!there.isEmpty()) {
            Map<String, String> all = parameters(lines.get(there.getLast()));
            all.put(name, value.get());
            lines.set(there.getLast(), "dtparam=" + joined(all));
        } else {
            String line = "dtparam=" + name + "=" + value.get();
            Optional<Integer> commented = commented(section, same).filter(this::ofTheBoard);
            int at = place(section);
            if (commented.isPresent() || ofTheBoard(at)) {
                put(section, line, commented);
                return;
            }
            int first = firstOverlay(section).orElse(at);
            if (ofTheBoard(first)) {
                lines.add(first, line);
            } else {
                lines.addAll(at, List.of("dtoverlay=", line)); // an empty one ends the parameters of the one before
            }
        }
    }

    private void withoutParameter(int index, String name) {
        Map<String, String> all = parameters(lines.get(index));
        all.remove(name);
        if (all.isEmpty()) {
            lines.remove(index);
        } else {
            lines.set(index, "dtparam=" + joined(all));
        }
    }

    /**
     * Has overlays be loaded with these parameters. One that is there with others gets these.
     *
     * @param overlays of one name, each as it stands behind {@code dtoverlay=}
     */
    public void overlays(String section, List<String> overlays) {
        String name = overlay(overlays.getFirst());
        var left = new ArrayList<>(overlays);
        var others = new ArrayList<Integer>();
        for (int i : indices(section)) {
            if (key(lines.get(i)).equals("dtoverlay") && overlay(value(lines.get(i))).equals(name)) {
                String there = value(lines.get(i));
                Optional<String> equal = left.stream().filter(one -> alike(one, there)).findFirst();
                equal.ifPresentOrElse(left::remove, () -> others.add(i));
            }
        }
        for (String overlay : left) {
            Optional<Integer> other = others.isEmpty()
                    ? commented(section, line -> key(line).equals("dtoverlay") && alike(value(line), overlay))
                    : Optional.of(others.removeFirst());
            put(section, "dtoverlay=" + overlay, other);
        }
    }

    /** Takes an overlay away, with the parameters that follow it. */
    public void withoutOverlay(String section, String overlay) {
        boolean whole = overlay.contains(",") || overlay.contains(":");
        for (int i : indices(section).reversed()) {
            String line = lines.get(i);
            if (key(line).equals("dtoverlay")
                    && (whole ? alike(value(line), overlay) : overlay(value(line)).equals(overlay))) {
                lines.remove(i);
                while (i < lines.size() && key(lines.get(i)).equals("dtparam")) {
                    lines.remove(i);
                }
            }
        }
    }

    /** The lines that the firmware would cut. */
    public List<String> tooLong() {
        return lines.stream().filter(line -> !key(line).isEmpty() && line.length() > LONGEST).toList();
    }

    private void remove(String section, Predicate<String> wanted) {
        indices(section).reversed().stream().filter(i -> wanted.test(lines.get(i))).forEach(i -> lines.remove((int) i));
    }

    private void put(String section, String line, Optional<Integer> inPlaceOf) {
        if (inPlaceOf.isEmpty()) {
            lines.add(place(section), line);
        } else if (!lines.get(inPlaceOf.get()).strip().equals(line)) {
            lines.set(inPlaceOf.get(), line);
        }
    }

    /** Where a new line of the section goes, which is made if it isn't there. */
    private int place(String section) {
        List<Integer> own = indices(section);
        int header = Math.max(header(section), own.isEmpty() ? -1 : own.getLast());
        if (header < 0 && !section.equals(ALL)) {
            if (!lines.isEmpty() && !lines.getLast().isBlank()) {
                lines.add("");
            }
            lines.add("[" + section + "]");
            return lines.size();
        }
        int at = header + 1;
        boolean last = at == lines.size();
        while (at > 0 && own.contains(at - 1)
                && (lines.get(at - 1).isBlank() || (!last && remark(lines.get(at - 1))))) {
            at--;
        }
        return at;
    }

    /** The last header of the section, if nothing stands below it; -1 for none. */
    private int header(String section) {
        int found = -1;
        var filters = new LinkedHashMap<String, String>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher header = HEADER.matcher(lines.get(i));
            if (header.matches()) {
                enter(filters, header.group(1).strip());
                found = name(filters).equals(section) ? i : found;
            }
        }
        return found;
    }

    /** A comment that is no setting. */
    private static boolean remark(String line) {
        return line.strip().startsWith("#") && !COMMENTED.matcher(line).matches();
    }

    /** The first overlay of the section's last part. */
    private Optional<Integer> firstOverlay(String section) {
        List<Integer> own = indices(section);
        Optional<Integer> first = Optional.empty();
        for (int i : own.reversed()) {
            first = key(lines.get(i)).equals("dtoverlay") ? Optional.of(i) : first;
            if (!own.contains(i - 1)) {
                break;
            }
        }
        return first;
    }

    private Optional<Integer> last(String section, Predicate<String> wanted) {
        return indices(section).stream().filter(i -> wanted.test(lines.get(i))).reduce((_, later) -> later);
    }

    /** The first line of the section that would be wanted if it were no comment. */
    private Optional<Integer> commented(String section, Predicate<String> wanted) {
        return indices(section).stream().filter(i -> {
            Matcher comment = COMMENTED.matcher(lines.get(i));
            return comment.matches() && wanted.test(comment.group(1));
        }).findFirst();
    }

    /** The lines of a section, without its headers. */
    private List<Integer> indices(String section) {
        var found = new ArrayList<Integer>();
        var filters = new LinkedHashMap<String, String>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher header = HEADER.matcher(lines.get(i));
            if (header.matches()) {
                enter(filters, header.group(1).strip());
            } else if (name(filters).equals(section)) {
                found.add(i);
            }
        }
        return found;
    }

    /** Filters of one kind take each other's place, those of several kinds hold together. */
    private static void enter(Map<String, String> filters, String header) {
        if (header.equals(ALL)) {
            filters.clear();
            return;
        }
        String kind = MODEL.matcher(header).matches()
                ? "model"
                : header.replaceFirst("(?i)^0x.*", "0x").replaceFirst("[=:].*", "");
        filters.remove(kind);
        filters.put(kind, header);
    }

    private static String name(Map<String, String> filters) {
        return filters.isEmpty() ? ALL : String.join("][", filters.values());
    }

    /** Whether a parameter before this line would be the board's own. */
    private boolean ofTheBoard(int index) {
        for (int i = index - 1; i >= 0; i--) {
            if (key(lines.get(i)).equals("dtoverlay")) {
                return value(lines.get(i)).isEmpty();
            }
        }
        return true;
    }

    /** What stands before the equals sign; empty for comments. The pins of {@code gpio} are part of it. */
    private static String key(String line) {
        String bare = line.strip();
        int equals = bare.indexOf('=');
        if (bare.startsWith("#") || equals < 0) {
            return "";
        }
        String key = bare.substring(0, equals).strip();
        int second = bare.indexOf('=', equals + 1);
        return key.equals("gpio") && second > 0 ? bare.substring(0, second) : key;
    }

    private static String value(String line) {
        return line.substring(line.indexOf('=') + 1).strip();
    }

    private static Map<String, String> parameters(String line) {
        return words(value(line));
    }

    private static Map<String, String> words(String text) {
        var words = new LinkedHashMap<String, String>();
        for (String word : text.split("[,:]", -1)) {
            int equals = word.indexOf('=');
            if (!word.isBlank()) {
                words.put(equals < 0 ? word.strip() : word.substring(0, equals).strip(),
                        equals < 0 ? "" : word.substring(equals + 1).strip());
            }
        }
        return words;
    }

    private static String joined(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(one -> one.getValue().isEmpty() ? one.getKey() : one.getKey() + "=" + one.getValue())
                .reduce((a, b) -> a + "," + b).orElse("");
    }

    /** The overlay's name. */
    public static String overlay(String text) {
        return text.split("[,:]", 2)[0].strip();
    }

    /** Whether the same overlay has the same parameters, in whatever order. */
    private static boolean alike(String one, String other) {
        return overlay(one).equals(overlay(other))
                && new TreeSet<>(words(one).entrySet().stream().map(Object::toString).toList())
                        .equals(new TreeSet<>(words(other).entrySet().stream().map(Object::toString).toList()));
    }
}
