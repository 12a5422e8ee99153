package bramble.check;

import bramble.args.Argument;
import bramble.args.ControllerCommand;
import bramble.args.ControllerFile;
import bramble.args.Resources;
import bramble.args.Schema;
import bramble.args.TemplateFile;
import bramble.check.Finding.Rule;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.playbook.ActionCall;
import bramble.playbook.Elsewhere;
import bramble.playbook.Keyword;
import bramble.playbook.Setting;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.regex.PythonRegex;
import bramble.regex.RegexException;
import bramble.template.DocumentOptions;
import bramble.template.Mention;
import bramble.template.Templates;
import bramble.template.Truth;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.value.VariableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Looks at tasks one by one: their expressions, arguments, files, handlers and variables. */
final class TaskCheck {
    private static final Set<Keyword> EXPRESSIONS = Set.of(Keyword.UNTIL, Keyword.CHANGED_WHEN, Keyword.FAILED_WHEN);
    private static final Set<String> META = Set.of("noop", "flush_handlers", "end_play", "end_batch", "end_host",
            "end_role", "clear_facts", "clear_host_errors", "reset_connection", "refresh_inventory", "role_complete");
    private static final Set<String> STEERING = Set.of("include_tasks", "include_role", "meta", "",
            ActionCall.BROUGHT, ActionCall.PLUGIN);
    private static final Pattern READING = Pattern
            .compile("\\b(?:lookup|query|q)\\(\\s*(['\"])(?:ansible\\.builtin\\.)?"
                    + "(file|template|unvault)\\1\\s*,\\s*(['\"])([^'\"{}]+)\\3\\s*\\)");
    private static final Set<String> EVERYWHERE = Set.of("all", "ungrouped");
    private static final String MISSING = "Could not find or access";

    private final Given given;
    private final Walk walk;
    private final Names names;
    private final Places places;
    private final Map<Object, Finding> findings = new LinkedHashMap<>();
    private final Map<Object, Candidate> candidates = new LinkedHashMap<>();
    private final Set<String> guarded = new HashSet<>();
    private final IdentityHashMap<Reached, Truth> conditions = new IdentityHashMap<>();
    private final Map<Path, String> plugins = new HashMap<>();
    private Optional<Set<String>> written = Optional.empty();

    /** A variable, host or group that is nowhere defined, unless somebody asks for it before he uses it. */
    private record Candidate(Mention.Kind kind, String name, Source at, boolean sure, Reached task) {}

    private record Spot(String what, Source at) {}

    TaskCheck(Given given, Walk walk) {
        this.given = given;
        this.walk = walk;
        this.names = new Names(given, walk.sources());
        this.places = new Places(given.reader(), given.folder());
    }

    /** Looks at one task; the findings are told by {@link #findings}. */
    void look(Reached one) {
        Truth reached = reached(one);
        boolean live = !reached.isFalse() && selected(one) && notified(one);
        boolean sure = one.sure() && reached.isTrue() && certainlySelected(one)
                && one.task().find(Keyword.IGNORE_ERRORS).isEmpty();
        new Use(one, live, sure).all();
    }

    List<Finding> findings() {
        guarded.addAll(names.guarded(given.templates()));
        for (Candidate candidate : candidates.values()) {
            if (!guarded.contains(candidate.name)) {
                add(new Finding(Rule.VARIABLE, undefined(candidate)));
            }
        }
        return List.copyOf(findings.values());
    }

    private Problem undefined(Candidate candidate) {
        if (candidate.kind != Mention.Kind.VARIABLE) {
            return missing(candidate);
        }
        String near = Nearest.hint(candidate.name, names.all(candidate.task));
        boolean elsewhere = !candidate.at.file().equals(candidate.task.task().source().file());
        String hint = (near.isEmpty() ? "Set it in the inventory, the play or the role, or give it a default." : near)
                + (elsewhere ? " It is used by the task at " + candidate.task.task().source() + "." : "");
        String summary = "Nothing defines the variable \"" + candidate.name + "\""
                + (candidate.sure
                        ? "."
                        : lacks(candidate.task)
                                ? ", unless something that is missing does."
                                : ", which is needed here where the conditions hold.");
        return candidate.sure
                ? Problem.error(candidate.at, summary, hint)
                : Problem.warning(candidate.at, summary, hint);
    }

