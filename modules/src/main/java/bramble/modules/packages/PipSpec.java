package bramble.modules.packages;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A package as pip is told of it: {@code requests[socks]>=2.0,<3}.
 *
 * @param text as it was given
 * @param name as PEP 503 writes it; empty for an address, a path, or what else only pip understands
 * @param versions conditions, separated by commas
 */
record PipSpec(String text, String name, String versions) {
    private static final Pattern FORM = Pattern
            .compile("([A-Za-z0-9][A-Za-z0-9._-]*)\\s*(?:\\[[^]]*])?\\s*\\(?([<>=!~][^;@)]*)?\\)?");
    private static final Pattern CONDITION = Pattern.compile("(===|==|!=|<=|>=|~=|<|>)\\s*(\\S+)");

    static PipSpec of(String text) {
        Matcher form = FORM.matcher(text.strip());
        return form.matches() && !text.contains("/")
                ? new PipSpec(text.strip(), normal(form.group(1)),
                        Optional.ofNullable(form.group(2)).orElse("").strip())
                : new PipSpec(text.strip(), "", "");
    }

    static String normal(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-");
    }

    boolean known() {
        return !name.isEmpty();
    }

    /** The version that it asks for, if it asks for just one. */
    Optional<String> pinned() {
        return versions.startsWith("==") && !versions.contains(",") && !versions.endsWith("*")
                ? Optional.of(versions.replaceFirst("^=+\\s*", ""))
                : Optional.empty();
    }

    /** Whether that installed version will do; any will that this run would install. */
    boolean takes(String version) {
        return version.equals(PipFact.COMING) || versions.isEmpty()
                || List.of(versions.split(",", -1)).stream().allMatch(one -> holds(one.strip(), version));
    }

    private static boolean holds(String condition, String version) {
        Matcher form = CONDITION.matcher(condition);
        if (!form.matches()) {
            return false;
        }
        String wanted = form.group(2);
        boolean wild = wanted.endsWith(".*");
        String bare = wild ? wanted.substring(0, wanted.length() - 2) : wanted;
        Optional<PythonVersion> left = PythonVersion.of(version);
        Optional<PythonVersion> right = PythonVersion.of(bare);
        if (form.group(1).equals("===") || left.isEmpty() || right.isEmpty()) {
            return version.equals(wanted);
        }
        int numbers = bare.split("\\.", -1).length;
        int order = left.get().compareTo(right.get());
        return switch (form.group(1)) {
            case "==" -> wild ? left.get().startsWith(right.get(), numbers) : order == 0;
            case "!=" -> wild ? !left.get().startsWith(right.get(), numbers) : order != 0;
            case "<=" -> order <= 0;
            case ">=" -> order >= 0;
            case "<" -> order < 0;
            case ">" -> order > 0;
            default -> order >= 0 && left.get().startsWith(right.get(), numbers - 1); // ~=
        };
    }
}
