package bramble.inventory;

import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.Site;
import bramble.template.Templates;
import bramble.value.Int;
import bramble.vault.Vault;
import bramble.yaml.Node;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads inventory sources of every kind: INI, YAML and TOML files, executables, folders of all these, and lists of hosts.
 *
 * @param workingDirectory against which the names of sources are taken
 * @param files reads group_vars and host_vars, and has the vault that opens encrypted sources
 * @param problems gets warnings, and an error for each source that can't be read: whether to go on is the caller's choice
 *        (Ansible does)
 * @param ignored what is left out of folders
 */
public record InventoryReader(Path workingDirectory, VariableFiles files, Consumer<Problem> problems,
        GroupNames groupNames, IgnoredNames ignored) {
    private static final List<String> MAYBE_YAML = List.of("", ".yml", ".yaml", ".json", ".config");
    /** Ranges, and behind a part of a name also what is meant to be one, like {@code web[1:c]}. */
    private static final String RANGED = ".*\\[(?:\\d+:\\d+|[A-Za-z]:[A-Za-z])(?::\\d+)?].*|.*[^:\\[\\]]\\[\\w+:\\w+(?::\\w+)?].*";
    private static final Pattern INI_SECTION = Pattern.compile("(?m)^\\s*\\[[^\\[\\],\\s]+]\\s*(#.*)?$");

    /** With group names as they are written, and without the files that usually are left out. */
    public InventoryReader(Path workingDirectory, VariableFiles files, Consumer<Problem> problems) {
        this(workingDirectory, files, problems, GroupNames.AS_WRITTEN, IgnoredNames.USUAL);
    }

    /**
     * The inventory of several sources, later ones adding to earlier ones, with the group_vars and host_vars beside each.
     *
     * @param sources paths, or lists of hosts with at least one comma: {@code pi1,pi2,}
     * @throws ProblemException with every problem of the files of variables
     */
    public Inventory read(List<String> sources) {
        var draft = new Draft(problems, groupNames, files.merging());
        var folders = new LinkedHashSet<String>();
        boolean any = false;
        for (String source : sources) {
            try {
                if (isHostList(source)) {
                    hostList(source, draft);
                } else {
                    path(source, draft);
                    folders.add(Files.isDirectory(resolve(source)) ? trimmed(source) : VariableFiles.folder(source));
                }
                any = true;
            } catch (ProblemException e) {
                e.problems().forEach(problems);
            }
        }
        if (!any) {
            draft = new Draft(problems, groupNames, files.merging()); // half of what can't be read is nothing
            problems.accept(
                    Problem.warning(Source.NONE, "No inventory was parsed, only implicit localhost is available", ""));
        }
        Inventory inventory = draft.build(files, List.copyOf(folders), "");
        inventory.check();
        return inventory;
    }

    private static String trimmed(String folder) {
        if (folder.equals(".") || folder.equals("./")) {
            return "";
        }
        return folder.length() > 1 && folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
    }

    private static String within(String folder, String name) {
        return folder.isEmpty() || folder.endsWith("/") ? folder + name : folder + "/" + name;
    }

    private Path resolve(String source) {
        try {
            return workingDirectory.resolve(source);
        } catch (InvalidPathException _) {
            throw new ProblemException(Source.NONE, "Tried to read an inventory, but its name is no file name.");
        }
    }

    private boolean isHostList(String source) {
        return source.contains(",") && !Files.exists(resolve(source));
    }

    private static void hostList(String list, Draft draft) {
        Stream.of(list.split(",")).map(String::strip).filter(name -> !name.isEmpty())
                .forEach(text -> {
                    boolean range = text.matches(RANGED); // as advanced_host_list has it
                    HostRange entry = range ? HostRange.parse(text, Source.NONE) : HostRange.single(text);
                    entry.names().forEach(name -> {
                        draft.host(name, Group.UNGROUPED, list, Source.NONE);
                        entry.port().ifPresent(port -> draft.hostVariables(name,
                                Variables.NONE.with("ansible_port", Int.of(port), Source.NONE)));
                    });
                });
    }

    private void path(String source, Draft draft) {
        Path path = resolve(source);
        if (Files.isDirectory(path)) {
            children(path).stream().filter(name -> !ignored.has(name))
                    .forEach(name -> each(within(trimmed(source), name), draft));
        } else if (Files.exists(path)) {
            file(path, source, draft);
        } else {
            throw new ProblemException(Problem.error(Source.file(source),
                    "Tried to read this inventory, but there is no file of that name.",
                    (beside(path) + " A list of hosts needs a comma, also after a single one: -i " + source + ",")
                            .strip()));
        }
    }

    /** The nearest name in the folder of a file that isn't there. */
    private static String beside(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null || !Files.isDirectory(parent)
                ? ""
                : Nearest.hint(String.valueOf(path.getFileName()), children(parent));
    }

    /** One bad file in a folder does not hide what is wrong with the others. */
    private void each(String source, Draft draft) {
        try {
            path(source, draft);
        } catch (ProblemException e) {
            e.problems().forEach(problems);
        }
    }

    private static List<String> children(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString()).sorted().toList();
        } catch (IOException _) {
            throw new ProblemException(Source.file(folder.toString()),
                    "Tried to list this folder of inventories, but it can't be read.");
        }
    }

    private void file(Path path, String source, Draft draft) {
        boolean executable = Files.isExecutable(path);
        String start = start(path);
        if (start.startsWith("#!") || (executable && start.startsWith("\u007fELF"))) {
            ScriptInventory.read(path, source, draft);
            return;
        }
        String extension = VariableFiles.extension(source);
        String encrypted = VariableFiles.text(path, source);
        String text = files.vault().openFile(encrypted, source);
        if (Vault.isVaulted(encrypted)) {
            var secret = new Draft(_ -> {}, files.merging());
            text(text, source, extension, secret);
            secret.variables().forEach(files.vault().secrets()::addAll);
        }
        text(text, source, extension, draft);
    }

    private void text(String text, String source, String extension, Draft draft) {
        if (extension.equals(".toml")) {
            TomlInventory.read(text, source, draft);
            return;
        }
        Node yaml = MAYBE_YAML.contains(extension) ? yaml(text, source).orElse(null) : null;
        switch (yaml) {
            case Node.Fields config when config.field("plugin").isPresent() -> plugin(config, source, draft);
            case Node.Fields groups -> YamlInventory.read(groups, source, draft);
            case Node.Items list when extension.startsWith(".") ->
                throw new ProblemException(Problem.error(list.source(),
                        "Tried to read this inventory, but it is a list.",
                        "Expected a mapping of groups: all: hosts: ..."));
            case null, default -> IniInventory.read(text, source, draft);
        }
    }

    private void plugin(Node.Fields config, String source, Draft draft) {
        Node.Field plugin = config.field("plugin").orElseThrow();
        var templates = new Templates(files.vault()::open);
        Site site = Site.of(resolve(VariableFiles.folder(source)));
        if (plugin.value() instanceof Node.Scalar name && Generated.NAMES.contains(name.text())) {
            Generated.read(config, source, draft, templates, site);
            return;
        }
        if (!(plugin.value() instanceof Node.Scalar name && Constructed.NAMES.contains(name.text()))) {
            throw new ProblemException(Problem.error(plugin.value().source(),
                    "Tried to read this inventory, but it asks for an inventory plugin that Bramble does not have.",
                    "There are only \"constructed\" and \"generator\". Use a script that prints the hosts as JSON, or a plain inventory."));
        }
        Constructed.read(config, draft, templates, site);
    }

    /** The YAML of a file that may be YAML; nothing where it looks like INI. */
    private Optional<Node> yaml(String text, String source) {
        try {
            return Optional.of(YamlReader.readOne(text, source, problems));
        } catch (ProblemException e) {
            if (looksLikeIni(text)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static boolean looksLikeIni(String text) {
        String first = text.lines().map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#") && !line.startsWith(";")).findFirst()
                .orElse("");
        return INI_SECTION.matcher(text).find()
                || (!first.contains(": ") && !first.endsWith(":") && !first.equals("---") && !first.startsWith("{"));
    }

    private static String start(Path path) {
        try (var in = Files.newInputStream(path)) {
            return new String(in.readNBytes(4), java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            return "";
        }
    }
}
