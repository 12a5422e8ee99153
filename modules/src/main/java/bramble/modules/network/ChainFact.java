package bramble.modules.network;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;

/**
 * Asks iptables for a chain, and whether a rule is in it; empty where the node has no such command.
 *
 * @param command iptables or ip6tables
 * @param chain empty for all chains of the table
 * @param rule the words of the rule; none where no rule matters
 */
record ChainFact(String command, String table, String chain, List<String> rule)
        implements
            Fact<Optional<ChainFact.Chain>> {
    ChainFact {
        rule = List.copyOf(rule);
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
        return Sh.of("""
                command -v {} >/dev/null || exit 0
                echo tool; b_o=$({} -t {} -S {} 2>&1) && printf 'chain\\n%s\\n' "$b_o" || printf '%s\\n' "$b_o" >&2
                {}:""", command, command, table, chain.isEmpty() ? List.of() : List.of(chain), check);
    }

    @Override
    public Optional<Chain> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (!lines.contains("tool")) {
            return Optional.empty();
        }
        String policy = lines.stream().filter(line -> line.startsWith("-P " + chain + " "))
                .map(line -> line.split(" ", -1)[2]).findFirst().orElse("");
        int rules = (int) lines.stream().filter(line -> line.startsWith("-A ")).count();
        return Optional.of(new Chain(lines.contains("chain"), policy, rules, lines.contains("holds"),
                answer.errors().strip()));
    }

    @Override
    public Maybe<Optional<Chain>> after(Effect.Becomes<?> effect, Optional<Chain> current) {
        boolean mine = effect.fact() instanceof ChainFact other && other.command.equals(command)
                && other.table.equals(table) && (other.chain.equals(chain) || other.chain.isEmpty());
        if (!mine || current.isEmpty() || !(effect.value() instanceof Optional<?> value)
                || !(value.orElse(null) instanceof Chain chained)) {
            return Maybe.known(current);
        }
        Chain now = current.get();
        boolean holds = effect.fact().equals(this) ? chained.holds : chained.rules > 0 && now.holds;
        return Maybe.known(Optional.of(new Chain(chained.exists, chained.policy, chained.rules, holds, "")));
    }
}
