package bramble.modules.packages;

import bramble.module.Maybe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What apt and dpkg say about the packages of a task.
 *
 * @param installed by name and architecture, those that were asked for
 * @param provided names that were asked for, which an installed package provides
 * @param automatic names that were asked for, whose packages came because others need them
 * @param transaction what apt-get would do; unknown where its lists would be fetched first
 */
record AptState(Map<String, Installed> installed, List<String> provided, List<String> automatic,
        Maybe<Transaction> transaction) {
    /** One that is installed. An empty version or architecture: not known before it is. */
    record Installed(String name, String architecture, String version) {
        String key() {
            return architecture.isEmpty() ? name : name + ":" + architecture;
        }
    }

    /** Something that apt-get would do; {@code before} or {@code after} is empty where there is nothing. */
    record Step(String name, String before, String after) {}

    /**
     * A simulated run of apt-get.
     *
     * @param steps none where all is as it should be
     * @param text apt's own list of what it would do
     * @param said all that it printed
     * @param errors what it complains about; if there is anything, it would do nothing
     */
    record Transaction(List<Step> steps, String text, String said, String errors) {
        static final Transaction NONE = new Transaction(List.of(), "", "", "");

        boolean failed() {
            return !errors.isEmpty();
        }

        Transaction and(List<Step> more) {
            var all = new ArrayList<>(steps);
            all.addAll(more);
            return more.isEmpty() || failed() ? this : new Transaction(List.copyOf(all), text, said, errors);
        }

        /** What is left to do once another has been done. */
        Transaction without(List<Step> done) {
            if (failed() || steps.isEmpty()) {
                return this;
            }
            List<Step> left = steps.stream().filter(step -> done.stream().noneMatch(
                    d -> d.name().equals(step.name()) && d.after().isEmpty() == step.after().isEmpty())).toList();
            boolean same = left.equals(steps);
            return left.isEmpty() ? NONE : new Transaction(left, same ? text : "", same ? said : "", "");
        }
    }

    /** Of what can be cleaned nothing is left. */
    static final AptState CLEAN = new AptState(Map.of(), List.of(), List.of(), Maybe.known(Transaction.NONE));

    AptState {
        installed = Map.copyOf(installed);
        provided = List.copyOf(provided);
        automatic = List.copyOf(automatic);
    }

    /** The state once apt keeps those for themselves. */
    AptState marked(List<String> names) {
        return new AptState(installed, provided, automatic.stream().filter(name -> !names.contains(name)).toList(),
                transaction);
    }

    boolean satisfied(AptSpec spec) {
        return installed.values().stream().anyMatch(spec::fits)
                || (spec.version().isEmpty() && provided.contains(spec.name()));
    }

    /** The state once the steps were taken, as a question with that goal and these specs sees it. */
    AptState after(List<Step> steps, AptFact.Goal goal, List<AptSpec> asked) {
        var now = new TreeMap<>(installed);
        var provided = new ArrayList<>(provided());
        for (Step step : steps) {
            String name = step.name().replaceFirst(":.*", "");
            now.values().removeIf(i -> i.name().equals(name));
            provided.remove(name);
            var installed = new Installed(name, "", step.after());
            if (!step.after().isEmpty() && asked.stream().anyMatch(spec -> spec.names(name))) {
                now.put(name, installed);
            }
        }
        List<String> still = automatic.stream().filter(
                name -> now.values().stream().anyMatch(one -> one.name().equals(name))).toList();
        var next = new AptState(now, provided, still, transaction.map(t -> t.without(steps)));
        return new AptState(now, provided, still, next.transaction.map(t -> t.and(undone(goal, asked, next))));
    }

    /** What would be left to do again, where the steps undid what was as it should be. */
    private List<Step> undone(AptFact.Goal goal, List<AptSpec> asked, AptState next) {
        return switch (goal) {
            case PRESENT -> asked.stream().filter(spec -> satisfied(spec) && !next.satisfied(spec))
                    .map(spec -> new Step(spec.name(), "", spec.version().orElse(""))).toList();
            case ABSENT -> next.installed.values().stream()
                    .filter(i -> installed.values().stream().noneMatch(old -> old.name().equals(i.name())))
                    .map(i -> new Step(i.name(), i.version(), "")).toList();
            case ALWAYS -> List.of();
        };
    }
}
