package bramble.inventory;

import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.template.Scope;
import bramble.template.Scopes;
import bramble.template.Site;
import bramble.template.Templates;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import bramble.yaml.Node;
import bramble.yaml.NodeValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Adds the groups and variables that follow from what the sources before it say about the hosts: the inventory plugin
 * {@code constructed}, with {@code compose}, {@code groups} and {@code keyed_groups}.
 */
final class Constructed {
    static final Set<String> NAMES = Set.of("constructed", "ansible.builtin.constructed");
    private static final List<String> OPTIONS = List.of("plugin", "strict", "compose", "groups", "keyed_groups",
            "leading_separator", "use_extra_vars", "use_vars_plugins");
    private static final List<String> KEYED_OPTIONS = List.of("key", "prefix", "separator", "parent_group",
            "default_value",
            "trailing_separator");
    private static final Pattern VARIABLE = Pattern.compile("\\s*[A-Za-z_][\\w.\\[\\]'\"]*\\s*");
    private static final Pattern ODD = Pattern.compile("^\\d|\\W", Pattern.UNICODE_CHARACTER_CLASS);

    private final Draft draft;
    private final Templates templates;
    private final Site site;
    private final List<Node.Field> compose;
    private final List<Node.Field> groups;
    private final List<Node.Fields> keyedGroups;
    private final boolean strict;
    private final boolean leadingSeparator;

    private Constructed(Node.Fields config, Draft draft, Templates templates, Site site) {
        this.draft = draft;
        this.templates = templates;
        this.site = site;
        this.compose = fields(config, "compose");
        this.groups = fields(config, "groups");
        this.keyedGroups = keyedGroups(config);
        this.strict = flag(config, "strict", false);
        this.leadingSeparator = flag(config, "leading_separator", true);
    }

    /** @throws ProblemException where an option is wrong, or, if strict, an expression fails */
    static void read(Node.Fields config, Draft draft, Templates templates, Site site) {
        known(config, OPTIONS);
        new Constructed(config, draft, templates, site).read();
    }

    private void read() {
        Inventory before = draft.copy().build(VariableFiles.none(), List.of(), "");
        for (Host host : before.hosts()) {
            MapValue variables = before.variables(host.name()).with(MapValue.of("inventory_hostname", host.name(),
                    "inventory_hostname_short", host.shortName(), "group_names", before.groupNames(host.name())));
            MapValue composed = compose(host, Scopes.of(variables.byName(), site));
            var scope = Scopes.of(variables.with(composed).byName(), site);
            groups(host, scope);
            keyedGroups.forEach(entry -> keyed(host, entry, scope));
        }
    }

    private MapValue compose(Host host, Scope scope) {
        MapValue composed = MapValue.EMPTY;
        for (Node.Field field : compose) {
            Optional<Value> value = attempt(() -> expression(field.value(), scope));
            if (value.isPresent()) {
                composed = composed.with(field.name(), value.get());
                draft.hostVariables(host.name(),
                        Variables.NONE.with(field.name(), value.get(), field.key().source()));
            }
        }
        return composed;
    }

    private void groups(Host host, Scope scope) {
        for (Node.Field field : groups) {
            Value condition = NodeValues.of(field.value());
            if (attempt(() -> templates.condition(condition, field.value().source(), scope))
                    .filter(truth -> truth.isTrue())
                    .isPresent()) {
                draft.host(host.name(), safe(field.name()), "", field.key().source());
            }
        }
    }

    private static List<Node.Fields> keyedGroups(Node.Fields config) {
        Node list = config.field("keyed_groups").map(Node.Field::value).orElse(null);
        List<Node.Fields> entries = switch (list) {
            case null -> List.of();
            case Node.Items items ->
                items.items().stream().map(item -> mapping(item, "an entry of keyed_groups")).toList();
            case Node other -> throw expected(other, "keyed_groups", "a list");
        };
        entries.forEach(entry -> known(entry, KEYED_OPTIONS));
        return entries;
    }

