package bramble.playbook;

import bramble.inventory.Variables;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that holds for a step: its own keywords, merged with those of the blocks, role and play around it. Lists run from
 * the outermost to the innermost.
 *
 * @param settings the keywords with one value; the innermost counts
 * @param when the conditions, each a text (an expression), a template, or a boolean; all must hold
 * @param tags the tags, each a text or a template; an evaluated one may hold several, separated by commas
 * @param environment mappings, or templates of mappings; an inner one's entries replace an outer one's
 * @param moduleDefaults mappings from a module or {@code group/name} to arguments; an inner one's entries replace
 * @param collections where module names without a collection are looked for first, the innermost first
 * @param vars the variables of blocks and tasks; an inner one's entries replace
 * @param params the {@code vars} of the includes around it, which are stronger than set_fact and roles' params
 */
public record Directives(Settings settings, List<Setting> when, List<Setting> tags, List<Setting> environment,
        List<Setting> moduleDefaults, List<String> collections, List<Variables> vars, List<Variables> params) {

    /** Nothing is given. */
    public static final Directives NONE = new Directives(Settings.NONE, List.of(), List.of(), List.of(), List.of(),
            List.of(),
            List.of(), List.of());

    public Directives {
        when = List.copyOf(when);
        tags = List.copyOf(tags);
        environment = List.copyOf(environment);
        moduleDefaults = List.copyOf(moduleDefaults);
        collections = List.copyOf(collections);
        vars = List.copyOf(vars);
        params = List.copyOf(params);
    }

    public Optional<Setting> find(Keyword keyword) {
        return settings.find(keyword);
    }

    public Optional<Value> value(Keyword keyword) {
        return settings.find(keyword).map(Setting::value);
    }

    /** These, inside others. */
    public Directives within(Directives outer) {
        return new Directives(settings.within(outer.settings), join(outer.when, when), join(outer.tags, tags),
                join(outer.environment, environment), join(outer.moduleDefaults, moduleDefaults),
                join(collections, outer.collections), join(outer.vars, vars), join(outer.params, params));
    }

    Directives with(Settings other) {
        return new Directives(other, when, tags, environment, moduleDefaults, collections, vars, params);
    }

    Directives withVars(List<Variables> newVars, List<Variables> newParams) {
        return new Directives(settings, when, tags, environment, moduleDefaults, collections, newVars, newParams);
    }

    Directives withoutWhen() {
        return new Directives(settings, List.of(), tags, environment, moduleDefaults, collections, vars, params);
    }

    /** These, with collections that are looked through before those of the surroundings. */
    Directives withCollections(List<String> more) {
        return new Directives(settings, when, tags, environment, moduleDefaults, join(more, collections), vars, params);
    }

    private static <T> List<T> join(List<T> first, List<T> second) {
        if (first.isEmpty() || second.isEmpty()) {
            return first.isEmpty() ? second : first;
        }
        var both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }
}
