package bramble.modules.network;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks firewalld whether something holds; empty where the node has no firewall-cmd.
 *
 * @param zone empty for the default one
 * @param permanent whether the settings are meant that hold after a restart, or those in force
 * @param query the option that asks: {@code --query-service=http}
 */
record FirewallFact(String zone, boolean permanent, String query) implements Fact<Optional<FirewallFact.Found>> {
    private static final int NOT_RUNNING = 252;

    /**
     * The answer.
     *
     * @param running whether firewalld runs
     * @param text what it said: yes, no, a target, a list
     * @param error why it can't tell; empty if it can
     */
    record Found(boolean running, String text, String error) {
        boolean yes() {
            return text.equals("yes");
        }

        static Found of(String text) {
            return new Found(true, text, "");
        }
    }

    /** The words that call firewall-cmd for this zone and these settings. */
    List<String> words(List<String> options) {
        var words = new ArrayList<>(List.of("firewall-cmd"));
        if (permanent) {
            words.add("--permanent");
        }
        if (!zone.isEmpty()) {
            words.add("--zone=" + zone);
        }
        words.addAll(options);
        return words;
    }

    /** A zone that would be made has nothing in it; of one that would be removed nothing can be asked. */
    @Override
    public Maybe<Optional<Found>> after(Effect.Becomes<?> effect, Optional<Found> current) {
        if (!(effect.fact() instanceof FirewallFact(String _, boolean lasting, String asked) && lasting && permanent
                && asked.equals("--get-zones") && effect.value() instanceof Optional<?> value
                && value.orElse(null) instanceof Found zones && current.isPresent() && !zone.isEmpty())) {
            return Fact.super.after(effect, current);
        }
        boolean there = List.of(zones.text.split("\\s+", -1)).contains(zone);
        boolean missing = current.get().error.contains("INVALID_ZONE");
        if (there != missing) {
            return Maybe.known(current);
        }
        return Maybe.known(Optional.of(there
                ? Found.of(query.equals("--get-target") ? "default" : "no")
                : new Found(true, "", "Error: INVALID_ZONE: " + zone)));
    }

    @Override
    public Sh script() {
        return Sh.of("command -v firewall-cmd >/dev/null || exit 0\necho tool\n{}; echo \"b_rc $?\"",
                words(List.of(query)));
    }

    @Override
    public Optional<Found> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        int status = Integer.parseInt(lines.getLast().substring("b_rc ".length()));
        // advice may stand before the answer: which zone is in use, where none is named
        String text = lines.subList(1, lines.size() - 1).stream().reduce("", (_, last) -> last).strip();
        String said = answer.errors().strip() + "\n" + text;
        String error = said.lines().filter(line -> line.startsWith("Error: ")).findFirst().orElse(said.strip());
        return Optional.of(new Found(status != NOT_RUNNING, text, status > 1 ? error : ""));
    }
}
