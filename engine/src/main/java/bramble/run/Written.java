package bramble.run;

import bramble.playbook.ActionCall;
import bramble.playbook.Directives;
import bramble.playbook.Keyword;
import bramble.playbook.Loop;
import bramble.playbook.Setting;
import bramble.playbook.Task;
import bramble.value.Bool;
import bramble.value.Callable;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.ObjectValue;
import bramble.value.Omit;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All that the user wrote of a task, as one text: its arguments, keywords and loop, the file or template that it names, and
 * the variables that any of these mention. Whatever of that is edited, the text is another one; where the task stands, what
 * facts say and what tasks gave is not in it.
 */
final class Written {
    private static final Pattern NAME = Pattern.compile("\\b[A-Za-z_][A-Za-z0-9_]*");
    /** Of a longer file, its length and the time of its last change stand for it. */
    private static final long LONGEST = 256 * 1024;
    private static final Set<String> WITH_FILE = Set.of("template", "copy", "script", "assemble", "unarchive");
    /** Modules that take files of the controller to the node, and find nothing to do there the second time. */
    private static final Set<String> REPEATABLE_WITH_FILE = Set.of("template", "copy", "assemble", "unarchive",
            "synchronize");
    /** What a task may do each time it is played. */
    private static final Set<String> DONE_ONCE = Set.of("command", "shell", "raw", "script", "expect", "uri", "reboot");
    private static final Pattern LOOKUP = Pattern.compile("\\b(?:lookup|query|q)\\s*\\(");
    private static final Set<String> LOOKUPS_OF_FILES = Set.of("file", "fileglob", "filetree", "first_found", "lines",
            "csvfile", "ini", "template", "unvault", "pipe", "url");
    /** Modules whose plain texts are expressions. */
    private static final Set<String> EVALUATING = Set.of("assert", "debug");

    private final StringBuilder text = new StringBuilder();
    private final Set<String> names = new TreeSet<>();
    private boolean evaluated;

    private Written() {}

    /**
     * What is the same on all hosts.
     *
     * @param names what it mentions that may be variables
     */
    record Sketch(String text, Set<String> names) {}

    /** What is written of a task itself. */
    static Sketch of(Task task) {
        var written = new Written();
        written.task(task);
        return written.sketch();
    }

    /** All of it. */
    static String of(Task task, Sketch sketch, HostScope scope) {
        var written = new Written();
        written.text.append(sketch.text);
        written.names.addAll(sketch.names);
        written.file(task, scope);
        written.mentioned(scope);
        return written.text.toString();
    }

    /**
     * Whether the task depends on files of the controller that are not in its text: of a folder, named by an expression, or
     * read by a lookup. What finds by itself that there is nothing to do is then better done again.
     *
     * @param sketch of the task
     */
    static boolean hasMore(Task task, Sketch sketch, HostScope scope) {
        String module = task.action().name();
        if (DONE_ONCE.contains(module)) {
            return false;
        }
        return LOOKUP.matcher(sketch.text).find()
                || task.loop().flatMap(Loop::lookup).filter(LOOKUPS_OF_FILES::contains).isPresent()
                || (REPEATABLE_WITH_FILE.contains(module) && task.action().arguments().get("src").isPresent()
                        && controllerFile(task, scope).isEmpty());
    }

    private Sketch sketch() {
        return new Sketch(text.toString(), Set.copyOf(names));
    }

    private void task(Task task) {
        evaluated = EVALUATING.contains(task.action().name());
        part("action", new Text(task.action().name()));
        part("arguments", task.action().arguments());
        evaluated = false;
        task.action().whole().forEach(whole -> part("whole", whole));
        Directives directives = task.directives();
        directives.settings().given().forEach((keyword, setting) -> {
            evaluated = keyword.shape() == Keyword.Shape.CONDITION;
            setting(keyword.word(), setting);
        });
        evaluated = true;
        directives.when().forEach(setting -> setting("when", setting));
        task.loop().flatMap(loop -> loop.control().breakWhen()).ifPresent(setting -> setting("break_when", setting));
        evaluated = false;
        directives.environment().forEach(setting -> setting("environment", setting));
        directives.moduleDefaults().forEach(setting -> setting("module_defaults", setting));
        task.loop().ifPresent(this::loop);
    }

