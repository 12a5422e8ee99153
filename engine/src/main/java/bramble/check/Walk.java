package bramble.check;

import bramble.inventory.HostPattern;
import bramble.inventory.Variables;
import bramble.playbook.ActionCall;
import bramble.playbook.Block;
import bramble.playbook.Keyword;
import bramble.playbook.LoadedRole;
import bramble.playbook.LoadedTasks;
import bramble.playbook.Play;
import bramble.playbook.Playbook;
import bramble.playbook.PlaybookLoader;
import bramble.playbook.Prompt;
import bramble.playbook.Role;
import bramble.playbook.RoleRequest;
import bramble.playbook.Setting;
import bramble.playbook.Step;
import bramble.playbook.Task;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Goes through plays and all that they include, and notes each task, and all that may define a variable or a handler. */
final class Walk {
    /** More than anybody means: then nothing is said about variables. */
    private static final int MOST = 200_000;
    private static final Pattern WORD = Pattern.compile("['\"]([A-Za-z_]\\w*)['\"]");
    private static final Set<String> CODE = Set.of("tasks", "handlers", "meta", "templates", "molecule", "tests",
            "library", "docs");

    private final Given given;
    private final Sources sources = new Sources();
    private final List<Reached> reached = new ArrayList<>();
    private final List<KnownPlay> plays = new ArrayList<>();
    private final LinkedHashSet<Finding> findings = new LinkedHashSet<>();
    private final Map<Object, PlaybookLoader.Look<LoadedTasks>> files = new java.util.HashMap<>();
    private int count;

    Walk(Given given) {
        this.given = given;
    }

    Sources sources() {
        return sources;
    }

    List<Reached> reached() {
        return reached;
    }

    List<KnownPlay> plays() {
        return plays;
    }

    Set<Finding> findings() {
        return findings;
    }

    /**
     * What is around a step.
     *
     * @param trail what is included at present
     */
    private record Around(KnownPlay play, Set<String> names, List<Reached> gates, boolean sure, boolean handlers,
            List<Object> trail) {
        Around unsure() {
            return new Around(play, names, gates, false, handlers, trail);
        }

        Around including(Object what, Reached gate, boolean certain) {
            var longer = new ArrayList<>(trail);
            longer.add(what);
            var more = new ArrayList<>(gates);
            more.add(gate);
            return new Around(play, gate.names(), more, sure && certain, handlers, longer);
        }

        Around ofHandlers() {
            return new Around(play, names, gates, false, true, trail);
        }
    }

    void playbook(Playbook playbook) {
        playbook.plays().forEach(this::play);
    }

    private Path folder(KnownPlay play) {
        return Optional.ofNullable(play.play.file().getParent()).orElse(given.folder());
    }

    private void play(Play play) {
        var known = new KnownPlay(play);
        plays.add(known);
        known.nobody = nobody(play);
        varsFiles(known);
        play.prompts().stream().map(Prompt::name).forEach(sources.set::add);
        var around = new Around(known, Set.of(), List.of(), true, false, List.of());
        for (List<Step> part : List.of(play.preTasks(), play.roles(), play.tasks(), play.postTasks())) {
            steps(part, around);
        }
        handlers(play.handlers(), around);
    }

    private void handlers(List<Step> handlers, Around around) {
        steps(handlers, around.ofHandlers());
    }

    /** Whether it is certain that the inventory has nobody for the play. */
    private boolean nobody(Play play) {
        Optional<Value> hosts = play.directives().value(Keyword.HOSTS);
        if (hosts.isEmpty()) {
            return true;
        }
        List<Value> patterns = hosts.get() instanceof ListValue list ? list.items() : List.of(hosts.get());
        if (!patterns.stream().allMatch(Text.class::isInstance)) {
            return given.inventory().hosts().isEmpty();
        }
        try {
            return HostPattern.of(patterns.stream().map(PythonText::of).toList(), play.source())
                    .select(given.inventory(), _ -> {}).isEmpty();
        } catch (ProblemException e) {
            return true;
        }
    }

