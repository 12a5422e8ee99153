package bramble.modules.network;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.Lacking;
import bramble.modules.packages.Coming;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Asks iptables for a chain, and whether a rule is in it. Where nothing on the node can make rules, a rule isn't there once the package is.
 *
 * @param command iptables or ip6tables
 * @param chain empty for all chains of the table
 * @param rule the words of the rule; none where no rule matters
 */
record ChainFact(String command, String table, String chain, List<String> rule)
        implements
            Fact<ChainFact.Told> {
    private static final Set<String> BUILT_IN = Set.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");

    ChainFact {
        rule = List.copyOf(rule);
    }

    /**
     * What the node tells.
     *
     * @param chain empty where the node has no such command
     * @param ruled whether there may be rules all the same
     */
    record Told(Optional<Chain> chain, boolean ruled) implements Lacking {
        static Told of(Chain chain) {
            return new Told(Optional.of(chain), true);
        }

        @Override
        public boolean lacking() {
            return chain.isEmpty();
        }

        @Override
        public Optional<String> bringer() {
            return Optional.of("iptables");
        }
    }

    /**
     * A chain.
     *
     * @param policy what becomes of a packet that no rule catches; empty for chains that people made
     * @param rules how many there are
     * @param holds whether the rule is one of them
     * @param refusal what iptables says if it can't tell
     */
    record Chain(boolean exists, String policy, int rules, boolean holds, String refusal) {
        Chain with(String another) {
            return new Chain(true, another, rules, holds, refusal);
        }
    }

    @Override
    public Sh script() {
        Sh check = rule.isEmpty()
                ? Sh.raw("")
                : Sh.of("{} -t {} -C {} {} 2>/dev/null && echo holds\n", command, table, chain, rule);
        return Sh.of(
                """
                        command -v {} >/dev/null || {
                          ! { command -v nft || cat /proc/net/ip_tables_names /proc/net/ip6_tables_names; } 2>/dev/null | grep . >/dev/null || echo ruled
                          exit 0
                        }
                        echo tool; b_o=$({} -t {} -S {} 2>&1) && printf 'chain\\n%s\\n' "$b_o" || printf '%s\\n' "$b_o" >&2
                        {}:""",
                command, command, table, chain.isEmpty() ? List.of() : List.of(chain), check);
    }

    @Override
    public Told parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (!lines.contains("tool")) {
            return new Told(Optional.empty(), lines.contains("ruled"));
        }
        String policy = lines.stream().filter(line -> line.startsWith("-P " + chain + " "))
                .map(line -> line.split(" ", -1)[2]).findFirst().orElse("");
        int rules = (int) lines.stream().filter(line -> line.startsWith("-A ")).count();
        return Told.of(new Chain(lines.contains("chain"), policy, rules, lines.contains("holds"),
                answer.errors().strip()));
    }

    @Override
    public Maybe<Told> after(Effect.Becomes<?> effect, Told current) {
        if (current.lacking() && !current.ruled() && !rule.isEmpty() && BUILT_IN.contains(chain)
                && Coming.brings(effect, "iptables")) {
            return Maybe.known(Told.of(new Chain(true, "ACCEPT", 0, false, "")));
        }
        boolean mine = effect.fact() instanceof ChainFact other && other.command.equals(command)
                && other.table.equals(table) && (other.chain.equals(chain) || other.chain.isEmpty());
        if (!mine || current.lacking() || !(effect.value() instanceof Told told) || told.lacking()) {
            return Maybe.known(current);
        }
        Chain chained = told.chain.orElseThrow();
        Chain now = current.chain.orElseThrow();
        boolean holds = effect.fact().equals(this) ? chained.holds : chained.rules > 0 && now.holds;
        return Maybe.known(Told.of(new Chain(chained.exists, chained.policy, chained.rules, holds, "")));
    }
}
