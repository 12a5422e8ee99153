package bramble.run;

import bramble.connection.Become;
import bramble.connection.Password;
import bramble.module.AnyModule;
import bramble.playbook.Directives;
import bramble.playbook.Keyword;
import bramble.playbook.Setting;
import bramble.playbook.Task;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.shell.Sh;
import bramble.shell.Shell;
import bramble.template.UndefinedException;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Omit;
import bramble.value.PythonText;
import bramble.value.Undefined;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where and as whom a task is done.
 *
 * @param environment shell text that sets the task's environment; empty for none
 * @param dryRun whether it is only predicted
 * @param counts whether what is predicted would be there for the tasks behind: not if a real run makes none of it either
 * @param doubt why it may not be done at all; empty if it is
 */
record TaskPlace(Node node, Optional<Become> become, Sh environment, boolean dryRun, boolean diff, boolean counts,
        Optional<String> doubt) {

    private static final Pattern OF_THE_NODE = Pattern.compile("'ansible_env' is undefined|no attribute 'env'");

    static TaskPlace of(World world, Task task, HostScope scope, Optional<String> delegate) {
        HostScope target = delegate.<HostScope>map(name -> world.delegate(name, scope)).orElse(scope);
        var keywords = new Keywords(task.directives(), world.templates, scope);
        Node node = world.nodes.node(world, target, delegate.isPresent() ? Optional.empty() : Optional.of(keywords));
        Optional<Boolean> asked = keywords.flag(Keyword.CHECK_MODE);
        boolean dryRun = asked.orElse(world.options.check());
        boolean counts = world.options.check() && asked.isEmpty();
        boolean diff = keywords.flag(Keyword.DIFF).orElse(world.options.diff());
        return new TaskPlace(node, become(world, keywords, target), environment(world, task, scope), dryRun, diff,
                counts,
                Optional.empty());
    }

    /** The same, for a task that may not be done. */
    TaskPlace perhaps(String why) {
        return new TaskPlace(node, become, environment, dryRun, diff, counts, Optional.of(why));
    }

    /** A path on the node, as the environment of the one who uses it there makes it. */
    String path(String written, Turn turn) throws InterruptedException {
        Set<String> names = NodePaths.named(List.of(Value.of(written)));
        return names.isEmpty()
                ? written
                : node.call(turn, () -> node.paths(become, names, environment)).expand(written);
    }

    /** What is predicted of the node, to be read and added to. In the node's thread only. */
    Overlay predictions() {
        if (!dryRun) {
            return new Overlay();
        }
        Overlay all = node.predictions();
        return !counts ? all.copy() : doubt.isPresent() ? all.perhaps(doubt.get()) : all;
    }

    /** Which machine the task is for, for comparing; empty where that can't be told without doing the task. */
    static Optional<String> whereabouts(World world, Task task, HostScope scope) {
        try {
            var keywords = new Keywords(task.directives(), world.templates, scope);
            Optional<String> delegate = keywords.text(Keyword.DELEGATE_TO).filter(name -> !name.isBlank()
                    && world.module(task.action()).filter(AnyModule::twoSided).isEmpty());
            HostScope target = delegate.<HostScope>map(name -> world.delegate(name, scope)).orElse(scope);
            return Optional.of(Nodes.whereabouts(world, target,
                    delegate.isPresent() ? Optional.empty() : Optional.of(keywords)));
        } catch (ProblemException | UnknownValueException e) {
            return Optional.empty();
        }
    }

    /** Variables win over keywords, keywords over the command line. */
    static Optional<Become> become(World world, Keywords keywords, HostScope target) {
        Options.Privilege privilege = world.options.privilege();
        boolean becomes = variable(world, target, "ansible_become").flatMap(Keywords::bool)
                .or(() -> keywords.flag(Keyword.BECOME)).orElse(privilege.become());
        return becomes ? Optional.of(another(world, keywords, target)) : Optional.empty();
    }

    /** How one becomes root on a host, outside of any task. */
    static Become root(World world, HostScope target) {
        Become other = another(world, new Keywords(Directives.NONE, world.templates, target), target);
        return new Become(other.method(), "root", other.password(), other.flags(), other.exe(), other.evenOneself());
    }

    private static Become another(World world, Keywords keywords, HostScope target) {
        Options.Privilege privilege = world.options.privilege();
        String word = text(world, target, "ansible_become_method").or(() -> keywords.text(Keyword.BECOME_METHOD))
                .orElse(privilege.method());
        String user = text(world, target, "ansible_become_user")
                .or(() -> text(world, target, "ansible_" + word + "_user"))
                .or(() -> keywords.text(Keyword.BECOME_USER)).orElse(privilege.user());
        Optional<Password> password = text(world, target, "ansible_become_password")
                .or(() -> text(world, target, "ansible_become_pass"))
                .or(() -> text(world, target, "ansible_" + word + "_pass"))
                .or(privilege::password).map(secret -> {
                    world.secrets.add(secret);
                    return new Password(secret);
                });
        String flags = text(world, target, "ansible_become_flags").or(() -> keywords.text(Keyword.BECOME_FLAGS))
                .orElse(privilege.flags());
        Optional<String> exe = text(world, target, "ansible_become_exe").or(() -> keywords.text(Keyword.BECOME_EXE))
                .or(privilege::exe);
        return new Become(method(word), user, password, words(flags), exe, privilege.evenOneself());
    }

    private static Become.Method method(String word) {
        return Arrays.stream(Become.Method.values()).filter(method -> word.equals(method.word())
                || word.equals("ansible.builtin." + method.word()) || word.equals("community.general." + method.word()))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> words = Arrays.stream(Become.Method.values()).map(Become.Method::word).toList();
                    return new ProblemException(Problem.error(Source.NONE, "Tried to become another user by \"" + word
                            + "\", but that is no method. Those are: " + words + ".", Nearest.hint(word, words)));
                });
    }

    private static List<String> words(String flags) {
        return flags.isBlank() ? List.of() : List.of(flags.strip().split("\\s+", -1));
    }

    static Optional<Value> variable(World world, HostScope scope, String name) {
        Value raw = scope.get(name);
        if (raw instanceof Undefined) {
            return Optional.empty();
        }
        Value value = world.templates.resolve(raw, scope);
        return value == None.NONE || value == Omit.OMIT ? Optional.empty() : Optional.of(value);
    }

    static Optional<String> text(World world, HostScope scope, String name) {
        return variable(world, scope, name).map(PythonText::of);
    }

    private static Sh environment(World world, Task task, HostScope scope) {
        MapValue all = MapValue.EMPTY;
        for (Setting setting : task.directives().environment()) {
            switch (TaskTrouble.field("environment",
                    () -> world.templates.resolve(known(world, task, scope, setting.value()), scope))) {
                case MapValue map -> all = all.with(map);
                case bramble.value.ListValue list -> {
                    for (Value item : list.items()) {
                        if (item instanceof MapValue map) {
                            all = all.with(map);
                        }
                    }
                }
                case None _,Undefined _,Omit _ -> {
                    // nothing to set
                }
                case Value other -> scope.warn(Problem.warning(setting.source(),
                        "could not parse environment value, skipping: " + PythonText.repr(other),
                        "Expected a mapping, or a list of mappings."));
            }
        }
        Sh exports = Sh.raw("");
        for (Map.Entry<String, Value> entry : all.byName().entrySet()) {
            if (entry.getKey().matches("[A-Za-z_][A-Za-z0-9_]*")) {
                exports = Sh.of("{}{}", exports, Shell.variable(entry.getKey(), Sh.secret(text(entry.getValue()))));
            }
        }
        return exports;
    }

    /**
     * Of variables for a task that gathers facts, only those that need no environment of the node, which isn't known before:
     * a play may well set {@code PATH: "{{ ansible_env.PATH }}:/opt/bin"}.
     */
    private static Value known(World world, Task task, HostScope scope, Value variables) {
        if (!(variables instanceof MapValue map) || !(task.action().is("gather_facts") || task.action().is("setup"))) {
            return variables;
        }
        MapValue known = MapValue.EMPTY;
        for (Map.Entry<String, Value> entry : map.byName().entrySet()) {
            try {
                known = known.with(entry.getKey(), world.templates.resolve(entry.getValue(), scope));
            } catch (UndefinedException e) {
                if (!OF_THE_NODE.matcher(e.summary()).find()) {
                    throw e;
                }
            }
        }
        return known;
    }

    private static String text(Value value) {
        return value == None.NONE ? "" : PythonText.of(value);
    }

    /** The lower-case name of the connection that variables, keywords or the command line ask for. */
    static String connection(World world, HostScope target, Optional<Keywords> keywords) {
        return text(world, target, "ansible_connection").or(() -> keywords.flatMap(k -> k.text(Keyword.CONNECTION)))
                .orElse(world.options.login().connection()).toLowerCase(Locale.ROOT);
    }
}
