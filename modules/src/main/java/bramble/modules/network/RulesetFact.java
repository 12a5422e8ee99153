package bramble.modules.network;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Asks for the rules of nftables that are in force, and how a text of rules would look there; empty where the node has no nft.
 * The text is loaded into a network namespace of its own, which goes at once.
 */
record RulesetFact(String text) implements Fact<Optional<RulesetFact.Ruleset>> {
    /**
     * The rules.
     *
     * @param error why the text is no good; empty if it is
     * @param running the tables in force, each with its text, counters left out
     * @param wanted the tables of the text; empty where that can't be told
     */
    record Ruleset(String error, List<Table> running, Optional<List<Table>> wanted) {
        /** Whether what is in force is what the text says; other tables count only if {@code exclusive}. */
        boolean settled(boolean exclusive) {
            return wanted.filter(tables -> exclusive ? tables.equals(running) : running.containsAll(tables))
                    .isPresent();
        }
    }

    /** A table: its family and name, and its text. */
    record Table(String name, String text) {}

    private static final String MARK = "b_nft ";

    @Override
    public Sh script() {
        return Sh.of("""
                command -v nft >/dev/null || exit 0
                b_t={}
                echo 'b_nft error'
                printf '%s\\n' "$b_t" | nft -c -f - 2>&1
                echo 'b_nft running'
                nft -s list ruleset 2>&1
                command -v unshare >/dev/null || exit 0
                b_w=$(printf '%s\\n' "$b_t" | unshare -n sh -c 'nft -f - && nft -s list ruleset' 2>/dev/null) || exit 0
                echo 'b_nft wanted'
                printf '%s\\n' "$b_w\"""", text);
    }

    @Override
    public Optional<Ruleset> parse(Answer answer) {
        if (answer.text().isEmpty()) {
            return Optional.empty();
        }
        var error = new StringBuilder();
        var running = new StringBuilder();
        Optional<StringBuilder> wanted = Optional.empty();
        StringBuilder part = error;
        for (String line : answer.text().lines().toList()) {
            switch (line) {
                case MARK + "error" -> part = error;
                case MARK + "running" -> part = running;
                case MARK + "wanted" -> {
                    part = new StringBuilder();
                    wanted = Optional.of(part);
                }
                default -> part.append(line).append('\n');
            }
        }
        return Optional.of(new Ruleset(error.toString().strip(), tables(running.toString()),
                wanted.map(lines -> tables(lines.toString()))));
    }

    private static List<Table> tables(String text) {
        var tables = new ArrayList<Table>();
        var open = new StringBuilder();
        for (String line : text.lines().toList()) {
            open.append(line).append('\n');
            if (line.equals("}")) {
                String whole = open.toString();
                tables.add(
                        new Table(whole.substring(0, whole.indexOf('{')).strip().replaceFirst("^table ", ""), whole));
                open.setLength(0);
            }
        }
        return List.copyOf(tables);
    }

    /** The tables as nft lists them. */
    static String shown(List<Table> tables) {
        return tables.stream().map(Table::text).collect(Collectors.joining());
    }

    @Override
    public Maybe<Optional<Ruleset>> after(Effect.Becomes<?> effect, Optional<Ruleset> current) {
        if (effect.fact() instanceof RulesetFact && !effect.fact().equals(this)
                && effect.value() instanceof Optional<?> value && value.isPresent()
                && value.get() instanceof Ruleset other && current.isPresent()) {
            return Maybe.known(Optional.of(new Ruleset(current.get().error, other.running, current.get().wanted)));
        }
        return Fact.super.after(effect, current);
    }
}
