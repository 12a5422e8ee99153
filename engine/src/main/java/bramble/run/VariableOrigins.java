package bramble.run;

import bramble.inventory.HostPattern;
import bramble.inventory.Inventory;
import bramble.inventory.Layer;
import bramble.inventory.Variables;
import bramble.playbook.ActionCall;
import bramble.playbook.Block;
import bramble.playbook.Keyword;
import bramble.playbook.Play;
import bramble.playbook.Playbook;
import bramble.playbook.Prompt;
import bramble.playbook.Role;
import bramble.playbook.Setting;
import bramble.playbook.Step;
import bramble.playbook.Task;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.Site;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Finds every place that gives a host one variable, the strongest first, without connecting to anything. What only a run
 * would bring, {@code set_fact} say, is named by its task.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html">Using variables</a>
 */
public final class VariableOrigins {
    private static final Source COMMAND_LINE = Source.file("command line");

    private final String name;
    private final String host;
    private final Inventory inventory;
    private final Function<Path, Variables> files;
    private Path playbook = Path.of("");
    private final Map<Level, List<VariableOrigin>> byLevel = new EnumMap<>(Level.class);

    /** The levels that a playbook adds to those of the inventory, the strongest first. */
    private enum Level {
        EXTRA,
        INCLUDE_PARAMS,
        ROLE_PARAMS,
        SET,
        INCLUDED,
        TASK,
        ROLE_VARS,
        FILES,
        PROMPTED,
        IMPORT_PARAMS,
        PLAY,
        INVENTORY,
        ROLE_DEFAULTS
    }

    /** @param files reads a file of variables */
    public VariableOrigins(String name, String host, Inventory inventory,
            Function<Path, Variables> files) {
        this.name = name;
        this.host = host;
        this.inventory = inventory;
        this.files = files;
    }

    /** All origins, the strongest first. Plays that don't have the host are passed over. */
    public List<VariableOrigin> find(List<Playbook> playbooks, MapValue extraVars) {
        extraVars.get(name).ifPresent(value -> add(Level.EXTRA, "extra vars", "", COMMAND_LINE, value));
        for (Layer layer : inventory.layers(host).reversed()) {
            layer.variables().values().get(name).ifPresent(value -> add(Level.INVENTORY, layer.level().description()
                    + (layer.owner().equals(host) || layer.owner().equals("all") ? "" : " " + layer.owner()), "",
                    layer.variables().place(name), value));
        }
        playbooks.stream().flatMap(playbook -> playbook.plays().stream()).filter(this::hasHost).forEach(this::play);
        return byLevel.values().stream().flatMap(List::stream).toList();
    }

    private boolean hasHost(Play play) {
        Optional<Value> hosts = play.directives().value(Keyword.HOSTS);
        if (hosts.isEmpty() || hosts.get() instanceof Template) {
            return true;
        }
        List<String> patterns = hosts.get() instanceof ListValue list
                ? list.items().stream().map(PythonText::of).toList()
                : List.of(PythonText.of(hosts.get()));
        return patterns.stream().anyMatch(pattern -> pattern.contains("{{"))
                || HostPattern.of(patterns, play.source()).select(inventory, _ -> {}).stream()
                        .anyMatch(found -> found.name().equals(host));
    }

    private void play(Play play) {
        String where = VariableOrigin.IN_PLAY + place(play.source());
        playbook = play.file().resolveSibling("");
        play.varsFiles().forEach(file -> file(play, file, where));
        play.prompts().stream().filter(prompt -> prompt.name().equals(name))
                .forEach(prompt -> add(Level.PROMPTED, "vars_prompt", where, prompt.source(), fallback(prompt)));
        variables(Level.IMPORT_PARAMS, play.params(), where);
        variables(Level.PLAY, List.of(play.vars()), where);
        play.publicRoles().forEach(role -> role(role, where));
        Stream.of(play.preTasks(), play.roles(), play.tasks(), play.postTasks(), play.handlers())
                .flatMap(List::stream).forEach(this::step);
    }

