package bramble.run;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.template.builtin.PathFilters;
import bramble.value.ListValue;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Paths as the environment of the one who uses them on the node makes them: variables first, then {@code ~}. What isn't set
 * stays as it is written. The source of the rule: Ansible's documentation of arguments of the type path.
 *
 * @param variables those that are set, by name
 */
record NodePaths(Map<String, String> variables) {
    static final NodePaths AS_WRITTEN = new NodePaths(Map.of());
    private static final String HOME = "HOME";
    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*"); // it goes into a shell script

    /** Asks for variables of the shell's environment, which a task's own may be part of. */
    record Ask(Set<String> names, Sh environment) implements Fact<NodePaths> {
        @Override
        public Sh script() {
            Sh script = environment;
            for (String name : names) {
                script = Sh.of("{}printf '%s\\0' {}\n", script, Sh.raw("\"${" + name + "+=$" + name + "}\""));
            }
            return script;
        }

        @Override
        public NodePaths parse(Answer answer) {
            var values = new HashMap<String, String>();
            String[] all = answer.text().split("\0", -1);
            int i = 0;
            for (String name : names) {
                String value = i < all.length ? all[i++] : "";
                if (value.startsWith("=")) {
                    values.put(name, value.substring(1));
                }
            }
            return new NodePaths(Map.copyOf(values));
        }
    }

    /** The variables that paths need; few have any. */
    static Set<String> named(List<Value> paths) {
        var names = new TreeSet<String>();
        paths.forEach(path -> named(path, names));
        return names;
    }

    private static void named(Value value, Set<String> names) {
        switch (value) {
            case Text(String text) -> {
                if (PathFilters.isAtHome(text)) {
                    names.add(HOME);
                }
                PathFilters.expandVariables(text, name -> {
                    if (NAME.matcher(name).matches()) {
                        names.add(name);
                    }
                    return null;
                });
            }
            case ListValue list -> list.items().forEach(item -> named(item, names));
            case TupleValue(List<Value> items) -> items.forEach(item -> named(item, names));
            default -> {
                // no path
            }
        }
    }

    String expand(String written) {
        String path = PathFilters.expandVariables(written, variables::get);
        String home = variables.get(HOME);
        return home == null ? path : PathFilters.expandUser(path, home);
    }
}