    private void varsFiles(KnownPlay known) {
        for (Setting setting : known.play.varsFiles()) {
            List<Value> choices = setting.value() instanceof ListValue list ? list.items() : List.of(setting.value());
            if (!choices.stream().allMatch(Text.class::isInstance)) {
                known.open.add("the name of a file in its vars_files is a template");
                continue;
            }
            var site = new bramble.template.Site(List.of(folder(known)), folder(known));
            Optional<Path> file = choices.stream().map(PythonText::of).flatMap(name -> site.find("vars", name).stream())
                    .filter(Files::isRegularFile).findFirst();
            if (file.isEmpty()) {
                known.missingFiles.add(setting);
                known.lacks.add("a file of its vars_files is not there");
            } else {
                variables(file.get()).ifPresentOrElse(known.files::add,
                        () -> known.lacks.add("a file of its vars_files can't be read"));
            }
        }
    }

    /** What can't be read is told once. */
    private Optional<Variables> variables(Path file) {
        try {
            return Optional.of(given.variables().apply(file));
        } catch (ProblemException e) {
            e.problems().forEach(problem -> findings.add(new Finding(Finding.Rule.STRUCTURE, problem)));
            return Optional.empty();
        }
    }

    private void steps(List<Step> steps, Around around) {
        for (Step step : steps) {
            if (++count > MOST) {
                sources.open.add("there are too many tasks");
                return;
            }
            switch (step) {
                case Block block -> {
                    steps(block.tasks(), block.rescue().isEmpty() ? around : around.unsure());
                    steps(block.rescue(), around.unsure());
                    steps(block.always(), around);
                }
                case Task task -> task(task, around);
            }
        }
    }

    private void task(Task task, Around around) {
        var names = new HashSet<>(around.names());
        task.loop().ifPresent(loop -> {
            names.add(loop.control().variable());
            loop.control().index().ifPresent(names::add);
        });
        var one = new Reached(task, around.play(), names, around.gates(), around.sure(),
                around.handlers());
        reached.add(one);
        notified(one);
        if (around.handlers()) {
            handler(one);
        }
        task.loop().map(loop -> loop.control().variable()).filter(Template::marked)
                .ifPresent(_ -> sources.open.add("the name of a loop's variable is a template"));
        task.value(Keyword.REGISTER).ifPresent(name -> set(name, "the name that a task registers is a template"));
        switch (task.action().name()) {
            case "set_fact" -> setFact(task, "the name of a fact that a task sets is a template");
            case "add_host" -> {
                sources.newHosts = true;
                setFact(task, "the variables of a host that a task adds are a template");
            }
            case "group_by" -> sources.newHosts = true;
            case "meta" -> {
                if (PythonText.of(task.action().arguments()).contains("refresh_inventory")) {
                    sources.newHosts = true;
                }
            }
            case "include_vars" -> includeVars(one);
            case "include_tasks" -> includeTasks(one, around);
            case "include_role" -> includeRole(one, around);
            case "package_facts" -> sources.set.add("packages");
            case "service_facts" -> sources.set.add("services");
            case ActionCall.BROUGHT, ActionCall.PLUGIN -> brought(task);
            case "" -> unknownModule(task);
            case String _ -> {
                // sets nothing that is not registered
            }
        }
        if (task.action().is("getent")) {
            task.action().arguments().get("database").ifPresent(name -> set(
                    new Text("getent_" + PythonText.of(name)), ""));
        }
    }

    private void notified(Reached one) {
        one.task().value(Keyword.NOTIFY).ifPresent(notify -> {
            List<Value> names = notify instanceof ListValue list ? list.items() : List.of(notify);
            names.forEach(name -> {
                one.play().notified.add(PythonText.of(name));
                one.play().notifiesAnything |= name instanceof Template;
            });
        });
    }

