package bramble.problem;

/**
 * One thing that is wrong, or worth a warning, in what the user wrote.
 *
 * @param summary one sentence: what was tried and what stood in the way
 * @param hint what to do: the valid choices, the nearest right name; empty where there is nothing to say
 */
public record Problem(Severity severity, Source source, String summary, String hint) {
    /** How bad it is. */
    public enum Severity {
        WARNING,
        ERROR
    }

    public static Problem error(Source source, String summary) {
        return new Problem(Severity.ERROR, source, summary, "");
    }

    public static Problem error(Source source, String summary, String hint) {
        return new Problem(Severity.ERROR, source, summary, hint);
    }

    public static Problem warning(Source source, String summary, String hint) {
        return new Problem(Severity.WARNING, source, summary, hint);
    }

    /** The summary and the hint, on one line. */
    public String sentences() {
        if (hint.isEmpty()) {
            return summary;
        }
        return ".!?:".indexOf(summary.charAt(summary.length() - 1)) >= 0
                ? summary + " " + hint
                : summary + " (" + hint + ")";
    }

    @Override
    public String toString() {
        String place = source.toString();
        return (place.isEmpty() ? "" : place + ": ") + sentences();
    }
}
