package bramble.modules.packages;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A package as playbooks ask for it: {@code nginx}, {@code nginx=1.22*}, {@code libc6:armhf}, {@code nginx>=1.20},
 * {@code nginx/bookworm-backports}, {@code python3-*}.
 *
 * @param text as it was written
 * @param name may hold wildcards
 * @param version empty for any; may hold wildcards
 * @param least the oldest version that will do
 */
record AptSpec(String text, String name, Optional<String> architecture, Optional<String> version,
        Optional<DebianVersion> least) {
    private static final Pattern FORM = Pattern.compile("([^=<>/:]+)(?::([a-z0-9-]+))?(?:(>?=)(.+)|/(.+))?");

    static AptSpec of(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return new AptSpec(text, text, Optional.empty(), Optional.empty(), Optional.empty());
        }
        boolean exact = "=".equals(matcher.group(3));
        return new AptSpec(text, matcher.group(1), Optional.ofNullable(matcher.group(2)),
                exact ? Optional.of(matcher.group(4)) : Optional.empty(),
                ">=".equals(matcher.group(3)) ? Optional.of(new DebianVersion(matcher.group(4))) : Optional.empty());
    }

    boolean wild() {
        return name.matches(".*[*?\\[].*");
    }

    /** What apt-get is given: it has no {@code >=}. */
    String argument() {
        return text.replaceFirst(">=.*", "");
    }

    /** What dpkg-query is asked for. */
    String query() {
        return name + architecture.map(a -> ":" + a).orElse("");
    }

    /** Whether it is about packages of that name. */
    boolean names(String other) {
        return glob(name).matcher(other).matches();
    }

    boolean fits(AptState.Installed installed) {
        return glob(name).matcher(installed.name()).matches()
                && architecture.map(a -> installed.architecture().isEmpty() || a.equals(installed.architecture()))
                        .orElse(true)
                && version.map(v -> installed.version().isEmpty() || glob(v).matcher(installed.version()).matches())
                        .orElse(true)
                && recent(installed.version());
    }

    /** Whether a version isn't older than it may be; one that isn't known yet is not. */
    boolean recent(String version) {
        return version.isEmpty() || version.equals("?")
                || least.map(l -> new DebianVersion(version).compareTo(l) >= 0).orElse(true);
    }

    private static Pattern glob(String glob) {
        var regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                case '[', ']' -> regex.append(c);
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString());
    }
}