    private Problem missing(Candidate candidate) {
        boolean host = candidate.kind == Mention.Kind.HOST;
        String summary = "The inventory has no " + (host ? "host" : "group") + " named \"" + candidate.name + "\""
                + (candidate.sure ? "." : ", which is needed here where the conditions hold.");
        String hint = Nearest.hint(candidate.name, host
                ? given.inventory().hosts().stream().map(one -> one.name()).toList()
                : given.inventory().groups().stream().map(one -> one.name()).toList());
        return candidate.sure
                ? Problem.error(candidate.at, summary, hint)
                : Problem.warning(candidate.at, summary, hint);
    }

    private void add(Finding finding) {
        Problem problem = finding.problem();
        findings.merge(new Spot(finding.rule() + problem.summary(), problem.source()), finding,
                (there, more) -> there.problem().severity() == Problem.Severity.ERROR ? there : more);
    }

    private void add(Rule rule, boolean error, Source at, String summary, String hint) {
        add(new Finding(rule, error ? Problem.error(at, summary, hint) : Problem.warning(at, summary, hint)));
    }

    private Path folder(Reached one) {
        return Optional.ofNullable(one.play().play.file().getParent()).orElse(given.folder());
    }

    /** Whether something is missing that may define what is looked for. */
    private boolean lacks(Reached one) {
        return !one.play().lacks.isEmpty() || !walk.sources().lacks.isEmpty();
    }

    // ---- whether it is reached

    /** Whether the conditions of a task, and those of the includes that lead to it, hold. */
    private Truth reached(Reached one) {
        Truth all = Truth.TRUE;
        for (Reached gate : one.gates()) {
            Truth truth = conditions.computeIfAbsent(gate, this::condition);
            if (truth.isFalse()) {
                return truth;
            }
            all = truth.isTrue() ? all : truth;
        }
        Truth own = condition(one);
        return own.isTrue() ? all : own;
    }

    private Truth condition(Reached one) {
        Truth all = Truth.TRUE;
        for (Setting when : one.task().directives().when()) {
            Truth truth;
            try {
                truth = given.templates().condition(when.value(), when.source(), names.scope(one, folder(one)));
            } catch (ProblemException | UnknownValueException e) {
                truth = Truth.unknown("it can't be told");
            }
            if (truth.isFalse()) {
                return truth;
            }
            all = truth.isTrue() ? all : truth;
        }
        return all;
    }

    /** Whether a handler may be notified. */
    private static boolean notified(Reached one) {
        if (!one.handler() || one.play().notifiesAnything || !one.gates().isEmpty()
                || one.task().name().filter(Template.class::isInstance).isPresent()) {
            return true;
        }
        var names = new ArrayList<Value>();
        one.task().name().ifPresent(names::add);
        one.task().value(Keyword.LISTEN)
                .ifPresent(listen -> names.addAll(listen instanceof ListValue list ? list.items() : List.of(listen)));
        return names.stream().map(PythonText::of).anyMatch(name -> one.play().notified.stream()
                .anyMatch(asked -> asked.equals(name) || asked.endsWith(" : " + name)));
    }

    private static Optional<Set<String>> tags(Reached one) {
        var tags = new HashSet<String>();
        for (Setting tag : one.task().directives().tags()) {
            if (!(tag.value() instanceof Text(String text))) {
                return Optional.empty();
            }
            tags.add(text);
        }
        return Optional.of(tags);
    }

    private boolean selected(Reached one) {
        return tags(one).map(given.tags()::select).orElse(true);
    }

    private boolean certainlySelected(Reached one) {
        return tags(one).map(given.tags()::select).orElse(false);
    }

    // ---- plugins

    private void plugin(Mention mention, Reached one) {
        if (given.templates().knows(mention) || brought(mention, one)) {
            return;
        }
        String kind = mention.kind().name().toLowerCase(java.util.Locale.ROOT);
        String plain = mention.name().substring(mention.name().lastIndexOf('.') + 1);
        add(Rule.PLUGIN, true, mention.at(), "There is no " + kind + " named \"" + mention.name() + "\".",
                Nearest.hint(plain, given.templates().names(mention.kind())));
    }