    private void unknownModule(Task task) {
        String written = task.action().written();
        if (!written.isEmpty()) {
            sources.open.add("the name of a module is a template");
        }
    }

    private void set(Value name, String otherwise) {
        if (name instanceof Text(String text) && !Template.marked(text)) {
            sources.set.add(text);
        } else {
            sources.open.add(otherwise);
        }
    }

    private void setFact(Task task, String otherwise) {
        if (!task.action().whole().isEmpty()
                || task.action().arguments().get(ActionCall.FREE_FORM).filter(Template.class::isInstance).isPresent()) {
            sources.open.add(otherwise);
        }
        task.action().arguments().byName().keySet().forEach(name -> set(new Text(name), otherwise));
    }

    /** A module that the playbook brings may give facts of any name: every word in quotes in it counts as one. */
    private void brought(Task task) {
        task.action().arguments().get(ActionCall.FILE).map(PythonText::of).ifPresent(file -> {
            try {
                String text = new String(Files.readAllBytes(Path.of(file)),
                        java.nio.charset.StandardCharsets.ISO_8859_1);
                if (text.contains("ansible_facts")) {
                    WORD.matcher(text).results().forEach(found -> sources.set.add(found.group(1)));
                    if (text.contains("**")) {
                        sources.open.add("a module that the playbook brings may set any fact");
                    }
                }
            } catch (IOException e) {
                sources.open.add("a module that the playbook brings can't be read");
            }
        });
    }

    private static Optional<Value> argument(Task task, String name) {
        return task.action().arguments().get(name).filter(value -> value != None.NONE);
    }

    // ---- include_vars

    private void includeVars(Reached one) {
        Task task = one.task();
        Optional<Value> name = argument(task, "name");
        Optional<Value> dir = argument(task, "dir");
        if (name.isPresent()) {
            set(name.get(), "the name of variables that a task includes is a template");
            return;
        }
        Optional<Value> file = argument(task, "file").or(() -> argument(task, ActionCall.FREE_FORM)).or(() -> dir);
        if (file.isEmpty() || !task.action().whole().isEmpty()) {
            sources.open.add("the name of a file of variables is a template");
            return;
        }
        for (LiteralScope scope : LiteralScope.of(task, folder(one.play()))) {
            if (scope.of(file.get(), given.templates()) instanceof Text(String text)) {
                List<Path> found = Sites.of(task, folder(one.play())).find("vars", text).stream()
                        .flatMap(path -> yaml(path).stream()).toList();
                found.forEach(this::include);
            } else {
                guessed(one, file.get());
            }
        }
    }

    private void guessed(Reached one, Value file) {
        Task task = one.task();
        Glob glob = Glob.of(file, task, folder(one.play()));
        var folders = new ArrayList<Path>();
        task.role().ifPresent(role -> role.chain().forEach(each -> folders.add(each.path())));
        folders.add(folder(one.play()).resolve("vars"));
        Path beside = task.file().getParent();
        if (beside != null && task.role().isEmpty()) {
            folders.add(beside);
        }
        List<Path> found = glob.bare()
                ? List.of()
                : new Glob(Pattern.compile("(.*/)?" + glob.pattern().pattern(),
                        Pattern.DOTALL), glob.start(), false).files(folders);
        if (found.isEmpty()) {
            found = folders.stream().flatMap(folder -> yaml(folder).stream())
                    .filter(path -> folders.stream().noneMatch(folder -> code(folder, path))).toList();
        }
        found.forEach(this::mayInclude);
        if (!glob.bare() && (glob.start().startsWith("/") || glob.start().contains(".."))) {
            sources.open.add("the name of a file of variables is a template");
        }
        if (found.isEmpty()) {
            sources.open.add("the name of a file of variables is a template");
        }
    }

    private static boolean code(Path folder, Path file) {
        if (!file.startsWith(folder)) {
            return false;
        }
        for (Path part : folder.relativize(file)) {
            if (CODE.contains(part.toString())) {
                return true;
            }
        }
        return false;
    }

