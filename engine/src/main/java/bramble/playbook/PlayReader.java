package bramble.playbook;

import bramble.inventory.Variables;
import bramble.playbook.Keyword.Place;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads the plays of a playbook, and of those that it imports. */
final class PlayReader {
    private static final List<String> TASKS = List.of("pre_tasks", "tasks", "post_tasks", "handlers");
    private static final Set<String> ORDERS = Set.of("inventory", "sorted", "reverse_sorted", "reverse_inventory",
            "shuffle");
    private static final Set<String> PROMPTS = Set.of("name", "prompt", "default", "private", "confirm", "encrypt",
            "crypt", "salt_size", "salt", "unsafe");

    private final Reading reading;

    PlayReader(Reading reading) {
        this.reading = reading;
    }

    /** What imports around a playbook put on its plays, outermost import first. */
    private record Around(Directives directives, List<Variables> vars, List<Path> trail) {}

    List<Play> plays(Path file) {
        return plays(file, new Around(Directives.NONE, List.of(), List.of()), Source.NONE);
    }

    private List<Play> plays(Path file, Around around, Source asked) {
        Optional<Node> document = reading.documents.read(file, asked);
        var plays = new ArrayList<Play>();
        if (document.isEmpty()) {
            return plays;
        }
        switch (document.get()) {
            case Node.Items items when items.items().isEmpty() ->
                reading.findings.error(items.source(), "Tried to read a playbook, but it is a list without plays.",
                        "Expected a list of plays, each beginning with \"- hosts:\".");
            case Node.Items items -> items.items().forEach(item -> plays.addAll(entry(item, file, around)));
            case Node node when reading.keywords.value(node) == None.NONE ->
                reading.findings.error(node.source(), "Tried to read a playbook, but the file has nothing in it.",
                        "Expected a list of plays, each with \"hosts:\".");
            case Node node -> reading.findings.error(node.source(),
                    "Tried to read a playbook, but this is " + KeywordReader.kind(node) + ".",
                    "Expected a list of plays, each beginning with \"- hosts:\".");
        }
        return plays;
    }

    private List<Play> entry(Node node, Path file, Around around) {
        if (!(node instanceof Node.Fields fields)) {
            reading.findings.error(node.source(), "Tried to read a play, but this is " + KeywordReader.kind(node) + ".",
                    "Expected a mapping with \"hosts:\" and \"tasks:\" or \"roles:\".");
            return List.of();
        }
        for (String word : List.of("import_playbook", "ansible.builtin.import_playbook",
                "ansible.legacy.import_playbook")) {
            Optional<Node.Field> imported = fields.field(word);
            if (imported.isPresent()) {
                return imported(fields, imported.get(), file, around);
            }
        }
        if (fields.field("include").isPresent() && fields.field("hosts").isEmpty()) {
            reading.findings.error(fields.field("include").get().key().source(),
                    "Tried to use include, but it was removed.", "Write import_playbook.");
            return List.of();
        }
        return List.of(play(fields, file, around));
    }

    private List<Play> imported(Node.Fields fields, Node.Field imported, Path file, Around around) {
        var others = fields.fields().stream().filter(field -> !field.name().equals(imported.name())).toList();
        KeywordReader.Own own = reading.keywords.read(others, Place.TASK);
        var words = Set.of("import_playbook", "name", "when", "tags", "vars");
        own.rest().forEach(field -> reading.actions.unknownKeyword(field.key(), "playbook import", words));
        Optional<Value> asked = reading.keywords.text(imported);
        Source at = imported.value().source();
        if (asked.isEmpty()) {
            reading.findings.error(imported.key().source(), "Tried to import a playbook, but no file is named.",
                    "Expected import_playbook: name.yml.");
            return List.of();
        }
        var vars = new ArrayList<>(own.directives().vars());
        vars.addAll(around.vars());
        var pushed = new Directives(Settings.NONE, own.directives().when(), own.directives().tags(), List.of(),
                List.of(), List.of(), List.of(), List.of())
                .within(around.directives());
        Optional<String> name = reading.now(asked.get(), vars, at, "");
        Optional<Path> path = name.flatMap(known -> {
            var candidates = new ArrayList<Path>();
            reading.documents.resolve(Spot.parent(file), known, at).ifPresent(candidates::add);
            collection(known, Spot.parent(file)).forEach(candidates::add);
            return candidates.isEmpty() ? Optional.empty() : reading.documents.first(candidates, known, at);
        });
        if (path.isEmpty()) {
            return List.of();
        }
        var trail = new ArrayList<>(around.trail());
        trail.add(file);
        if (trail.contains(path.get())) {
            reading.findings.error(at, "Tried to import " + reading.documents.shown(path.get())
                    + ", but that playbook is what led here: it imports itself.");
            return List.of();
        }
        reading.countStep(at);
        return plays(path.get(), new Around(pushed, vars, trail), at);
    }