    /** Whether a file of plugins that the playbook brings has the name in it. */
    private boolean brought(Mention mention, Reached one) {
        String folder = mention.kind().name().toLowerCase(java.util.Locale.ROOT) + "_plugins";
        String plain = mention.name().substring(mention.name().lastIndexOf('.') + 1);
        var folders = new ArrayList<Path>(given.plugins());
        one.task().role().ifPresent(role -> role.chain().forEach(each -> folders.add(each.path().resolve(folder))));
        walk.reached().stream().flatMap(other -> other.task().role().stream()).map(role -> role.path()).distinct()
                .forEach(path -> folders.add(path.resolve(folder)));
        folders.add(folder(one).resolve(folder));
        String[] parts = mention.name().split("\\.", 3);
        for (Path path : given.loader().collectionsPath()) {
            Path collections = path.resolve("ansible_collections");
            if (parts.length == 3) {
                folders.add(collections.resolve(parts[0]).resolve(parts[1]).resolve("plugins")
                        .resolve(folder.replace("_plugins", "")));
            }
        }
        return folders.stream().distinct()
                .anyMatch(path -> plugins.computeIfAbsent(path, TaskCheck::text).contains(plain));
    }

    private static String text(Path folder) {
        var text = new StringBuilder();
        if (Files.isDirectory(folder)) {
            try (var files = Files.walk(folder, 3)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    text.append(file.getFileName()).append('\n')
                            .append(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
                }
            } catch (IOException | java.io.UncheckedIOException e) {
                // what can't be read has no plugins
            }
        }
        return text.toString();
    }

    /** The names of files that tasks on this machine may write. */
    private Set<String> written() {
        if (written.isEmpty()) {
            var texts = new HashSet<String>();
            for (Reached one : walk.reached()) {
                boolean here = one.task().action().is("fetch")
                        || one.task().value(Keyword.DELEGATE_TO).filter(host -> !PythonText.of(host).isEmpty())
                                .isPresent()
                        || one.task().value(Keyword.CONNECTION).map(PythonText::of).filter("local"::equals).isPresent()
                        || one.play().play.directives().value(Keyword.HOSTS).map(PythonText::of)
                                .filter(host -> host.contains("local")).isPresent();
                if (here) {
                    texts.add(PythonText.of(one.task().action().arguments()));
                }
            }
            written = Optional.of(texts);
        }
        return written.get();
    }

    private boolean mayBeWritten(String name) {
        String last = name.substring(name.lastIndexOf('/', name.length() - 2) + 1);
        return written().stream().anyMatch(text -> text.contains(last));
    }

    /** One task: whether it may be reached, and whether it is, on some host. */
    private final class Use {
        private final Reached one;
        private final boolean live;
        private final boolean sure;
        private final Set<String> seen = new HashSet<>();

        Use(Reached one, boolean live, boolean sure) {
            this.one = one;
            this.live = live;
            this.sure = sure;
        }

        void all() {
            one.task().name().ifPresent(name -> value(name, false, false));
            boolean first = true;
            for (Setting when : one.task().directives().when()) {
                condition(when.value(), when.source(), sure(first));
                first = false;
            }
            boolean items = loop();
            one.task().directives().settings().given().forEach((keyword, setting) -> setting(keyword, setting, items));
            one.task().directives().vars().forEach(layer -> value(layer.values(), false, false));
            if (!STEERING.contains(one.task().action().name())
                    && !(module().orElse(null) instanceof Conversation<?>)) {
                one.task().directives().environment().forEach(setting -> value(setting.value(), live, sure && items));
            }
            arguments(items);
            notified();
            meta();
        }

        /** The first condition is looked at whatever the others say. */
        private boolean sure(boolean first) {
            return first && one.sure()
                    && one.gates().stream().allMatch(gate -> conditions.getOrDefault(gate, Truth.FALSE).isTrue())
                    && certainlySelected(one);
        }

        private Templates templates() {
            return given.templates();
        }

        private Optional<AnyModule> module() {
            return given.modules().find(one.task().action().name());
        }

