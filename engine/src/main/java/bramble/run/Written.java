package bramble.run;

import bramble.playbook.Directives;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
    private static final String TEMPLATES = "templates";

    private final HostScope scope;
    private final StringBuilder text = new StringBuilder();

    private Written(HostScope scope) {
        this.scope = scope;
    }

    /** @param scope of the task, on its host */
    static String of(Task task, HostScope scope) {
        var written = new Written(scope);
        written.task(task);
        written.file(task);
        written.mentioned();
        return written.text.toString();
    }

    private void task(Task task) {
        part("action", new Text(task.action().name()));
        part("arguments", task.action().arguments());
        task.action().whole().forEach(whole -> part("whole", whole));
        Directives directives = task.directives();
        directives.settings().given().forEach((keyword, setting) -> setting(keyword.word(), setting));
        directives.when().forEach(setting -> setting("when", setting));
        directives.environment().forEach(setting -> setting("environment", setting));
        directives.moduleDefaults().forEach(setting -> setting("module_defaults", setting));
        task.loop().ifPresent(this::loop);
    }

    private void loop(Loop loop) {
        part("loop", loop.over());
        loop.lookup().ifPresent(lookup -> part("with", new Text(lookup)));
        Loop.Control control = loop.control();
        part("loop_var", new Text(control.variable()));
        Stream.of(control.extended(), control.extendedAllItems(), control.breakWhen()).flatMap(Optional::stream)
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
            case Text(String one) -> text.append('t').append(one.length()).append(' ').append(one);
            case Template(String one, _) -> text.append('e').append(one.length()).append(' ').append(one);
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

    /** The file of the controller that the task takes to the node, where it is named outright. */
    private void file(Task task) {
        String folder = task.action().is("template") ? TEMPLATES : "files";
        String argument = task.action().is("script") ? bramble.playbook.ActionCall.FREE_FORM : "src";
        if (!List.of("template", "copy", "script", "assemble", "unarchive").contains(task.action().name())
                || !(task.action().arguments().get(argument).orElse(null) instanceof Text(String name))) {
            return;
        }
        String word = task.action().is("script") ? name.strip().split("\\s", 2)[0] : name;
        try {
            Optional<Path> found = scope.site().find(folder, word).filter(Files::isRegularFile);
            if (found.isPresent()) {
                Path file = found.get();
                text.append("\nfile=").append(Files.size(file)).append(' ').append(Files.size(file) <= LONGEST
                        ? Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1)
                        : Files.getLastModifiedTime(file).toString());
            }
        } catch (IOException | java.nio.file.InvalidPathException e) {
            text.append("\nfile=?"); // the task itself tells of it
        }
    }

    /** The variables that the text so far mentions, then those that these mention, and so on. */
    private void mentioned() {
        var known = new TreeSet<String>();
        for (int from = 0; from < text.length();) {
            int to = text.length();
            var names = new TreeSet<String>();
            var matcher = NAME.matcher(text).region(from, to);
            while (matcher.find()) {
                names.add(matcher.group());
            }
            names.removeAll(known);
            known.addAll(names);
            names.forEach(name -> scope.written(name).ifPresent(value -> part(name, value)));
            from = to;
        }
    }
}