    /** Where {@code my.collection.playbook} stands. */
    private List<Path> collection(String name, Path beside) {
        String[] parts = name.split("\\.", -1);
        if (parts.length < 3 || name.contains("/")) {
            return List.of();
        }
        String file = String.join("/", List.of(parts).subList(2, parts.length)).replaceFirst("/(yml|yaml)$", ".$1");
        var paths = new ArrayList<Path>();
        var roots = new ArrayList<Path>();
        roots.add(beside.resolve("collections"));
        roots.addAll(reading.surroundings.collectionsPath());
        for (Path root : roots) {
            Path folder = root.resolve("ansible_collections").resolve(parts[0]).resolve(parts[1]).resolve("playbooks");
            for (String ending : List.of("", ".yml", ".yaml")) {
                paths.add(folder.resolve(file + ending).toAbsolutePath().normalize());
            }
        }
        return paths;
    }

    private Play play(Node.Fields fields, Path file, Around around) {
        KeywordReader.Own own = reading.keywords.read(fields.fields(), Place.PLAY);
        checkWords(fields, own);
        Directives mine = withUser(own);
        checkHosts(fields, mine);
        checkValues(mine);
        Optional<Variables> playVars = mine.vars().isEmpty() ? Optional.empty() : Optional.of(mine.vars().getFirst());
        Variables vars = playVars.orElse(RoleReader.nothing("play vars"));
        Directives directives = mine.withVars(List.of(), List.of()).within(around.directives())
                .withCollections(Shelved.of(file).map(Shelved::name).stream().toList());
        var known = new ArrayList<Variables>();
        known.add(vars);
        known.addAll(around.vars());

        var harvest = new Harvest();
        Spot spot = new Spot(file, file, Optional.empty(), directives, known, false, List.of(), harvest);
        List<Step> roles = own.rest("roles").map(field -> reading.roles.entries(field.value(), spot)).orElse(List.of());
        var handlers = new ArrayList<>(harvest.handlers());
        harvest.handlers().clear();
        List<Step> before = steps(own, "pre_tasks", spot);
        List<Step> tasks = steps(own, "tasks", spot);
        List<Step> after = steps(own, "post_tasks", spot);
        handlers.addAll(own.rest("handlers")
                .map(field -> reading.steps.list(field.value(), spot.inside(directives.withoutWhen()).forHandlers(true),
                        "handlers"))
                .orElse(List.of()));
        handlers.addAll(harvest.handlers());
        return new Play(fields.source(), own.name(), file, directives.withoutWhen(), vars, around.vars(),
                varsFiles(own), prompts(own), before, roles, tasks, after,
                handlers, harvest.publicRoles());
    }

    private List<Step> steps(KeywordReader.Own own, String name, Spot spot) {
        return own.rest(name).map(field -> reading.steps.list(field.value(), spot, name)).orElse(List.of());
    }

    private void checkWords(Node.Fields fields, KeywordReader.Own own) {
        var words = KeywordReader.words(Place.PLAY);
        words.addAll(TASKS);
        words.addAll(Set.of("roles", "vars_files", "vars_prompt", "user"));
        boolean task = fields.field("hosts").isEmpty() && TASKS.stream().allMatch(name -> fields.field(name).isEmpty());
        for (Node.Field field : own.rest()) {
            if (!words.contains(field.name())) {
                boolean module = task && reading.surroundings.actions().resolve(field.name(), List.of()).isPresent();
                if (module) {
                    reading.findings.error(field.key().source(), "Tried to read a play, but this is a task.",
                            "Put it below \"tasks:\" of a play with \"hosts:\".");
                } else if (field.name().equals("when")) {
                    reading.findings.error(field.key().source(),
                            "Tried to read the keyword \"when\", but a play has no such keyword.",
                            "Put it on the tasks, or on a block around them.");
                } else {
                    reading.actions.unknownKeyword(field.key(), "play", words);
                }
            }
        }
    }

    /** The old name {@code user} of {@code remote_user}. */
    private Directives withUser(KeywordReader.Own own) {
        Optional<Node.Field> user = own.rest("user");
        if (user.isEmpty()) {
            return own.directives();
        }
        if (own.directives().find(Keyword.REMOTE_USER).isPresent()) {
            reading.findings.error(user.get().key().source(),
                    "Tried to read user, but remote_user is given too, and they mean the same.",
                    "Take one of them out.");
        }
        var settings = new EnumMap<Keyword, Setting>(Keyword.class);
        reading.keywords.text(user.get())
                .ifPresent(name -> settings.put(Keyword.REMOTE_USER, new Setting(name, user.get().value().source())));
        return own.directives().with(own.directives().settings().over(new Settings(settings)));
    }