        /** Looks at what it is repeated over; whether it is done at all then. */
        private boolean loop() {
            if (one.task().loop().isEmpty()) {
                return true;
            }
            var loop = one.task().loop().get();
            value(loop.over(), live, sure);
            loop.control().label().ifPresent(setting -> value(setting.value(), false, false));
            loop.control().breakWhen().ifPresent(setting -> condition(setting.value(), setting.source(), false));
            loop.lookup().ifPresent(lookup -> plugin(
                    new Mention(Mention.Kind.LOOKUP, lookup, loop.source(), true), one));
            if (loop.lookup().isEmpty() && !(loop.over() instanceof ListValue || loop.over() instanceof Template)) {
                add(Rule.ARGUMENT, sure, loop.source(), "loop needs a list, but this is "
                        + PythonText.repr(loop.over()) + ".",
                        "A list has brackets, or a line with a dash for each item.");
            }
            return loop.over() instanceof ListValue list && !list.items().isEmpty();
        }

        private void setting(Keyword keyword, Setting setting, boolean items) {
            if (EXPRESSIONS.contains(keyword)) {
                condition(setting.value(), setting.source(), false);
            } else if (keyword != Keyword.REGISTER) {
                value(setting.value(), live, sure && items);
            }
        }

        /** Templates in a value. */
        private void value(Value value, boolean used, boolean certain) {
            for (Template template : Names.templatesIn(value)) {
                attempt(() -> {
                    List<Mention> mentions = templates().mentions(template);
                    mentions(mentions, used, certain);
                    if (used) {
                        lookedUp(template, mentions, certain);
                    }
                });
            }
        }

        /** An expression, or a list of them. */
        private void condition(Value value, Source at, boolean certain) {
            switch (value) {
                case ListValue list -> list.items().forEach(item -> condition(item, at, certain));
                case Text(String text) when !Template.marked(text) && !text.isBlank() ->
                    attempt(() -> mentions(templates().mentionsInExpression(text, at), live, certain));
                case Text(String text) when Template.marked(text) -> value(new Template(text, at), live, certain);
                case Value other -> value(other, live, certain);
            }
        }

        private boolean attempt(Runnable work) {
            try {
                work.run();
                return true;
            } catch (ProblemException e) {
                e.problems().forEach(problem -> add(new Finding(Rule.SYNTAX, problem)));
                return false;
            }
        }

        private void mentions(List<Mention> mentions, boolean used, boolean certain) {
            for (Mention mention : mentions) {
                switch (mention.kind()) {
                    case FILTER, TEST, LOOKUP -> plugin(mention, one);
                    case GUARDED -> guarded.add(mention.name());
                    case VARIABLE -> {
                        if (used) {
                            variable(mention, certain && mention.sure(), Set.of());
                        }
                    }
                    case HOST, GROUP -> {
                        if (used) {
                            member(mention, certain && mention.sure());
                        }
                    }
                    case PATTERN -> pattern(mention);
                    case DOCUMENT, SET -> {
                        // belongs to documents
                    }
                }
            }
        }

        /** A host or group by its name: those of the inventory are known, unless the playbook adds some. */
        private void member(Mention mention, boolean certain) {
            var inventory = given.inventory();
            boolean known = mention.kind() == Mention.Kind.HOST
                    ? inventory.host(mention.name()).isPresent()
                    : inventory.group(mention.name()).isPresent() || EVERYWHERE.contains(mention.name());
            if (!known && !inventory.hosts().isEmpty() && !walk.sources().newHosts && !one.play().nobody) {
                candidates.merge(new Spot(mention.kind() + mention.name(), mention.at()),
                        new Candidate(mention.kind(), mention.name(), mention.at(), certain && !lacks(one), one),
                        (there, more) -> there.sure ? there : more);
            }
        }

        private void pattern(Mention mention) {
            try {
                PythonRegex.compile(mention.name());
            } catch (RegexException e) {
                add(Rule.SYNTAX, true, mention.at(), "This is no regular expression: " + e.getMessage() + ".", "");
            }
        }

