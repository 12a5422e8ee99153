package bramble.modules.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import bramble.args.Schema;
import bramble.problem.Source;
import bramble.run.NodeTask;
import bramble.run.NodeTask.Ending;
import bramble.run.Overlay;
import bramble.shell.Sh;
import bramble.testkit.LocalNode;
import bramble.testkit.NoFiles;
import bramble.testkit.TestNode;
import bramble.value.MapValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new file that can't be given to the owner who is wanted is not left behind; one that was there stays. */
class TouchTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void leavesNoFileThatIsNotAsItShallBe() throws IOException, InterruptedException {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Path chown = Files.writeString(tools.resolve("chown"), "#!/bin/sh\necho chown: not permitted >&2\nexit 1\n");
        assertEquals(true, chown.toFile().setExecutable(true));
        Files.writeString(folder.resolve("old"), "kept");
        try (TestNode node = LocalNode.plain()) {
            Sh environment = Sh.of("PATH={}:$PATH\n", tools);
            for (String name : new String[]{"new", "old"}) {
                FileModule.Args args = Schema.of(FileModule.Args.class).bind("file",
                        MapValue.of("path", folder.resolve(name).toString(), "state", "touch", "owner", "4711"),
                        Source.NONE, new NoFiles());
                Ending ending = new NodeTask(node::ask, node.platform(), new Overlay(), false, environment)
                        .run(new FileModule(), args);
                Ending.Done done = assertInstanceOf(Ending.Done.class, ending);
                assertEquals(
                        "Tried to set the owner of " + folder.resolve(name)
                                + ", but: not permitted. Does the task need become?",
                        done.verdict().failure().orElse(""));
            }
        }
        assertFalse(Files.exists(folder.resolve("new")));
        assertEquals("kept", Files.readString(folder.resolve("old")));
    }
}