    private void keyed(Host host, Node.Fields entry, Scope scope) {
        Node key = entry.field("key").map(Node.Field::value)
                .orElseThrow(() -> expected(entry, "an entry of keyed_groups",
                        "a mapping with a key"));
        String prefix = text(entry, "prefix", scope).orElse("");
        String separator = text(entry, "separator", scope).orElse("_");
        Optional<String> missing = text(entry, "default_value", scope);
        boolean trailing = flag(entry, "trailing_separator", true);
        Optional<String> parent = text(entry, "parent_group", scope).filter(name -> !name.isEmpty());
        String joint = prefix.isEmpty() && !leadingSeparator ? "" : separator;
        Optional<Value> value = attempt(() -> expression(key, scope));
        if (strict && missing.isEmpty() && value.filter(found -> found instanceof Text(String text) && text.isEmpty())
                .isPresent()) {
            throw new ProblemException(key.source(), "Tried to name a group of the host " + host.name()
                    + " by this key, but its value is empty.");
        }
        for (String name : value.map(found -> names(found, key, separator, missing, trailing)).orElse(List.of())) {
            String group = safe(prefix + joint + name);
            draft.host(host.name(), group, "", entry.source());
            parent.map(Constructed::safe).ifPresent(above -> {
                draft.group(above, entry.source());
                draft.child(above, group, entry.source());
            });
        }
    }

    /** What a key's value gives as ends of group names. */
    private static List<String> names(Value value, Node key, String separator, Optional<String> missing,
            boolean trailing) {
        var names = new ArrayList<String>();
        switch (value) {
            case Text(String text) when text.isEmpty() -> missing.ifPresent(names::add);
            case Text(String text) -> names.add(text);
            case ListValue list ->
                list.items().stream().map(PythonText::of).map(name -> name.isEmpty() ? missing.orElse("") : name)
                        .filter(name -> !name.isEmpty()).forEach(names::add);
            case MapValue map -> map.byName().forEach((name, part) -> {
                String end = PythonText.of(part);
                names.add(!end.isEmpty()
                        ? name + separator + end
                        : missing.map(other -> name + separator + other)
                                .orElse(trailing ? name + separator : name));
            });
            case None _,Undefined _ -> {
                // no group
            }
            case Bool flag when !flag.value() -> {
                // no group
            }
            case Int number when !variable(key) -> names.add(PythonText.of(number));
            case Real number when !variable(key) -> names.add(PythonText.of(number));
            case Value _ -> throw new ProblemException(key.source(),
                    "Tried to name a group by this key, but its value is no text, list or mapping.");
        }
        return names;
    }

    /** Whether the key is a variable: a number that it holds is none that was meant for a name. */
    private static boolean variable(Node key) {
        return key instanceof Node.Scalar scalar && VARIABLE.matcher(scalar.text()).matches();
    }

    private Value expression(Node node, Scope scope) {
        return switch (NodeValues.of(node)) {
            case Text(String text) -> defined(templates.expression(text, node.source(), scope), node);
            case Template template -> defined(templates.resolve(template, scope), node);
            case Value value -> value;
        };
    }

    private static Value defined(Value value, Node node) {
        if (value instanceof Undefined undefined) {
            throw new ProblemException(node.source(), undefined.what());
        }
        return value;
    }

    /** What fails for one host is passed over, unless the user asked to be strict. */
    private <T> Optional<T> attempt(Supplier<T> work) {
        try {
            return Optional.of(work.get());
        } catch (ProblemException e) {
            if (strict) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static List<Node.Field> fields(Node.Fields config, String option) {
        return config.field(option).map(field -> mapping(field.value(), option).fields()).orElse(List.of());
    }

    private static Node.Fields mapping(Node node, String what) {
        return switch (node) {
            case Node.Fields fields -> fields;
            case Node other -> throw expected(other, what, "a mapping");
        };
    }

    private Optional<String> text(Node.Fields entry, String option, Scope scope) {
        return entry.field(option).map(field -> PythonText.of(templates.resolve(NodeValues.of(field.value()), scope)));
    }

    private static boolean flag(Node.Fields entry, String option, boolean otherwise) {
        return entry.field(option).map(field -> switch (NodeValues.of(field.value())) {
            case Bool flag -> flag.value();
            case Value _ -> throw expected(field.value(), option, "true or false");
        }).orElse(otherwise);
    }

    private static void known(Node.Fields entry, List<String> options) {
        for (Node.Field field : entry.fields()) {
            if (!options.contains(field.name())) {
                throw new ProblemException(Problem.error(field.key().source(),
                        "Tried to read the option \"" + field.name()
                                + "\", but constructed inventories have none of that name.",
                        Nearest.hint(field.name(), options)));
            }
        }
    }

    private static ProblemException expected(Node node, String what, String kind) {
        return new ProblemException(node.source(), "Tried to read " + what + ", but this is not " + kind + ".");
    }

    private static String safe(String name) {
        return ODD.matcher(name).replaceAll("_");
    }
}