    private void checkHosts(Node.Fields fields, Directives directives) {
        Optional<Setting> hosts = directives.find(Keyword.HOSTS);
        if (hosts.isEmpty()) {
            Optional<Node.Field> field = fields.field("hosts");
            if (field.isPresent()) {
                reading.findings.error(field.get().key().source(), "Tried to read hosts, but no host is named.",
                        "Expected a host, a group or a pattern, \"all\" say.");
            } else {
                reading.findings.error(fields.source(), "Tried to read a play, but it has no \"hosts:\".",
                        "Expected a host, a group or a pattern, \"all\" say.");
            }
            return;
        }
        List<Value> names = hosts.get().value() instanceof ListValue list ? list.items() : List.of(hosts.get().value());
        boolean wrong = names.isEmpty() || names.stream()
                .anyMatch(name -> !(name instanceof Text || name instanceof Template || name instanceof Int)
                        || (name instanceof Text(String text) && text.isBlank()));
        if (wrong) {
            reading.findings.error(hosts.get().source(), "Tried to read hosts, but this is no pattern of hosts.",
                    "Expected a host, a group or a pattern, \"all\" say.");
        }
    }

    private void checkValues(Directives directives) {
        directives.find(Keyword.ORDER).ifPresent(order -> {
            if (order.value() instanceof Text(String word) && !ORDERS.contains(word)) {
                reading.findings.add(List.of(Problem.error(order.source(),
                        "Tried to read order, but \"" + word + "\" is no order.", Findings.hint(word, ORDERS))));
            }
        });
        directives.find(Keyword.SERIAL).ifPresent(serial -> {
            List<Value> sizes = serial.value() instanceof ListValue list ? list.items() : List.of(serial.value());
            for (Value size : sizes) {
                if (size instanceof Text(String text) && !text.strip().matches("[0-9]+(\\.[0-9]+)?%?|-1")) {
                    reading.findings.error(serial.source(),
                            "Tried to read serial, but \"" + text + "\" is no number of hosts.",
                            "Expected a number, a percentage, or a list of them.");
                }
            }
        });
    }

    private List<Setting> varsFiles(KeywordReader.Own own) {
        var files = new ArrayList<Setting>();
        own.rest("vars_files").ifPresent(field -> {
            List<Node> nodes = field.value() instanceof Node.Items items ? items.items() : List.of(field.value());
            for (Node node : nodes) {
                Value value = reading.keywords.value(node);
                if (value instanceof MapValue) {
                    reading.keywords.wrongType(node, "vars_files", "names of files");
                } else if (value != None.NONE) {
                    files.add(new Setting(value, node.source()));
                }
            }
        });
        return files;
    }

    private List<Prompt> prompts(KeywordReader.Own own) {
        var prompts = new ArrayList<Prompt>();
        own.rest("vars_prompt").ifPresent(field -> {
            if (field.value() instanceof Node.Items items) {
                items.items().forEach(item -> prompt(item).ifPresent(prompts::add));
            } else if (reading.keywords.value(field.value()) != None.NONE) {
                reading.keywords.wrongType(field.value(), "vars_prompt",
                        "a list, each entry with \"name:\" and \"prompt:\"");
            }
        });
        return prompts;
    }

    private Optional<Prompt> prompt(Node node) {
        if (!(node instanceof Node.Fields fields) || fields.field("name").isEmpty()) {
            reading.findings.error(node.source(), "Tried to read a prompt, but it names no variable.",
                    "Expected \"name:\" and \"prompt:\".");
            return Optional.empty();
        }
        for (Node.Field field : fields.fields()) {
            if (!PROMPTS.contains(field.name())) {
                reading.actions.unknownKeyword(field.key(), "prompt", PROMPTS);
            }
        }
        String name = text(fields, "name").orElse("");
        Optional<Integer> size = text(fields, "salt_size").filter(text -> text.matches("[0-9]{1,4}"))
                .map(Integer::parseInt);
        Value question = fields.field("prompt").map(field -> reading.keywords.value(field.value()))
                .filter(value -> value != None.NONE).orElse(new Text(name));
        Optional<Value> fallback = fields.field("default").map(field -> reading.keywords.value(field.value()))
                .filter(value -> value != None.NONE);
        return Optional.of(new Prompt(fields.source(), name, question, fallback, flag(fields, "private", true),
                flag(fields, "confirm", false), text(fields, "encrypt"), size,
                text(fields, "salt"), flag(fields, "unsafe", false)));
    }

    private Optional<String> text(Node.Fields fields, String name) {
        return fields.field(name).flatMap(reading.keywords::text).map(PythonText::of);
    }

    private boolean flag(Node.Fields fields, String name, boolean otherwise) {
        Value value = fields.field(name).map(field -> reading.keywords.value(field.value())).orElse(Bool.of(otherwise));
        return value == Bool.TRUE || (value instanceof Text(String text)
                && Set.of("yes", "true", "on", "1", "y", "t").contains(text.toLowerCase(Locale.ROOT)));
    }
}
