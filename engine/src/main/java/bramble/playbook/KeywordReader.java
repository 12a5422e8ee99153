package bramble.playbook;

import bramble.inventory.Variables;
import bramble.playbook.Keyword.Place;
import bramble.problem.Nearest;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import bramble.value.VariableName;
import bramble.value.Vaulted;
import bramble.yaml.Node;
import bramble.yaml.NodeValues;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** Reads the keywords of one play, role, block or task. */
final class KeywordReader {
    /** Python's words, which expressions can't read as names. */
    private static final Set<String> RESERVED = Set.of("False", "None", "True", "and", "as", "assert", "async", "await",
            "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
            "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
            "with", "yield");
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+");
    private static final Pattern OLD_TEST = Pattern
            .compile(
                    "([\\w.\\[\\]'\"]+)\\s*\\|\\s*(success|succeeded|failed|failure|changed|change|skipped|skip|version_compare)\\b");
    private static final Map<String, String> NEW_TESTS = Map.of("success", "succeeded", "failure", "failed", "change",
            "changed",
            "skip", "skipped", "version_compare", "version");
    private static final Set<String> BOOLEANS = Set.of("y", "yes", "on", "1", "true", "t", "1.0", "n", "no", "off", "0",
            "false",
            "f", "0.0");

    private final Findings findings;

    KeywordReader(Findings findings) {
        this.findings = findings;
    }

    /**
     * What was given here, without what is inherited.
     *
     * @param rest the fields that are no keywords of this reader's
     */
    record Own(Optional<Value> name, Directives directives, List<Node.Field> rest) {
        Optional<Node.Field> rest(String name) {
            return rest.stream().filter(field -> field.name().equals(name)).findFirst();
        }
    }

    /** The words that may stand in a place, apart from those that hold steps or name an action. */
    static Set<String> words(Place place) {
        var words = new TreeSet<>(Set.of("name", "tags", "environment", "module_defaults", "collections", "vars"));
        if (place != Place.PLAY) {
            words.add("when");
        }
        for (Keyword keyword : Keyword.values()) {
            if (keyword.allowedIn(place)) {
                words.add(keyword.word());
            }
        }
        return words;
    }

    Own read(List<Node.Field> fields, Place place) {
        var settings = new EnumMap<Keyword, Setting>(Keyword.class);
        var when = new ArrayList<Setting>();
        var tags = new ArrayList<Setting>();
        var environment = new ArrayList<Setting>();
        var moduleDefaults = new ArrayList<Setting>();
        var collections = new ArrayList<String>();
        var vars = new ArrayList<Variables>();
        var rest = new ArrayList<Node.Field>();
        Optional<Value> name = Optional.empty();
        for (Node.Field field : fields) {
            Node value = field.value();
            switch (field.name()) {
                case "name" -> name = text(field);
                case "tags" -> tags.addAll(tags(value));
                case "environment" -> environment.addAll(mappings(value, "environment"));
                case "module_defaults" -> moduleDefaults.addAll(mappings(value, "module_defaults"));
                case "collections" -> collections.addAll(texts(value, "collections"));
                case "vars" ->
                    variables(value, place.name().toLowerCase(Locale.ROOT) + " vars", true).ifPresent(vars::add);
                case String word when word.equals("when") && place != Place.PLAY -> when.addAll(conditions(value));
                case String word -> {
                    Optional<Keyword> keyword = Keyword.of(word).filter(found -> found.allowedIn(place));
                    if (keyword.isPresent()) {
                        setting(keyword.get(), value).ifPresent(setting -> settings.put(keyword.get(), setting));
                    } else {
                        rest.add(field);
                    }
                }
            }
        }
        return new Own(name,
                new Directives(new Settings(settings), when, tags, environment, moduleDefaults, collections, vars,
                        List.of()),
                rest);
    }

    Value value(Node node) {
        return findings.attempt(() -> NodeValues.of(node), None.NONE);
    }

