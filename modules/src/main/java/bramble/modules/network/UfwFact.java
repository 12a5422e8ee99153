package bramble.modules.network;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.Lacking;
import bramble.modules.packages.Coming;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Asks how ufw is set, by its files, which costs no process of it. Debian's package sets it as {@link #NEW}, where nothing is left of an
 * earlier one.
 */
record UfwFact() implements Fact<UfwFact.Told> {
    private static final Settings NEW = new Settings(false, "low",
            Map.of("incoming", "deny", "outgoing", "allow", "routed", "deny"), 0, 0);

    /** Ends where there is no ufw, and says whether an earlier one has left files. */
    static final Sh ABSENT = Sh
            .raw("""
                    command -v ufw >/dev/null || {
                      for b_f in /etc/ufw/ufw.conf /etc/ufw/user.rules /lib/ufw/user.rules /etc/default/ufw; do [ ! -e $b_f ] || echo left; done
                      exit 0
                    }""");

    static final Sh RULES = Sh.raw(
            "grep -H '^### tuple' /etc/ufw/user.rules /etc/ufw/user6.rules /lib/ufw/user.rules /lib/ufw/user6.rules 2>/dev/null");

    /**
     * What the node tells.
     *
     * @param settings empty where the node has no ufw
     * @param left whether there are files of it all the same
     */
    record Told(Optional<Settings> settings, boolean left) implements Lacking {
        static Told of(Settings settings) {
            return new Told(Optional.of(settings), false);
        }

        @Override
        public boolean lacking() {
            return settings.isEmpty();
        }

        @Override
        public Optional<String> bringer() {
            return Optional.of("ufw");
        }
    }

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
                        {}
                        echo tool
                        while IFS= read -r b_l; do printf '%s\\n' "$b_l"; done </etc/ufw/ufw.conf
                        while IFS= read -r b_l; do case $b_l in DEFAULT_*) printf '%s\\n' "$b_l" ;; esac; done </etc/default/ufw
                        {}; :""",
                ABSENT, RULES);
    }

    @Override
    public Told parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (!lines.contains("tool")) {
            return new Told(Optional.empty(), lines.contains("left"));
        }
        Map<String, String> values = new TreeMap<>();
        lines.stream().filter(line -> line.matches("[A-Z_]+=.*")).map(line -> line.split("=", 2))
                .forEach(pair -> values.put(pair[0], pair[1].replace("\"", "").strip().toLowerCase(Locale.ROOT)));
        Map<String, String> policies = new TreeMap<>();
        Map.of("incoming", "INPUT", "outgoing", "OUTPUT", "routed", "FORWARD").forEach((direction, chain) -> policies
                .put(direction, word(values.getOrDefault("DEFAULT_" + chain + "_POLICY", "drop"))));
        List<String> rules = lines.stream().filter(line -> line.contains(":### tuple")).toList();
        int six = (int) rules.stream().filter(UfwFact::six).count();
        return Told.of(new Settings(values.getOrDefault("ENABLED", "no").equals("yes"),
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
    public Maybe<Told> after(Effect.Becomes<?> effect, Told current) {
        return Maybe.known(effect.fact() instanceof UfwFact && effect.value() instanceof Told told
                ? told
                : current.lacking() && !current.left() && Coming.brings(effect, "ufw") ? Told.of(NEW) : current);
    }
}