        private void variable(Mention mention, boolean certain, Set<String> local) {
            String name = mention.name();
            if (local.contains(name) || names.ofRun(name, one) || templates().knows(mention)) {
                return;
            }
            List<Value> values = names.written(name, one);
            if (values.isEmpty()) {
                boolean judged = one.play().open.isEmpty() && walk.sources().open.isEmpty()
                        && (!one.play().nobody || walk.sources().newHosts);
                if (judged) {
                    candidates.merge(new Spot(name, mention.at()),
                            new Candidate(mention.kind(), name, mention.at(), certain && !lacks(one), one),
                            (there, more) -> there.sure ? there : more);
                }
            } else if (seen.add(name + certain)) {
                boolean only = values.size() == 1 && certain && !names.ofHosts(name);
                values.forEach(value -> {
                    for (Template template : Names.templatesIn(value)) {
                        attempt(() -> mentions(templates().mentions(template), values.size() == 1,
                                only && value instanceof Template));
                    }
                });
            }
        }

        // ---- arguments

        private void arguments(boolean items) {
            ActionCall call = one.task().action();
            Optional<AnyModule> module = module();
            Optional<Schema<?>> schema = module.map(found -> Schema.of(found.args()));
            if (module.isEmpty() && live && !STEERING.contains(call.name()) && !call.is("validate_argument_spec")) {
                add(Rule.STRUCTURE, sure && items, call.source(), Elsewhere.summary(call.written()),
                        Elsewhere.hint(call.written()));
            }
            call.whole().forEach(template -> value(template, live, sure && items));
            call.arguments().byName().forEach((name, value) -> {
                boolean late = schema.flatMap(found -> found.find(name)).map(Argument::late).orElse(false);
                if (Template.marked(name)) {
                    value(new Template(name, call.source()), live, sure && items);
                } else if (call.is("set_fact") && !VariableName.legal(name)) {
                    add(Rule.ARGUMENT, sure && items, places.of(call, name, false), "\"" + name
                            + "\" can't be a variable's name.",
                            "Names have letters, digits and underscores, and begin with no digit.");
                }
                if (late && call.is("debug")) {
                    guardAll(value);
                } else if (late) {
                    condition(value, places.of(call, name, true), sure && items);
                } else {
                    value(value, live, sure && items);
                }
            });
            variableFiles(items);
            schema.ifPresent(found -> schema(found, call, items));
        }

        /** What is only shown may be undefined. */
        private void guardAll(Value value) {
            if (value instanceof Text(String text) && !text.isBlank() && !Template.marked(text)) {
                attempt(() -> templates().mentionsInExpression(text, one.task().action().source())
                        .forEach(mention -> guarded.add(mention.name())));
            } else {
                value(value, false, false);
            }
        }

        private void schema(Schema<?> schema, ActionCall call, boolean items) {
            boolean all = call.whole().isEmpty() && one.task().directives().moduleDefaults().isEmpty();
            for (LiteralScope scope : LiteralScope.of(one.task(), folder(one))) {
                MapValue known = MapValue.EMPTY;
                for (var entry : call.arguments().byName().entrySet()) {
                    boolean late = schema.find(entry.getKey()).map(Argument::late).orElse(false);
                    known = known.with(entry.getKey(),
                            late ? entry.getValue() : scope.of(entry.getValue(), templates()));
                }
                faults(schema, call, known,
                        all && !Template.marked(String.join("", call.arguments().byName().keySet())));
                if (live) {
                    documents(schema, known, sure && items);
                }
            }
        }

        private void faults(Schema<?> schema, ActionCall call, MapValue known, boolean all) {
            List<Schema.Fault> faults;
            try {
                faults = schema.faults(known, all, files());
            } catch (RuntimeException e) {
                return; // what only a run can say
            }
            for (Schema.Fault fault : faults) {
                boolean missing = fault.summary().startsWith(MISSING);
                Optional<Argument> argument = schema.find(fault.argument());
                boolean file = argument.map(found -> Set.<Object>of(ControllerFile.class, ControllerCommand.class,
                        TemplateFile.class).contains(found.type())).orElse(false);
                Source at = places.of(call, fault.argument(), argument.isPresent());
                if (missing && file) {
                    String name = known.get(fault.argument()).map(PythonText::of).orElseGet(() -> known
                            .get(ActionCall.FREE_FORM).map(PythonText::of).orElse("").strip().split("\\s", 2)[0]);
                    missingFile(name, sure, at, fault.hint());
                } else {
                    add(Rule.ARGUMENT, true, at, call.written() + ": " + fault.summary(), fault.hint());
                }
            }
        }

