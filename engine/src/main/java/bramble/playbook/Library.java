package bramble.playbook;

import bramble.value.PythonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where the modules that a playbook brings itself are looked for: in {@code library} folders, and in collections on disk.
 *
 * @param folders the {@code library} folders, the first that has a module of the name counts
 * @param actions the {@code action_plugins} folders, likewise
 * @param collectionsPath below which {@code ansible_collections} stands
 * @param routes where names in collections lead
 */
public record Library(List<Path> folders, List<Path> actions, List<Path> collectionsPath, Routes routes) {

    private static final Pattern FULL = Pattern.compile("[A-Za-z_]\\w*\\.[A-Za-z_]\\w*\\.[\\w.]+");
    private static final Set<String> NO_MODULES = Set.of("pyc", "pyo", "ps1", "cs", "md", "rst", "txt", "yml", "yaml",
            "json", "swp", "bak", "orig");

    public Library {
        folders = List.copyOf(folders);
        actions = List.copyOf(actions);
        collectionsPath = List.copyOf(collectionsPath);
    }

    /** The file of the module with that short name, whatever its ending. */
    public Optional<Path> find(String name) {
        return folders.stream().flatMap(folder -> in(folder, name).stream()).findFirst();
    }

    /** The file of the action plugin with that short name. */
    Optional<Path> action(String name) {
        return name.contains("/")
                ? Optional.empty()
                : actions.stream().map(folder -> folder.resolve(name + ".py")).filter(Files::isRegularFile)
                        .findFirst();
    }

    /** The file of the action plugin {@code namespace.collection.name}. */
    Optional<Path> actionInCollection(String full) {
        return FULL.matcher(full).matches()
                ? inCollection(full, "plugins/action").filter(file -> file.toString().endsWith(".py"))
                : Optional.empty();
    }

    /**
     * What a full name stands for.
     *
     * @param names by which defaults for it go, the name itself first
     * @param module the name that the module has in the end
     * @param action the file of the action plugin that does it
     * @param file the module's file
     */
    public record Way(List<String> names, String module, Optional<Path> action, Optional<Path> file) {
        /** Whether it ends at that file. */
        boolean leadsTo(Path end) {
            return action.or(() -> file).filter(end::equals).isPresent();
        }
    }

    /** Where a full name leads: a module's own action plugin comes before one of the module's name. */
    public Way way(String full) {
        List<String> modules = routes.modules(full, collectionsPath);
        String module = modules.getLast();
        Optional<Path> file = inCollection(module);
        Optional<String> named = routes.actionOf(module, collectionsPath);
        List<String> actions = routes.actions(named.orElse(full), collectionsPath);
        Optional<Path> action = actionInCollection(actions.getLast());
        return new Way(named.isEmpty() && action.isPresent() ? actions : modules, module, action, file);
    }

    /** The way from a task's action to the file in a collection that it stands for, if it is in one. */
    public Optional<Way> way(ActionCall call, List<String> collections) {
        Optional<Path> end = call.arguments().get(ActionCall.FILE).map(PythonText::of).map(Path::of);
        if (end.isEmpty()) {
            return Optional.empty();
        }
        var names = new ArrayList<String>();
        String plain = call.written().replaceFirst("^ansible\\.(builtin|legacy)\\.", "");
        if (plain.contains(".")) {
            names.add(plain);
        } else {
            collections.forEach(collection -> names.add(collection + "." + plain));
            names.add(Routes.BUILTIN + "." + plain);
        }
        return names.stream().map(this::way).filter(way -> way.leadsTo(end.get())).findFirst();
    }

    /** Whether the collection of {@code namespace.collection.module} is on disk. */
    boolean hasCollection(String full) {
        String[] words = full.split("\\.", 3);
        return collectionsPath.stream().anyMatch(path -> Files
                .isDirectory(path.resolve("ansible_collections").resolve(words[0]).resolve(words[1])));
    }

    /** The file of {@code namespace.collection.module}. */
    Optional<Path> inCollection(String full) {
        return inCollection(full, "plugins/modules");
    }

    private Optional<Path> inCollection(String full, String kind) {
        if (!FULL.matcher(full).matches()) {
            return Optional.empty();
        }
        String[] words = full.split("\\.", 3);
        int dot = words[2].lastIndexOf('.');
        String folder = dot < 0 ? "" : words[2].substring(0, dot).replace('.', '/');
        return collectionsPath.stream()
                .map(path -> path.resolve("ansible_collections").resolve(words[0]).resolve(words[1])
                        .resolve(kind).resolve(folder))
                .flatMap(path -> in(path, words[2].substring(dot + 1)).stream()).findFirst();
    }

    private static Optional<Path> in(Path folder, String name) {
        if (name.contains("/") || name.contains(".") || !Files.isDirectory(folder)) {
            return Optional.empty();
        }
        Path bare = folder.resolve(name);
        if (Files.isRegularFile(bare)) {
            return Optional.of(bare);
        }
        return Documents.list(folder).stream().filter(file -> module(file, name)).findFirst();
    }

    private static boolean module(Path file, String name) {
        String full = String.valueOf(file.getFileName());
        int dot = full.lastIndexOf('.');
        return dot > 0 && full.substring(0, dot).equals(name) && !NO_MODULES.contains(full.substring(dot + 1))
                && Files.isRegularFile(file);
    }
}
