package bramble.galaxy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of a collection, in the order of semantic versioning.
 *
 * @param numbers major, minor and patch
 * @param pre the parts of a pre-release; empty for a release
 * @param text as it is written
 * @see <a href="https://semver.org/spec/v2.0.0.html">Semantic Versioning 2.0.0</a>
 */
public record Version(List<BigInteger> numbers, List<String> pre, String text) implements Comparable<Version> {
    private static final Pattern FORM = Pattern
            .compile("v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:-([0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]+)?");

    /** A version, also one that leaves out its last numbers; empty for any other text. */
    public static Optional<Version> of(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String pre = matcher.group(4);
        return Optional.of(new Version(List.of(number(matcher.group(1)), number(matcher.group(2)),
                number(matcher.group(3))), pre == null ? List.of() : Arrays.asList(pre.split("\\.", -1)),
                text.strip()));
    }

    private static BigInteger number(@org.jspecify.annotations.Nullable String digits) {
        return digits == null ? BigInteger.ZERO : new BigInteger(digits);
    }

    public boolean preRelease() {
        return !pre.isEmpty();
    }

    @Override
    public int compareTo(Version other) {
        for (int i = 0; i < numbers.size(); i++) {
            int order = numbers.get(i).compareTo(other.numbers.get(i));
            if (order != 0) {
                return order;
            }
        }
        if (pre.isEmpty() || other.pre.isEmpty()) {
            return Boolean.compare(pre.isEmpty(), other.pre.isEmpty());
        }
        for (int i = 0; i < Math.min(pre.size(), other.pre.size()); i++) {
            int order = comparePart(pre.get(i), other.pre.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(pre.size(), other.pre.size());
    }

    private static int comparePart(String a, String b) {
        boolean numberA = a.matches("\\d+");
        boolean numberB = b.matches("\\d+");
        if (numberA && numberB) {
            return new BigInteger(a).compareTo(new BigInteger(b));
        }
        return numberA == numberB ? a.compareTo(b) : numberA ? -1 : 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Version version && compareTo(version) == 0;
    }

    @Override
    public int hashCode() {
        return 31 * numbers.hashCode() + pre.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