    /** The text or template behind a keyword; empty for null. */
    Optional<Value> text(Node.Field field) {
        Value value = value(field.value());
        return switch (value) {
            case None _ -> Optional.empty();
            case Text _,Template _,Vaulted _ -> Optional.of(value);
            case Bool _,Int _,Real _ -> Optional.of(new Text(PythonText.of(value)));
            case Value _ -> {
                wrongType(field.value(), field.name(), "text");
                yield Optional.empty();
            }
        };
    }

    private Optional<Setting> setting(Keyword keyword, Node node) {
        Value value = value(node);
        if (value == None.NONE) {
            return Optional.empty();
        }
        check(keyword, value, node);
        if (keyword.shape() == Keyword.Shape.CONDITION) {
            oldTests(value, node.source());
        }
        return Optional.of(new Setting(value, node.source()));
    }

    private void check(Keyword keyword, Value value, Node node) {
        if (value instanceof Template || value instanceof Vaulted) {
            return;
        }
        String word = PythonText.of(value).strip();
        switch (keyword.shape()) {
            case BOOL -> {
                if (value instanceof MapValue || value instanceof ListValue) {
                    wrongType(node, keyword.word(), "yes or no");
                } else if (!BOOLEANS.contains(word.toLowerCase(Locale.ROOT))) {
                    String hint = Nearest.hint(word, BOOLEANS);
                    findings.error(node.source(),
                            "Tried to read " + keyword.word() + ", but \"" + word + "\" is neither yes nor no.",
                            hint.isEmpty() ? "Expected yes or no." : hint);
                }
            }
            case INT -> {
                if (!(value instanceof Int || value instanceof Real || value instanceof Bool
                        || NUMBER.matcher(word).matches())) {
                    wrongType(node, keyword.word(), "a whole number");
                }
            }
            case NUMBER, PERCENT -> {
                String digits = keyword.shape() == Keyword.Shape.PERCENT && word.endsWith("%")
                        ? word.substring(0, word.length() - 1)
                        : word;
                if (!(value instanceof Real || value instanceof Bool || number(digits))) {
                    wrongType(node, keyword.word(), "a number");
                }
            }
            case TEXT -> {
                if (value instanceof MapValue || value instanceof ListValue) {
                    wrongType(node, keyword.word(), "text");
                }
            }
            case LIST -> {
                if (value instanceof MapValue) {
                    wrongType(node, keyword.word(), "a list");
                }
            }
            case CONDITION -> {
                if (value instanceof MapValue) {
                    wrongType(node, keyword.word(), "an expression, or a list of expressions");
                }
            }
        }
        if (keyword == Keyword.REGISTER && (!VariableName.legal(word) || RESERVED.contains(word))) {
            findings.error(node.source(),
                    "Invalid variable name in \"register\": \"" + word + "\".",
                    "A name has letters, digits and underscores, does not begin with a digit, and is no word of Python's.");
        }
    }

    private static boolean number(String text) {
        try {
            Double.parseDouble(text);
            return true;
        } catch (NumberFormatException _) {
            return false;
        }
    }

    void wrongType(Node node, String keyword, String expected) {
        findings.error(node.source(), "Tried to read " + keyword + ", but this is " + kind(node) + ".",
                "Expected " + expected + ".");
    }

    static String kind(Node node) {
        return switch (node) {
            case Node.Fields _ -> "a mapping";
            case Node.Items _ -> "a list";
            case Node.Scalar scalar when scalar.text().isEmpty() && scalar.plain() -> "empty";
            case Node.Scalar _ -> "text or a number";
        };
    }

    private List<Setting> conditions(Node node) {
        var conditions = new ArrayList<Setting>();
        for (Node item : items(node)) {
            Value value = value(item);
            if (value instanceof MapValue) {
                wrongType(item, "when", "an expression, or a list of expressions");
            } else if (value != None.NONE) {
                oldTests(value, item.source());
                conditions.add(new Setting(value, item.source()));
            }
        }
        return conditions;
    }

    private void oldTests(Value value, Source at) {
        switch (value) {
            case ListValue list -> list.items().forEach(item -> oldTests(item, at));
            case Text(String text) -> oldTests(text, at);
            case Template(String text, _) -> oldTests(text, at);
            case Value _ -> {
                // no expression
            }
        }
    }

