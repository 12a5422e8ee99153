package bramble.playbook;

import bramble.inventory.Variables;
import bramble.value.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the loader needs of the world.
 *
 * @param workingDirectory what relative names in messages are relative to
 * @param rolesPath the configured folders of roles, looked through after the playbook's own
 * @param collectionsPath the folders below which {@code ansible_collections} stands
 * @param libraryPath the configured folders of modules that playbooks may bring, looked through after their own
 * @param actionsPath the same of action plugins
 * @param lookups the lookups that loops may use, apart from those that playbooks bring
 */
public record Surroundings(Path workingDirectory, List<Path> rolesPath, List<Path> collectionsPath,
        List<Path> libraryPath, List<Path> actionsPath, Actions actions,
        Reader reader,
        Evaluator evaluator, Lookups lookups) {

    /** What stands for the file of a play that the command line gives: no message names a place in it. */
    public static final Path COMMAND_LINE = Path.of(".command-line");

    public Surroundings {
        rolesPath = List.copyOf(rolesPath);
        collectionsPath = List.copyOf(collectionsPath);
        libraryPath = List.copyOf(libraryPath);
        actionsPath = List.copyOf(actionsPath);
    }

    /** Reads a file as UTF-8 text; a vaulted one is opened. */
    @FunctionalInterface
    public interface Reader {
        String read(Path file) throws IOException;
    }

    /** Whether there is a lookup of that short name, or may be one. */
    @FunctionalInterface
    public interface Lookups {
        boolean known(String name);
    }

    /** Evaluates what has to be known at load: names of files and roles. Extra vars are strongest, and known to it. */
    @FunctionalInterface
    public interface Evaluator {
        Value evaluate(Value value, List<Variables> layers);
    }
}
