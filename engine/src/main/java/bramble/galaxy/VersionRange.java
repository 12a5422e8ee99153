package bramble.galaxy;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which versions will do: {@code *}, {@code 1.2.3}, {@code >=1.0,<2.0}, {@code !=1.5}.
 *
 * @param text as it is written
 */
public record VersionRange(String text, List<Bound> bounds) {
    public static final VersionRange ANY = new VersionRange("*", List.of());

    private static final Pattern FORM = Pattern.compile("(==|=|!=|>=|<=|>|<)?\\s*(\\S+)");

    private record Bound(String operator, Version version) {
        boolean holds(Version other) {
            int order = other.compareTo(version);
            return switch (operator) {
                case "!=" -> order != 0;
                case ">=" -> order >= 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                case "<" -> order < 0;
                case String _ -> order == 0;
            };
        }
    }

    /**
     * Reads a range.
     *
     * @param of what the range is of, for the message where it can't be read
     */
    public static VersionRange of(String text, String of) {
        var bounds = new ArrayList<Bound>();
        for (String part : text.split(",", -1)) {
            String bound = part.strip();
            if (bound.isEmpty() || bound.equals("*")) {
                continue;
            }
            Matcher matcher = FORM.matcher(bound);
            Version version = matcher.matches() ? Version.of(matcher.group(2)).orElse(null) : null;
            if (version == null) {
                throw new ProblemException(Problem.error(Source.NONE,
                        "Tried to read the version \"" + text + "\" of " + of + ", but \"" + bound + "\" is none.",
                        "Write 1.2.3, or a range like >=1.0.0,<2.0.0."));
            }
            bounds.add(new Bound(matcher.group(1) == null ? "==" : matcher.group(1), version));
        }
        return bounds.isEmpty() ? ANY : new VersionRange(text.strip(), List.copyOf(bounds));
    }

    /** Whether a version will do; a pre-release only where one is named. */
    public boolean holds(Version version, boolean preReleases) {
        boolean wanted = preReleases || !version.preRelease()
                || bounds.stream().anyMatch(bound -> bound.operator.equals("==") || bound.operator.equals("="));
        return wanted && bounds.stream().allMatch(bound -> bound.holds(version));
    }
}