    private void include(Path file) {
        if (!mayInclude(file)) {
            sources.open.add("the file of variables " + given.shown(file) + " can't be read");
        }
    }

    private boolean mayInclude(Path file) {
        try {
            sources.set.addAll(given.variables().apply(file).values().byName().keySet());
            return true;
        } catch (ProblemException e) {
            return false;
        }
    }

    private static List<Path> yaml(Path path) {
        if (Files.isRegularFile(path)) {
            return List.of(path);
        }
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(path, 6)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(ya?ml|json)|[^.]*")).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    // ---- include_tasks

    private void includeTasks(Reached one, Around around) {
        Task task = one.task();
        Optional<Value> file = argument(task, "file").or(() -> argument(task, ActionCall.FREE_FORM));
        if (file.isEmpty() || !task.action().whole().isEmpty()) {
            return;
        }
        var names = new LinkedHashSet<String>();
        boolean guess = false;
        for (LiteralScope scope : LiteralScope.of(task, folder(one.play()))) {
            if (scope.of(file.get(), given.templates()) instanceof Text(String text)) {
                names.add(text);
            } else {
                guess = true;
            }
        }
        names.forEach(name -> tasks(name, one, around, true));
        if (guess) {
            guessedTasks(file.get(), one, around);
        }
    }

    private void guessedTasks(Value file, Reached one, Around around) {
        Task task = one.task();
        Glob glob = Glob.of(file, task, folder(one.play()));
        var folders = new LinkedHashSet<Path>();
        Path beside = task.file().getParent();
        if (beside != null) {
            folders.add(beside);
        }
        task.role().ifPresent(role -> role.chain().reversed().forEach(each -> {
            folders.add(each.path().resolve("tasks"));
            folders.add(each.path());
        }));
        if (task.role().isEmpty()) {
            folders.add(folder(one.play()));
            folders.add(folder(one.play()).resolve("tasks"));
        }
        if (glob.bare()) {
            one.play().open.add("the name of a file of tasks is a template");
            return;
        }
        var found = new LinkedHashSet<Path>();
        glob.files(List.copyOf(folders)).forEach(path -> found.add(path.toAbsolutePath().normalize()));
        if (found.isEmpty()) {
            one.play().open.add("the name of a file of tasks is a template");
        }
        found.stream().filter(path -> path.toString().matches(".*\\.(ya?ml|json)"))
                .forEach(path -> tasks(path.toString(), one, around, false));
    }

    private void tasks(String name, Reached one, Around around, boolean certain) {
        var key = List.of(name, one.task().file(), one.task().role().map(Role::path),
                System.identityHashCode(one.task()));
        var look = files.computeIfAbsent(key,
                _ -> given.loader().look(name, one.play().play, one.task(), around.handlers()));
        boolean sure = certain && one.sure() && one.task().directives().when().isEmpty();
        told(look.errors(), sure);
        if (look.value().isEmpty()) {
            one.play().lacks.add("a file of tasks is not there");
            return;
        }
        LoadedTasks loaded = look.value().get();
        if (around.trail().contains(loaded.file())) {
            return;
        }
        Around inside = around.including(loaded.file(), one, certain);
        one.play().roles.addAll(loaded.publicRoles());
        steps(loaded.steps(), inside);
        handlers(loaded.handlers(), inside);
    }

    // ---- include_role

    private void includeRole(Reached one, Around around) {
        Task task = one.task();
        Optional<Value> name = argument(task, "name").or(() -> argument(task, "role"));
        if (name.isEmpty() || !task.action().whole().isEmpty()) {
            return;
        }
        for (LiteralScope scope : LiteralScope.of(task, folder(one.play()))) {
            MapValue arguments = (MapValue) scope.of(task.action().arguments(), given.templates());
            Value role = scope.of(name.get(), given.templates());
            boolean known = role instanceof Text && List.of("vars_from", "defaults_from", "handlers_from").stream()
                    .allMatch(from -> arguments.get(from).map(value -> value instanceof Text || value == None.NONE)
                            .orElse(true));
            if (!known) {
                one.play().open.add("the name of a role is a template");
                continue;
            }
            Optional<Value> from = arguments.get("tasks_from").filter(value -> value != None.NONE);
            if (from.isEmpty() || from.get() instanceof Text) {
                role(RoleRequest.of(PythonText.of(role), arguments, false), one, around, true);
            } else {
                entries(PythonText.of(role), arguments, one, around);
            }
        }
    }

    /** The role by each of its files of tasks that may be meant. */
    private void entries(String role, MapValue arguments, Reached one, Around around) {
        var look = given.loader().look(RoleRequest.of(role, arguments.without("tasks_from"), false), one.play().play,
                one.task());
        if (look.value().isEmpty()) {
            told(look.errors(), false);
            one.play().lacks.add("a role is not there");
            return;
        }
        Path folder = look.value().get().role().path().resolve("tasks");
        Glob glob = Glob.of(argument(one.task(), "tasks_from").orElseThrow(), one.task(), folder(one.play()));
        List<Path> found = yaml(folder).stream()
                .filter(file -> !glob.bare() && (glob.matches(folder.relativize(file).toString())
                        || glob.matches(folder.relativize(file).toString().replaceFirst("\\.[^.]*$", ""))))
                .toList();
        if (found.isEmpty()) {
            one.play().open.add("the entry of a role is a template");
        }
        found.forEach(file -> role(RoleRequest.of(role,
                arguments.with("tasks_from", folder.relativize(file).toString()), false), one, around, false));
    }

    private void role(RoleRequest request, Reached one, Around around, boolean certain) {
        if (around.trail().contains(request)) {
            return;
        }
        var look = given.loader().look(request, one.play().play, one.task());
        boolean sure = certain && one.sure() && one.task().directives().when().isEmpty();
        told(look.errors(), sure);
        if (look.value().isEmpty()) {
            one.play().lacks.add("the role " + request.name() + " is not there");
            return;
        }
        LoadedRole loaded = look.value().get();
        Around inside = around.including(request, one, certain);
        one.play().roles.addAll(loaded.publicRoles());
        steps(loaded.steps(), inside);
        handlers(loaded.handlers(), inside);
    }

    /** What an include would find wrong. Where it may never be reached, that is a warning. */
    private void told(List<Problem> errors, boolean sure) {
        for (Problem problem : errors) {
            findings.add(new Finding(Finding.Rule.STRUCTURE, sure
                    ? problem
                    : Problem.warning(problem.source(), problem.summary(), problem.hint())));
        }
    }

    // ---- handlers

    private void handler(Reached one) {
        Task task = one.task();
        task.name().ifPresent(name -> {
            handlerName(one.play(), name, "");
            task.role().ifPresent(role -> {
                handlerName(one.play(), name, role.name() + " : ");
                handlerName(one.play(), name, role.shortName() + " : ");
            });
        });
        task.value(Keyword.LISTEN).ifPresent(listen -> {
            List<Value> names = listen instanceof ListValue list ? list.items() : List.of(listen);
            names.forEach(name -> handlerName(one.play(), name, ""));
        });
    }

    private void handlerName(KnownPlay play, Value name, String before) {
        if (name instanceof Template template) {
            play.handlerPatterns.add(Pattern.compile(Pattern.quote(before) + Glob.of(template,
                    new Task(template.source(), Optional.empty(), bramble.playbook.Directives.NONE,
                            new ActionCall(template.source(), "", "", MapValue.EMPTY, List.of()), Optional.empty(),
                            bramble.playbook.Directives.NONE, Optional.empty(), play.play.file()),
                    folder(play)).pattern().pattern(), Pattern.DOTALL));
        } else {
            play.handlers.add(before + PythonText.of(name));
        }
    }
}