    private Value fallback(Prompt prompt) {
        return prompt.fallback().orElse(new Undefined("what is typed", prompt.source()));
    }

    private void file(Play play, Setting setting, String where) {
        List<Value> choices = setting.value() instanceof ListValue list ? list.items() : List.of(setting.value());
        for (Value choice : choices) {
            Path file = play.file().resolveSibling(PythonText.of(choice));
            if (choice instanceof Text && Files.isRegularFile(file)) {
                Variables found = read(file);
                found.values().get(name)
                        .ifPresent(value -> add(Level.FILES, "vars_files", where, found.place(name), value));
                return;
            }
        }
    }

    /** What can't be opened gives nothing: a run would say why. */
    private Variables read(Path file) {
        try {
            return files.apply(file);
        } catch (ProblemException e) {
            return Variables.NONE;
        }
    }

    private void role(Role role, String where) {
        role.dependencies().forEach(other -> role(other, where));
        variables(Level.ROLE_PARAMS, List.of(role.params()), where);
        variables(Level.ROLE_VARS, role.vars(), where);
        variables(Level.ROLE_DEFAULTS, role.defaults(), where);
    }

    private void step(Step step) {
        String where = "in " + (step instanceof Task ? "the task at " : "the block at ") + place(step.source());
        step.role().ifPresent(role -> role(role, "in the role " + role.name()));
        variables(Level.INCLUDE_PARAMS, step.directives().params(), where);
        switch (step) {
            case Block block -> Stream.of(block.tasks(), block.rescue(), block.always()).flatMap(List::stream)
                    .forEach(this::step);
            case Task task -> task(task, where);
        }
    }

    private void task(Task task, String where) {
        variables(Level.TASK, task.directives().vars(), where);
        if (task.action().is("set_fact")) {
            task.action().arguments().get(name)
                    .ifPresent(value -> add(Level.SET, "set_fact", "once that task has run", task.source(), value));
        }
        task.value(Keyword.REGISTER).filter(value -> PythonText.of(value).equals(name))
                .ifPresent(_ -> add(Level.SET, "register", "once that task has run", task.source(),
                        new Undefined("what the task returns", task.source())));
        if (task.action().is("include_vars")) {
            included(task);
        }
    }

    /** The file that {@code include_vars} names is looked into, if it can be told which one that is. */
    private void included(Task task) {
        MapValue arguments = task.action().arguments();
        Optional<Path> file = arguments.get("file").or(() -> arguments.get(ActionCall.FREE_FORM))
                .filter(Text.class::isInstance).map(PythonText::of)
                .flatMap(named -> site(task).find("vars", named)).filter(Files::isRegularFile);
        if (file.isEmpty() || arguments.get("name").isPresent()) {
            add(Level.INCLUDED, "include_vars", "once that task has run, if its file has it", task.source(),
                    new Undefined("what the file says", task.source()));
            return;
        }
        Variables found = read(file.get());
        found.values().get(name).ifPresent(value -> add(Level.INCLUDED, "include_vars", "once the task at "
                + place(task.source()) + " has run", found.place(name), value));
    }

    /** Where such a task looks for its file. */
    private Site site(Task task) {
        var folders = new ArrayList<Path>();
        task.role().ifPresent(role -> role.chain().reversed().forEach(one -> folders.add(one.path())));
        Optional.ofNullable(task.file().getParent()).ifPresent(folders::add);
        folders.add(playbook);
        return new Site(folders, playbook);
    }

    private void variables(Level level, List<Variables> layers, String where) {
        for (Variables layer : layers.reversed()) {
            layer.values().get(name).ifPresent(value -> add(level, layer.origin(), where,
                    layer.places().getOrDefault(name, Source.NONE), value));
        }
    }

    private void add(Level level, String what, String where, Source source, Value value) {
        byLevel.computeIfAbsent(level, _ -> new ArrayList<>()).add(new VariableOrigin(what, where, source, value));
    }

    private static String place(Source source) {
        return source.file() + ":" + source.line();
    }
}