    private void oldTests(String expression, Source at) {
        var matcher = OLD_TEST.matcher(expression.length() > 10_000 ? expression.substring(0, 10_000) : expression);
        while (matcher.find()) {
            String test = matcher.group(2);
            findings.warn(at.line() > 0 ? at : Source.NONE,
                    "\"" + matcher.group() + "\" fails when it is evaluated: " + test
                            + " is no filter.",
                    "Write \"" + matcher.group(1) + " is " + NEW_TESTS.getOrDefault(test, test) + "\".");
        }
    }

    private static List<Node> items(Node node) {
        return node instanceof Node.Items list ? list.items() : List.of(node);
    }

    private List<Setting> tags(Node node) {
        var tags = new ArrayList<Setting>();
        for (Node item : items(node)) {
            switch (value(item)) {
                case None _ -> {
                    // none
                }
                case Text(String text) -> {
                    for (String tag : text.split(",", -1)) {
                        tags.add(new Setting(new Text(tag.strip()), item.source()));
                    }
                }
                case Int number when node instanceof Node.Items ->
                    tags.add(new Setting(new Text(PythonText.of(number)), item.source()));
                case Template template -> tags.add(new Setting(template, item.source()));
                case Bool flag when node instanceof Node.Items ->
                    tags.add(new Setting(new Text(PythonText.of(flag)), item.source()));
                case Value _ -> wrongType(item, "tags", "a tag, or a list of tags");
            }
        }
        return tags;
    }

    private List<Setting> mappings(Node node, String keyword) {
        var mappings = new ArrayList<Setting>();
        for (Node item : items(node)) {
            Value value = value(item);
            switch (value) {
                case None _ -> {
                    // none
                }
                case MapValue _,Template _ -> mappings.add(new Setting(value, item.source()));
                case Value _ when keyword.equals("environment") -> findings.warn(item.source(),
                        "could not parse environment value, skipping: " + PythonText.repr(value),
                        "Expected a mapping, or a list of mappings.");
                case Value _ -> wrongType(item, keyword, "a mapping, or a list of mappings");
            }
        }
        return mappings;
    }

    /** The texts of a list, or the one text. */
    List<String> texts(Node node, String keyword) {
        var texts = new ArrayList<String>();
        for (Node item : items(node)) {
            if (item instanceof Node.Scalar scalar) {
                if (!scalar.text().isEmpty()) {
                    texts.add(scalar.text());
                }
            } else {
                wrongType(item, keyword, "text");
            }
        }
        return texts;
    }

    /**
     * Variables with the places of their names; empty where there are none.
     *
     * @param strict whether names that expressions can't use are refused
     */
    Optional<Variables> variables(Node node, String origin, boolean strict) {
        var values = new LinkedHashMap<Value, Value>();
        var places = new LinkedHashMap<String, Source>();
        switch (node) {
            case Node.Fields fields -> collect(fields, strict, (key, value) -> {
                values.put(NodeValues.key(key), value);
                places.put(key.text(), key.source());
            });
            case Node.Items items when strict ->
                items.items().forEach(item -> variables(item, origin, true).ifPresent(some -> {
                    values.putAll(some.values().entries());
                    places.putAll(some.places());
                }));
            case Node _ when value(node) == None.NONE -> {
                // none
            }
            case Node _ -> wrongType(node, origin, "lines of the form name: value");
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(new Variables(origin, new MapValue(values), places));
    }

    private void collect(Node.Fields fields, boolean strict, BiConsumer<Node.Scalar, Value> variable) {
        for (Node.Field field : fields.fields()) {
            if (strict && !VariableName.legal(field.name())) {
                findings.error(field.key().source(),
                        "Tried to set the variable \"" + field.name() + "\", but that is no name of a variable.",
                        "A name has letters, digits and underscores, and does not begin with a digit.");
            }
            variable.accept(field.key(), value(field.value()));
        }
    }
}
