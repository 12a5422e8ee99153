package bramble.modules.network;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Asks how ufw is set, by its files, which costs no process of it; empty where the node has none. */
record UfwFact() implements Fact<Optional<UfwFact.Settings>> {
    static final Sh RULES = Sh.raw(
            "grep -H '^### tuple' /etc/ufw/user.rules /etc/ufw/user6.rules /lib/ufw/user.rules /lib/ufw/user6.rules 2>/dev/null");

    /**
     * How it is set.
     *
     * @param logging off, low, medium, high or full
     * @param policies allow, deny or reject by incoming, outgoing and routed
     * @param rules how many there are for IPv4, and for IPv6
     */
    record Settings(boolean enabled, String logging, Map<String, String> policies, int rules, int rules6) {
        Settings {
            policies = Map.copyOf(policies);
        }

        Settings enabled(boolean on) {
            return new Settings(on, logging, policies, rules, rules6);
        }

        Settings logging(String level) {
            return new Settings(enabled, level, policies, rules, rules6);
        }

        Settings policy(String direction, String policy) {
            Map<String, String> changed = new TreeMap<>(policies);
            changed.put(direction, policy);
            return new Settings(enabled, logging, changed, rules, rules6);
        }
    }

    @Override
    public Sh script() {
        return Sh.of(
                """
                        command -v ufw >/dev/null || exit 0
                        echo tool
                        while IFS= read -r b_l; do printf '%s\\n' "$b_l"; done </etc/ufw/ufw.conf
                        while IFS= read -r b_l; do case $b_l in DEFAULT_*) printf '%s\\n' "$b_l" ;; esac; done </etc/default/ufw
                        {}; :""",
                RULES);
    }

    @Override
    public Optional<Settings> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (!lines.contains("tool")) {
            return Optional.empty();
        }
        Map<String, String> values = new TreeMap<>();
        lines.stream().filter(line -> line.matches("[A-Z_]+=.*")).map(line -> line.split("=", 2))
                .forEach(pair -> values.put(pair[0], pair[1].replace("\"", "").strip().toLowerCase(Locale.ROOT)));
        Map<String, String> policies = new TreeMap<>();
        Map.of("incoming", "INPUT", "outgoing", "OUTPUT", "routed", "FORWARD").forEach((direction, chain) -> policies
                .put(direction, word(values.getOrDefault("DEFAULT_" + chain + "_POLICY", "drop"))));
        List<String> rules = lines.stream().filter(line -> line.contains(":### tuple")).toList();
        int six = (int) rules.stream().filter(UfwFact::six).count();
        return Optional.of(new Settings(values.getOrDefault("ENABLED", "no").equals("yes"),
                values.getOrDefault("LOGLEVEL", "low"), policies, rules.size() - six, six));
    }

    /** Whether a line of {@link #RULES} is about IPv6. */
    static boolean six(String line) {
        return line.contains("/user6.rules:");
    }

    private static String word(String policy) {
        return switch (policy) {
            case "accept" -> "allow";
            case "reject" -> "reject";
            default -> "deny";
        };
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a UfwFact
    public Maybe<Optional<Settings>> after(Effect.Becomes<?> effect, Optional<Settings> current) {
        return Maybe.known(effect.fact() instanceof UfwFact ? (Optional<Settings>) effect.value() : current);
    }
}
