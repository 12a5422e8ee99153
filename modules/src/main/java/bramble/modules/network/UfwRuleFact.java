package bramble.modules.network;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.Lacking;
import bramble.modules.packages.Coming;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks ufw, by a rehearsal, what a rule would change. A ufw that is new has no rules. */
record UfwRuleFact(List<String> words) implements Fact<UfwRuleFact.Told> {
    private static final List<String> ADDED = List.of("(unknown: ufw says it once it is there)");

    UfwRuleFact {
        words = List.copyOf(words);
    }

    /**
     * What the node tells.
     *
     * @param outcome empty where the node has no ufw
     * @param left whether there are files of it all the same
     */
    record Told(Optional<Rehearsal> outcome, boolean left) implements Lacking {
        static Told of(Rehearsal outcome) {
            return new Told(Optional.of(outcome), false);
        }

        @Override
        public boolean lacking() {
            return outcome.isEmpty();
        }

        @Override
        public Optional<String> bringer() {
            return Optional.of("ufw");
        }
    }

    /** The rules before and after, and ufw's complaint. */
    record Rehearsal(List<String> before, List<String> after, String error) {
        boolean settled() {
            return error.isEmpty() && before.equals(after);
        }
    }

    @Override
    public Sh script() {
        return Sh.of(
                """
                        {}
                        {}; echo rehearsed; ufw --dry-run {} </dev/null; echo "status $?\"""",
                UfwFact.ABSENT, UfwFact.RULES, words);
    }

    @Override
    public Told parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        int split = lines.indexOf("rehearsed");
        if (split < 0) {
            return new Told(Optional.empty(), lines.contains("left"));
        }
        List<String> rules = lines.subList(0, split);
        List<String> before = tuples(rules);
        List<String> rest = lines.subList(split + 1, lines.size());
        boolean printed = rest.contains("### RULES ###");
        String error = rest.getLast().equals("status 0")
                ? ""
                : (answer.errors().isBlank() ? String.join("\n", rest) : answer.errors()).strip();
        var after = new ArrayList<String>(tuples(rest)); // of the two lists, only those that change are printed
        if (printed && rest.stream().noneMatch(line -> line.startsWith(":ufw6-"))) {
            after.addAll(tuples(rules.stream().filter(UfwFact::six).toList()));
        } else if (printed && rest.stream().noneMatch(line -> line.startsWith(":ufw-"))) {
            after.addAll(0, tuples(rules.stream().filter(line -> !UfwFact.six(line)).toList()));
        }
        return Told.of(new Rehearsal(before, printed ? List.copyOf(after) : before, error));
    }

    /** What it says of rules with a number, or of what an application brings, stays unknown. */
    @Override
    public Maybe<Told> after(Effect.Becomes<?> effect, Told current) {
        if (effect.fact().equals(this) && effect.value() instanceof Told told) {
            return Maybe.known(told);
        }
        if (effect.fact() instanceof UfwRuleFact other && other.bare().equals(bare())
                && effect.value() instanceof Told(Optional<Rehearsal> made, boolean _) && made.isPresent()
                && current.outcome().isPresent()) { // what was added is deleted, or the other way round
            return Maybe.known(Told.of(new Rehearsal(made.get().after(), current.outcome().get().after(),
                    current.outcome().get().error())));
        }
        boolean plain = words.stream().noneMatch(word -> word.equals("insert") || word.equals("app"));
        return Maybe.known(plain && current.lacking() && !current.left() && Coming.brings(effect, "ufw")
                ? Told.of(new Rehearsal(List.of(), words.contains("delete") ? List.of() : ADDED, ""))
                : current);
    }

    /** The rule that is added or deleted. */
    private List<String> bare() {
        return words.stream().filter(word -> !word.equals("delete")).toList();
    }

    private static List<String> tuples(List<String> lines) {
        return lines.stream().filter(line -> line.contains("### tuple ###"))
                .map(line -> line.replaceFirst(".*### tuple ###", "").strip())
                .toList();
    }
}
