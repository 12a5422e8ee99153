package bramble.modules.system;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Locale;
import java.util.Optional;

/** Asks whether programs may use a locale; empty where the node has no way to make locales. */
record LocaleFact(String name) implements Fact<Optional<LocaleFact.Found>> {
    /** Whether it is there, or only could be made. */
    record Found(boolean made, boolean supported) {}

    @Override
    public Sh script() {
        return Sh.of(
                """
                        command -v locale-gen >/dev/null 2>&1 || exit 0
                        echo tool; locale -a 2>/dev/null
                        echo supported; while read -r b_n b_x; do [ "$b_n" != {} ] || echo "$b_n"; done </usr/share/i18n/SUPPORTED""",
                name);
    }

    @Override
    public Optional<Found> parse(Answer answer) {
        var lines = answer.text().lines().toList();
        int supported = lines.indexOf("supported");
        return lines.isEmpty() || supported < 0
                ? Optional.empty()
                : Optional.of(new Found(
                        lines.subList(1, supported).stream().anyMatch(line -> normal(line).equals(normal(name))),
                        lines.size() > supported + 1));
    }

    /** {@code de_DE.UTF-8} and {@code de_DE.utf8} are one. */
    private static String normal(String locale) {
        int dot = locale.indexOf('.');
        if (dot < 0) {
            return locale;
        }
        int at = locale.indexOf('@', dot);
        String charset = locale.substring(dot, at < 0 ? locale.length() : at);
        return locale.substring(0, dot) + charset.toLowerCase(Locale.ROOT).replace("-", "")
                + (at < 0 ? "" : locale.substring(at));
    }
}