        private void missingFile(String name, boolean certain, Source at, String hint) {
            if (live && !mayBeWritten(name)) {
                boolean outside = name.startsWith("/") || name.startsWith("~"); // another machine may have it
                add(Rule.FILE, certain && !outside, at, "There is no file \"" + name + "\" where it is looked for.",
                        hint);
            }
        }

        private void findable(String folder, String name, boolean certain, Source at) {
            var site = Sites.of(one.task(), folder(one));
            if (site.find(folder, name).isEmpty()) {
                missingFile(name, certain, at, lookedFor(site, folder, name));
            }
        }

        private String lookedFor(bramble.template.Site site, String folder, String name) {
            return "Looked for " + String.join(", ", site.candidates(folder, name).stream().map(given::shown).limit(4)
                    .toList()) + ".";
        }

        /** The files of variables that a task includes by a literal name. */
        private void variableFiles(boolean items) {
            ActionCall call = one.task().action();
            if (!call.is("include_vars") || !call.whole().isEmpty()) {
                return;
            }
            for (String argument : List.of("file", ActionCall.FREE_FORM, "dir")) {
                Value value = call.arguments().get(argument).orElse(None.NONE);
                for (LiteralScope scope : LiteralScope.of(one.task(), folder(one))) {
                    if (scope.of(value, templates()) instanceof Text(String name)) {
                        findable("vars", name, sure && items, places.of(call, argument, true));
                    }
                }
            }
        }

        /** The files that lookups in a template read, where one is named literally and nothing else is said. */
        private void lookedUp(Template template, List<Mention> mentions, boolean certain) {
            READING.matcher(template.text()).results().forEach(found -> {
                String lookup = found.group(2);
                boolean always = mentions.stream().filter(mention -> mention.kind() == Mention.Kind.LOOKUP
                        && mention.name().endsWith(lookup)).allMatch(Mention::sure);
                findable(lookup.equals("template") ? "templates" : "files", found.group(4), certain && always,
                        template.source());
            });
        }

        private Resources files() {
            return new Resources() {
                @Override
                public Path find(String folder, String name) {
                    var site = Sites.of(one.task(), folder(one));
                    return site.find(folder, name)
                            .orElseThrow(() -> new ProblemException(
                                    Problem.error(Source.NONE, MISSING, lookedFor(site, folder, name))));
                }

                @Override
                public String render(Path template, DocumentOptions options) {
                    throw new UnknownValueException("nothing is rendered");
                }

                @Override
                public void secret(String value) {
                    // nothing is shown
                }

                @Override
                public void warn(String text) {
                    add(Rule.ARGUMENT, false, one.task().action().source(), text, "");
                }
            };
        }

        // ---- template files

        private void documents(Schema<?> schema, MapValue known, boolean certain) {
            for (Argument argument : schema.arguments()) {
                if (argument.type() == TemplateFile.class
                        && known.get(argument.name()).orElse(None.NONE) instanceof Text(String name)) {
                    var site = Sites.of(one.task(), folder(one));
                    site.find("templates", name).filter(Files::isRegularFile)
                            .ifPresent(path -> document(path, options(known), certain));
                }
            }
        }

        private static DocumentOptions options(MapValue known) {
            DocumentOptions usual = DocumentOptions.FILE;
            var marks = usual.delimiters();
            return new DocumentOptions(flag(known, "trim_blocks", usual.trimBlocks()),
                    flag(known, "lstrip_blocks", usual.lstripBlocks()), "\n", true,
                    new DocumentOptions.Delimiters(text(known, "variable_start_string", marks.variableStart()),
                            text(known, "variable_end_string", marks.variableEnd()),
                            text(known, "block_start_string", marks.blockStart()),
                            text(known, "block_end_string", marks.blockEnd()),
                            text(known, "comment_start_string", marks.commentStart()),
                            text(known, "comment_end_string", marks.commentEnd())));
        }

