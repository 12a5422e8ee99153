package bramble.modules.network;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks ufw, by a rehearsal, what a rule would change; empty where the node has no ufw. */
record UfwRuleFact(List<String> words) implements Fact<Optional<UfwRuleFact.Rehearsal>> {
    UfwRuleFact {
        words = List.copyOf(words);
    }

    /** The rules before and after, and ufw's complaint. */
    record Rehearsal(List<String> before, List<String> after, String error) {
        boolean settled() {
            return error.isEmpty() && before.equals(after);
        }
    }

    @Override
    public Sh script() {
        return Sh.of("""
                command -v ufw >/dev/null || exit 0
                {}; echo rehearsed; ufw --dry-run {} </dev/null; echo "status $?\"""", UfwFact.RULES, words);
    }

    @Override
    public Optional<Rehearsal> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        int split = lines.indexOf("rehearsed");
        if (split < 0) {
            return Optional.empty();
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
        return Optional.of(new Rehearsal(before, printed ? List.copyOf(after) : before, error));
    }

    private static List<String> tuples(List<String> lines) {
        return lines.stream().filter(line -> line.contains("### tuple ###"))
                .map(line -> line.replaceFirst(".*### tuple ###", "").strip())
                .toList();
    }
}
