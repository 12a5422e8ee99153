package bramble.playbook;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.HomePath;
import bramble.yaml.Node;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds and reads the YAML files of playbooks and roles. */
final class Documents {
    private static final List<String> ENDINGS = List.of(".yml", ".yaml", ".json");

    private final Surroundings surroundings;
    private final Findings findings;
    /** Roles that are used often are read once. */
    private final Map<Path, Optional<Node>> read = new HashMap<>();

    Documents(Surroundings surroundings, Findings findings) {
        this.surroundings = surroundings;
        this.findings = findings;
    }

    /** A file as messages name it: relative to the working directory if it is below it. */
    String shown(Path file) {
        if (file.endsWith(Surroundings.COMMAND_LINE)) {
            return "";
        }
        Path absolute = file.toAbsolutePath().normalize();
        Path here = surroundings.workingDirectory().toAbsolutePath().normalize();
        return absolute.startsWith(here) ? here.relativize(absolute).toString() : absolute.toString();
    }

    /** The document in a file; what is wrong with it is reported, and empty. */
    Optional<Node> read(Path file, Source asked) {
        Optional<Node> known = read.get(file);
        if (known == null) {
            known = fresh(file, asked);
            read.put(file, known);
        }
        return known;
    }

    private Optional<Node> fresh(Path file, Source asked) {
        String shown = shown(file);
        try {
            String text = surroundings.reader().read(file);
            return Optional.of(YamlReader.readOne(text, shown, findings::warn));
        } catch (NoSuchFileException _) {
            findings.error(asked, "Tried to read " + shown + ", but there is no such file.");
        } catch (IOException e) {
            findings.error(asked, "Tried to read " + shown + ", but it can't be read (" + reason(e) + ").");
        } catch (ProblemException e) {
            findings.add(e.problems());
        }
        return Optional.empty();
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.charset.CharacterCodingException
                ? "it is no UTF-8 text"
                : e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** The first of the paths that is a file; if none is, a problem that lists them. */
    Optional<Path> first(List<Path> candidates, String name, Source asked) {
        Optional<Path> found = candidates.stream().filter(Files::isRegularFile).findFirst();
        if (found.isEmpty()) {
            findings.error(asked,
                    "Tried to find the file \"" + name + "\", but it is in none of the places where it is looked for.",
                    "Looked for " + String.join(", ", candidates.stream().map(this::shown).distinct().toList()) + "."
                            + nearby(candidates, name));
        }
        return found;
    }

    private String nearby(List<Path> candidates, String name) {
        for (Path candidate : candidates) {
            Path folder = candidate.getParent();
            if (folder != null && Files.isDirectory(folder)) {
                String hint = bramble.problem.Nearest.hint(String.valueOf(candidate.getFileName()),
                        list(folder).stream().map(path -> String.valueOf(path.getFileName())).toList());
                if (!hint.isEmpty() && !name.isEmpty()) {
                    return " " + hint;
                }
            }
        }
        return "";
    }

    /**
     * A role's file of that name, with any of the usual endings.
     *
     * @param name {@code main}, or what {@code tasks_from} and the like say, with or without an ending
     */
    static Optional<Path> entry(Path folder, String name, boolean bareFirst) {
        var candidates = new ArrayList<Path>();
        ENDINGS.forEach(ending -> candidates.add(folder.resolve(name + ending)));
        candidates.add(bareFirst ? 0 : candidates.size(), folder.resolve(name));
        return candidates.stream().filter(Files::exists).findFirst();
    }

    /** The files of variables in a folder, those of its folders too, in order. */
    static List<Path> variableFiles(Path folder) {
        var files = new ArrayList<Path>();
        for (Path path : list(folder)) {
            String name = String.valueOf(path.getFileName());
            if (name.startsWith(".") || name.endsWith("~")) {
                continue;
            }
            if (Files.isDirectory(path)) {
                files.addAll(variableFiles(path));
            } else if (!name.contains(".") || ENDINGS.stream().anyMatch(name::endsWith)) {
                files.add(path);
            }
        }
        return files;
    }

    static List<Path> list(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    /** A path as a user writes it, from a folder; what can't be a path at all is reported, and empty. */
    Optional<Path> resolve(Path folder, String name, Source asked) {
        try {
            return Optional.of(folder.resolve(HomePath.expanded(name)).normalize());
        } catch (java.nio.file.InvalidPathException _) {
            findings.add(List.of(Problem.error(asked,
                    "Tried to use \"" + name.replace("\0", "\\0") + "\" as a path, but it can't be one.")));
            return Optional.empty();
        }
    }
}
