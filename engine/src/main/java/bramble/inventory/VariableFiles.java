package bramble.inventory;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Merging;
import bramble.value.Secrets;
import bramble.vault.Vault;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Reads files of variables, encrypted ones too, each once: group_vars and host_vars in the places where Ansible looks, and
 * any other by its name. Any thread may use it.
 */
public final class VariableFiles {
    static final String GROUPS = "group_vars";
    static final String HOSTS = "host_vars";
    private static final List<String> EXTENSIONS = List.of("", ".yml", ".yaml", ".json");

    private final Path workingDirectory;
    private final Vault vault;
    private final Consumer<Problem> warnings;
    private final Merging merging;
    private final VariablePlugins plugins;
    private final Map<String, Set<String>> listings = new ConcurrentHashMap<>();
    private final Map<String, List<String>> found = new ConcurrentHashMap<>();
    private final Map<String, Variables> read = new ConcurrentHashMap<>();

    /** The names of files, as messages show them, are taken against the working directory. */
    public VariableFiles(Path workingDirectory, Vault vault, Consumer<Problem> warnings) {
        this(workingDirectory, vault, warnings, Merging.REPLACE, VariablePlugins.NONE);
    }

    /**
     * The names of files, as messages show them, are taken against the working directory.
     *
     * @param merging what becomes of mappings that several sources give under one name
     * @param plugins what says more, beside each folder's files
     */
    public VariableFiles(Path workingDirectory, Vault vault, Consumer<Problem> warnings, Merging merging,
            VariablePlugins plugins) {
        this.plugins = plugins;
        this.merging = merging;
        this.workingDirectory = workingDirectory;
        this.vault = vault;
        this.warnings = warnings;
    }

    /** No files at all. */
    static VariableFiles none() {
        return new VariableFiles(Path.of(""), Vault.closed(new Secrets()), _ -> {});
    }

    Merging merging() {
        return merging;
    }

    /** The vault that opens encrypted files here. */
    public Vault vault() {
        return vault;
    }

    /**
     * The variables of one file.
     *
     * @throws ProblemException where it can't be read or opened, or holds no mapping
     */
    public Variables read(String file) {
        return read.computeIfAbsent(file, name -> parse(name, text(name)));
    }

    /** What the files of a folder say about a group or a host, the weakest file first. */
    List<Variables> of(String folder, String kind, String owner) {
        List<Variables> more = plugins.of(workingDirectory.resolve(folder), kind.equals(GROUPS), owner);
        List<Variables> files = files(folder, kind, owner).stream().map(this::read).toList();
        return more.isEmpty() ? files : Stream.concat(files.stream(), more.stream()).toList();
    }

    /** Reads everything that there is about these groups and hosts. */
    void prepare(Collection<String> folders, Collection<String> groups, Collection<String> hosts) {
        prepare(wanted(folders, groups, hosts));
    }

    /**
     * Reads files, deriving the keys of those that are encrypted side by side.
     *
     * @throws ProblemException of all that can't be read
     */
    public void prepare(Collection<String> files) {
        var texts = new LinkedHashMap<String, String>();
        var problems = new ArrayList<Problem>();
        for (String file : files) {
            if (!read.containsKey(file)) {
                attempt(problems, () -> texts.put(file, text(file)));
            }
        }
        vault.prepare(texts.values().stream().filter(Vault::isVaulted).toList());
        texts.forEach((file, text) -> attempt(problems, () -> read.computeIfAbsent(file, name -> parse(name, text))));
        if (!problems.isEmpty()) {
            throw new ProblemException(problems);
        }
    }

    private Set<String> wanted(Collection<String> folders, Collection<String> groups, Collection<String> hosts) {
        var wanted = new LinkedHashSet<String>();
        for (String folder : folders) {
            groups.forEach(group -> wanted.addAll(files(folder, GROUPS, group)));
            hosts.forEach(host -> wanted.addAll(files(folder, HOSTS, host)));
        }
        return wanted;
    }

    private static void attempt(List<Problem> problems, Runnable work) {
        try {
            work.run();
        } catch (ProblemException e) {
            problems.addAll(e.problems());
        }
    }

    private Variables parse(String file, String text) {
        return Variables.of(YamlReader.readOne(vault.openFile(text, file), file, warnings));
    }

    private String text(String file) {
        return text(workingDirectory.resolve(file), file);
    }

    /** The text of a file, or a problem that names it as the user would. */
    static String text(Path path, String file) {
        try {
            return Files.readString(path);
        } catch (CharacterCodingException _) {
            throw new ProblemException(Source.file(file), "Tried to read this file, but it is no UTF-8 text.");
        } catch (IOException _) {
            throw new ProblemException(Source.file(file), "Tried to read this file, but "
                    + (Files.exists(path)
                            ? "it can't be read: check its permissions."
                            : "there is none of this name."));
        }
    }

    private List<String> files(String folder, String kind, String owner) {
        String base = folder.isEmpty() ? kind : folder + "/" + kind;
        Set<String> names = listings.computeIfAbsent(base, this::list);
        if (names.isEmpty() || owner.startsWith("/")
                || EXTENSIONS.stream().noneMatch(end -> present(names, owner + end))) {
            return List.of();
        }
        return found.computeIfAbsent(base + "/" + owner, this::find);
    }

    private static boolean present(Set<String> names, String name) {
        return names.contains(name.contains("/") ? name.substring(0, name.indexOf('/')) : name);
    }

    private Set<String> list(String folder) {
        return new LinkedHashSet<>(children(folder));
    }

    private List<String> children(String folder) {
        try (Stream<Path> children = Files.list(workingDirectory.resolve(folder))) {
            return children.map(child -> child.getFileName().toString()).sorted().toList();
        } catch (IOException | InvalidPathException _) {
            return List.of();
        }
    }

    /** The first that exists of the name itself and the name with an extension counts, as in Ansible. */
    private List<String> find(String base) {
        List<String> present = EXTENSIONS.stream().map(extension -> base + extension).filter(this::exists).toList();
        if (present.isEmpty()) {
            return List.of();
        }
        present.stream().skip(1).forEach(ignored -> warnings.accept(Problem.warning(Source.file(ignored),
                "This file is ignored, because " + present.getFirst() + " is there and comes first.",
                "Move its variables there.")));
        String first = present.getFirst();
        return Files.isDirectory(workingDirectory.resolve(first)) ? within(first) : List.of(first);
    }

    private boolean exists(String file) {
        try {
            return Files.exists(workingDirectory.resolve(file));
        } catch (InvalidPathException _) {
            return false;
        }
    }

    private List<String> within(String folder) {
        var files = new ArrayList<String>();
        for (String name : children(folder)) {
            String extension = extension(name);
            Path path = workingDirectory.resolve(folder).resolve(name);
            if (name.startsWith(".") || name.endsWith("~")) {
                continue;
            }
            if (Files.isDirectory(path)) {
                if (extension.isEmpty()) {
                    files.addAll(within(folder + "/" + name));
                }
            } else if (EXTENSIONS.contains(extension)) {
                files.add(folder + "/" + name);
            }
        }
        return List.copyOf(files);
    }

    static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot <= name.lastIndexOf('/') + 1 ? "" : name.substring(dot);
    }

    /** The folder of a file, as the user would write it. */
    static String folder(String file) {
        return Optional.ofNullable(Path.of(file).getParent()).map(Path::toString).orElse("");
    }
}