        private static boolean flag(MapValue known, String name, boolean otherwise) {
            return known.get(name).map(value -> value == Bool.TRUE || PythonText.of(value).matches("(?i)yes|true|on|1"))
                    .orElse(otherwise);
        }

        private static String text(MapValue known, String name, String otherwise) {
            return known.get(name).filter(Text.class::isInstance).map(PythonText::of).orElse(otherwise);
        }

        /** A template's names, and those of the templates that it includes: they see each other's. */
        private void document(Path path, DocumentOptions options, boolean certain) {
            var all = new LinkedHashMap<Path, List<Mention>>();
            read(path, options, all);
            var local = new HashSet<String>();
            all.values().stream().flatMap(List::stream).filter(mention -> mention.kind() == Mention.Kind.SET)
                    .forEach(mention -> local.add(mention.name()));
            all.forEach((file, mentions) -> {
                boolean first = file.equals(path);
                for (Mention mention : mentions) {
                    if (mention.kind() == Mention.Kind.VARIABLE) {
                        variable(mention, certain && first && mention.sure(), local);
                    } else if (mention.kind() == Mention.Kind.HOST || mention.kind() == Mention.Kind.GROUP) {
                        member(mention, certain && first && mention.sure());
                    } else if (mention.kind() != Mention.Kind.DOCUMENT) {
                        mentions(List.of(mention), true, false);
                    }
                }
            });
        }

        private void read(Path path, DocumentOptions options, Map<Path, List<Mention>> all) {
            if (all.containsKey(path)) {
                return;
            }
            all.put(path, List.of());
            attempt(() -> {
                String text;
                try {
                    text = given.reader().read(path);
                } catch (IOException e) {
                    throw new ProblemException(one.task().action().source(), "Tried to read the template "
                            + given.shown(path) + ", but " + bramble.problem.FileTrouble.why(e) + ".");
                }
                var mentions = templates().mentionsInDocument(text, new Source(given.shown(path), 1, 1), options);
                all.put(path, mentions);
                mentions.stream().filter(mention -> mention.kind() == Mention.Kind.DOCUMENT)
                        .forEach(mention -> included(path, mention, options, all));
            });
        }

        private void included(Path from, Mention mention, DocumentOptions options, Map<Path, List<Mention>> all) {
            var folders = new ArrayList<Path>();
            folders.add(Optional.ofNullable(from.getParent()).orElse(folder(one)));
            folders.addAll(Sites.of(one.task(), folder(one)).searchPath());
            var site = new bramble.template.Site(folders, folder(one));
            Optional<Path> found = site.find("templates", mention.name()).filter(Files::isRegularFile);
            if (found.isPresent()) {
                read(found.get(), options, all);
            } else if (!mayBeWritten(mention.name())) {
                add(Rule.FILE, sure && mention.sure(), mention.at(), "There is no template \"" + mention.name()
                        + "\" where it is looked for.",
                        lookedFor(site, "templates", mention.name()));
            }
        }

        // ---- handlers and meta

        private void notified() {
            if (!one.play().open.isEmpty() || !walk.sources().open.isEmpty()) {
                return;
            }
            one.task().find(Keyword.NOTIFY).ifPresent(notify -> {
                List<Value> all = notify.value() instanceof ListValue list ? list.items() : List.of(notify.value());
                all.stream().filter(Text.class::isInstance).map(PythonText::of)
                        .filter(name -> !one.play().handlers.contains(name)
                                && one.play().handlerPatterns.stream().noneMatch(glob -> glob.matcher(name).matches()))
                        .forEach(name -> add(Rule.HANDLER, !lacks(one), notify.source(),
                                "There is no handler named \"" + name + "\", nor one that listens to it.",
                                Nearest.hint(name, one.play().handlers)));
            });
        }

        private void meta() {
            ActionCall call = one.task().action();
            if (call.is("meta")
                    && call.arguments().get(ActionCall.FREE_FORM).orElse(None.NONE) instanceof Text(String word)
                    && !META.contains(word.strip())) {
                add(Rule.ARGUMENT, true, call.source(), "meta: there is no \"" + word + "\".",
                        Nearest.hint(word, META));
            }
        }
    }
}
