package bramble.modules.packages;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A version as Python packages have it, in the order that PEP 440 gives: {@code 1.0.dev1 < 1.0a1 < 1.0 < 1.0.post1}.
 *
 * @param release the numbers, without zeros at the end
 * @param pre the rank of a, b or rc with its number; a version without one ranks above
 * @param post -1 where it is none
 * @param dev the greatest number where it is none
 */
record PythonVersion(long epoch, List<Long> release, List<Long> pre, long post, long dev)
        implements
            Comparable<PythonVersion> {
    private static final Pattern FORM = Pattern.compile("v?(?:(\\d+)!)?(\\d+(?:\\.\\d+)*)"
            + "(?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?(\\d*))?"
            + "(?:-(\\d+)|[-_.]?(post|rev|r)[-_.]?(\\d*))?(?:[-_.]?(dev)[-_.]?(\\d*))?(?:\\+[a-z0-9._-]+)?");

    /** Nothing where the text is none. */
    static Optional<PythonVersion> of(String text) {
        Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            return Optional.empty();
        }
        var release = new ArrayList<Long>();
        for (String part : form.group(2).split("\\.", -1)) {
            release.add(Long.valueOf(part));
        }
        while (release.size() > 1 && release.getLast() == 0) {
            release.removeLast();
        }
        boolean post = form.group(5) != null || form.group(6) != null;
        boolean dev = form.group(8) != null;
        boolean early = dev && !post && form.group(3) == null;
        return Optional.of(new PythonVersion(number(form.group(1)), List.copyOf(release),
                List.of(rank(form.group(3), early), number(form.group(4))),
                post ? number(form.group(5) != null ? form.group(5) : form.group(7)) : -1,
                dev ? number(form.group(9)) : Long.MAX_VALUE));
    }

    private static long number(@Nullable String digits) {
        return digits == null || digits.isEmpty() ? 0 : Long.parseLong(digits);
    }

    private static long rank(@Nullable String word, boolean early) {
        return switch (word == null ? "" : word) {
            case "" -> early ? 0 : 4;
            case "a", "alpha" -> 1;
            case "b", "beta" -> 2;
            default -> 3;
        };
    }

    @Override
    public int compareTo(PythonVersion other) {
        int order = Long.compare(epoch, other.epoch);
        for (int i = 0; order == 0 && i < Math.max(release.size(), other.release.size()); i++) {
            order = Long.compare(part(i), other.part(i));
        }
        order = order != 0 ? order : Long.compare(pre.getFirst(), other.pre.getFirst());
        order = order != 0 ? order : Long.compare(pre.getLast(), other.pre.getLast());
        order = order != 0 ? order : Long.compare(post, other.post);
        return order != 0 ? order : Long.compare(dev, other.dev);
    }

    private long part(int at) {
        return at < release.size() ? release.get(at) : 0;
    }

    /** Whether the first numbers are those. */
    boolean startsWith(PythonVersion prefix, int numbers) {
        for (int i = 0; i < numbers; i++) {
            if (part(i) != prefix.part(i)) {
                return false;
            }
        }
        return epoch == prefix.epoch;
    }
}
