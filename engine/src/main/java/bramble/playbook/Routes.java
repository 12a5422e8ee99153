package bramble.playbook;

import bramble.problem.ProblemException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What collections on disk say in their {@code meta/runtime.yml}: where names of modules lead, and which modules a group has.
 * {@code ansible.builtin} says it in the user's own ansible-core, if there is one. Each file is read once.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/dev_guide/developing_collections_structure.html">Structure of
 *     collections: meta/runtime.yml</a>
 */
public final class Routes {
    /** The collection of ansible-core itself. */
    public static final String BUILTIN = "ansible.builtin";

    private static final int LONGEST = 20; // names that lead to each other in a circle end here
    private static final String CORE = "ansible/config/ansible_builtin_runtime.yml";

    private final Map<Path, MapValue> read = new ConcurrentHashMap<>();
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** The names that a full name of a module leads to, itself first. */
    List<String> modules(String full, List<Path> roots) {
        return chain("modules", full, roots);
    }

    /** The names that a full name of an action plugin leads to, itself first. */
    List<String> actions(String full, List<Path> roots) {
        return chain("action", full, roots);
    }

    /** The action plugin that a module asks for by name. */
    Optional<String> actionOf(String module, List<Path> roots) {
        return entry("modules", module, roots).get("action_plugin").map(PythonText::of);
    }

    private List<String> chain(String kind, String full, List<Path> roots) {
        var names = new LinkedHashSet<String>();
        Optional<String> next = Optional.of(full);
        while (next.isPresent() && names.size() < LONGEST && names.add(next.get())) {
            next = entry(kind, next.get(), roots).get("redirect").map(PythonText::of);
        }
        return List.copyOf(names);
    }

    private MapValue entry(String kind, String full, List<Path> roots) {
        String[] words = full.split("\\.", 3);
        return words.length == 3
                ? map(map(map(runtime(words, roots), "plugin_routing"), kind), words[2])
                : MapValue.EMPTY;
    }

    private static MapValue map(MapValue outer, String name) {
        return outer.get(name).orElse(null) instanceof MapValue inner ? inner : MapValue.EMPTY;
    }

    /**
     * The full names of a group's modules, with those of the groups that it extends.
     *
     * @param warnings gets, once, what is wrong with what a group says of itself
     */
    public Set<String> members(String group, List<Path> roots, Consumer<String> warnings) {
        var members = new LinkedHashSet<String>();
        members(group, roots, warnings, new LinkedHashSet<>(), members);
        return members;
    }

    private void members(String group, List<Path> roots, Consumer<String> warnings, Set<String> seen,
            Set<String> members) {
        String[] words = group.split("\\.", 3);
        if (words.length < 3 || !seen.add(group)) {
            return;
        }
        List<Value> entries = items(map(runtime(words, roots), "action_groups").get(words[2]));
        new GroupMetadata(group, entries).wrong().filter(_ -> told.add(group)).ifPresent(warnings);
        for (Value entry : entries) {
            if (entry instanceof MapValue about) {
                for (Value other : items(map(about, "metadata").get("extend_group"))) {
                    members(full(PythonText.of(other), words), roots, warnings, seen, members);
                }
            } else if (entry instanceof Text(String name)) {
                members.add(full(name, words));
            }
        }
    }

    private static String full(String name, String[] home) {
        return name.contains(".") ? name : home[0] + "." + home[1] + "." + name;
    }

    private static List<Value> items(Optional<Value> value) {
        return switch (value.orElse(null)) {
            case ListValue list -> list.items();
            case Text text -> List.of(text);
            case null, default -> List.of();
        };
    }

    private MapValue runtime(String[] collection, List<Path> roots) {
        Stream<Path> files = (collection[0] + "." + collection[1]).equals(BUILTIN)
                ? core()
                : roots.stream().map(root -> root.resolve("ansible_collections").resolve(collection[0])
                        .resolve(collection[1]).resolve("meta/runtime.yml"));
        return files.filter(Files::isRegularFile).findFirst()
                .map(file -> read.computeIfAbsent(file, Routes::read)).orElse(MapValue.EMPTY);
    }

    /** Where the machine's {@code python3} may have ansible-core. */
    private static Stream<Path> core() {
        var folders = new ArrayList<Path>();
        folders.add(Path.of("/usr/lib/python3/dist-packages"));
        for (String lib : List.of(System.getProperty("user.home") + "/.local/lib", "/usr/local/lib", "/usr/lib")) {
            for (Path python : Documents.list(Path.of(lib))) {
                if (String.valueOf(python.getFileName()).startsWith("python3")) {
                    folders.add(python.resolve("site-packages"));
                    folders.add(python.resolve("dist-packages"));
                }
            }
        }
        return folders.stream().map(folder -> folder.resolve(CORE));
    }

    private static MapValue read(Path file) {
        try {
            Value runtime = NodeValues.of(YamlReader.readOne(Files.readString(file), file.toString(), _ -> {}));
            return runtime instanceof MapValue map ? map : MapValue.EMPTY;
        } catch (IOException | ProblemException e) {
            return MapValue.EMPTY; // a collection that can't be read leads nowhere
        }
    }
}
