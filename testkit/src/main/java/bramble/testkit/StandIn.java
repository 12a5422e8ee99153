package bramble.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.args.Schema;
import bramble.module.TaskModule;
import bramble.problem.Source;
import bramble.run.NodeTask;
import bramble.run.Overlay;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A program that stands in for one that no node of the lab can have, on this machine, and modules that call it. */
public final class StandIn implements AutoCloseable {
    private final LocalNode node = LocalNode.plain();
    private final Path folder;

    /**
     * Puts the program where only these modules find it.
     *
     * @param folder a folder of the test's own; the script finds it by its own path
     */
    public StandIn(Path folder, String program, String script) {
        this.folder = folder;
        try {
            Path file = Files.writeString(folder.resolve(program), script);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there was a change, and what the first one gives; or why there can't be one. */
    public <A extends Record, S> String run(TaskModule<A, S> module, boolean dry, String args)
            throws IOException, InterruptedException {
        var given = (MapValue) NodeValues.plain(YamlReader.read(args, "args", _ -> {}).getFirst());
        A bound = Schema.of(module.args()).bind(module.name(), given, Source.NONE, new NoFiles());
        return switch (new NodeTask(node::ask, node.platform(), new Overlay(), dry,
                Sh.of("PATH={}:$PATH\n", folder.toString())).run(module, bound)) {
            case NodeTask.Ending.Done(var changes, var verdict) -> verdict.failure()
                    .orElseGet(() -> verdict.changed()
                            + (changes.isEmpty() ? "" : " " + changes.getFirst().diff().after()));
            case NodeTask.Ending.Refused(String why, _) -> why;
            case NodeTask.Ending.Undetermined(String why) -> "undetermined: " + why;
        };
    }

    /** The same, after a dry run that must have foreseen it. */
    public <A extends Record, S> String both(TaskModule<A, S> module, String args)
            throws IOException, InterruptedException {
        String foreseen = run(module, true, args);
        String done = run(module, false, args);
        assertEquals(done, foreseen, "what the dry run foresaw");
        return done;
    }

    @Override
    public void close() {
        node.close();
    }
}