    private void loop(Loop loop) {
        part("loop", loop.over());
        loop.lookup().ifPresent(lookup -> part("with", new Text(lookup)));
        Loop.Control control = loop.control();
        part("loop_var", new Text(control.variable()));
        Stream.of(control.extended(), control.extendedAllItems()).flatMap(Optional::stream)
                .forEach(setting -> setting("loop_control", setting));
    }

    private void setting(String name, Setting setting) {
        part(name, setting.value());
        setting.around().ifPresent(around -> setting(name, around));
    }

    private void part(String name, Value value) {
        text.append('\n').append(name).append('=');
        value(value);
    }

    /** Texts have their length before them, so that no two values look alike. */
    private void value(Value value) {
        switch (value) {
            case Text(String one) -> {
                text.append('t').append(one.length()).append(' ').append(one);
                if (evaluated || Template.marked(one)) {
                    mention(one);
                }
            }
            case Template(String one, _) -> {
                text.append('e').append(one.length()).append(' ').append(one);
                mention(one);
            }
            case Vaulted(String envelope, _) -> text.append('v').append(envelope);
            case ListValue list -> items(list.items());
            case TupleValue(List<Value> items) -> items(items);
            case MapValue map -> {
                text.append('{');
                map.entries().forEach((key, one) -> {
                    value(key);
                    text.append(':');
                    value(one);
                    text.append(',');
                });
                text.append('}');
            }
            case None _,Bool _,Int _,Real _,Omit _ -> text.append('o').append(PythonText.repr(value));
            case Undefined _,Unknown _,Callable _,ObjectValue _ -> text.append('?'); // never written by a user
        }
    }

    private void items(List<Value> items) {
        text.append('[');
        items.forEach(item -> {
            value(item);
            text.append(',');
        });
        text.append(']');
    }

    private void mention(String expression) {
        var matcher = NAME.matcher(expression);
        while (matcher.find()) {
            names.add(matcher.group());
        }
    }

    /** The file of the controller that the task takes to the node. */
    private void file(Task task, HostScope scope) {
        Optional<Path> found = controllerFile(task, scope);
        if (found.isEmpty()) {
            return;
        }
        Path file = found.get();
        try {
            String content = Files.size(file) <= LONGEST
                    ? Files.readString(file, StandardCharsets.ISO_8859_1)
                    : Files.size(file) + " " + Files.getLastModifiedTime(file);
            text.append("\nfile=").append(content);
            if (task.action().is("template")) {
                mention(content);
            }
        } catch (IOException e) {
            text.append("\nfile=?"); // the task itself tells of it
        }
    }

    /** The file of the controller, where it is one, named outright. */
    private static Optional<Path> controllerFile(Task task, HostScope scope) {
        if (!WITH_FILE.contains(task.action().name())) {
            return Optional.empty();
        }
        boolean script = task.action().is("script");
        if (!(task.action().arguments().get(script ? ActionCall.FREE_FORM : "src")
                .orElse(null) instanceof Text(String name))) {
            return Optional.empty();
        }
        try {
            return scope.site().find(task.action().is("template") ? "templates" : "files",
                    script ? name.strip().split("\\s", 2)[0] : name).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Optional.empty(); // the task itself tells of it
        }
    }

    /** The variables that are mentioned so far, then those that these mention, and so on. */
    private void mentioned(HostScope scope) {
        var known = new HashSet<String>();
        while (known.size() < names.size()) {
            for (String name : List.copyOf(names)) {
                if (known.add(name)) {
                    scope.written(name).ifPresent(value -> part(name, value));
                }
            }
        }
    }
}
