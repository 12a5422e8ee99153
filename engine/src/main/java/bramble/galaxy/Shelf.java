package bramble.galaxy;

import bramble.problem.FileTrouble;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder {@code ansible_collections}, and what is in it.
 *
 * @param folder with that name at its end
 */
public record Shelf(Path folder) {

    /** A collection that is here. */
    public record Installed(CollectionName name, Optional<Version> version, Path folder, Manifest manifest) {}

    /** The one of a folder that has it, or should have it. */
    public static Shelf of(Path path) {
        return new Shelf(path.endsWith("ansible_collections") ? path : path.resolve("ansible_collections"));
    }

    public Optional<Installed> find(CollectionName name) {
        Path place = place(name);
        return Files.isDirectory(place)
                ? Manifest.in(place).map(manifest -> new Installed(name, manifest.version(), place, manifest))
                : Optional.empty();
    }

    Path place(CollectionName name) {
        return folder.resolve(name.namespace()).resolve(name.name());
    }

    /** All, by name; folders that say nothing of themselves too. */
    public List<Installed> all() {
        var all = new ArrayList<Installed>();
        for (Path namespace : folders(folder)) {
            for (Path one : folders(namespace)) {
                CollectionName.of(namespace.getFileName() + "." + one.getFileName()).ifPresent(name -> all.add(
                        find(name).orElseGet(() -> new Installed(name, Optional.empty(), one, new Manifest(name,
                                Optional.empty(), java.util.Map.of(), bramble.value.MapValue.EMPTY)))));
            }
        }
        all.sort(Comparator.comparing(one -> one.name().toString()));
        return all;
    }

    private static List<Path> folders(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to list " + folder + ", but " + FileTrouble.why(e) + ".");
        }
    }
}
