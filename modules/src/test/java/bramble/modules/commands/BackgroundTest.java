package bramble.modules.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.args.Resources;
import bramble.args.Schema;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.problem.Source;
import bramble.run.NodeTask;
import bramble.run.NodeTask.Ending;
import bramble.run.Overlay;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.template.DocumentOptions;
import bramble.testkit.LocalNode;
import bramble.testkit.TestNode;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command that leaves a process behind, with its outputs open, is over when it ends; what the process prints is not heard. */
@Timeout(30)
class BackgroundTest {
    private static final String TEXT = "(while [ -d FOLDER ] && [ ! -e FOLDER/go ]; do sleep 0.05; done; echo late; echo late >&2; : >FOLDER/gone) &"
            + " echo said; echo wrong >&2; exit 3";

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"dash, shell", "dash, command", "dash, script", "dash, raw", "busybox, shell", "busybox, command",
        "busybox, script", "busybox, raw"})
    void isLeftAlone(String kind, String name) throws IOException, InterruptedException {
        Optional<LocalNode> found = kind.equals("dash") ? Optional.of(LocalNode.plain()) : LocalNode.router();
        Assumptions.assumeTrue(found.isPresent(), "there is no " + kind);
        String text = TEXT.replace("FOLDER", folder.toString());
        try (TestNode node = found.get()) {
            MapValue results = switch (name) {
                case "shell" -> results(node, new ShellModule(), MapValue.of("cmd", text));
                case "command" -> results(node, new CommandModule(), MapValue.of("argv", List.of("sh", "-c", text)));
                case "raw" -> results(node, new RawModule(), MapValue.of("free_form", text));
                default -> {
                    Files.writeString(folder.resolve("left.sh"), "#!/bin/sh\n" + text + "\n");
                    yield results(node, new ScriptModule(), MapValue.of("cmd", "left.sh"));
                }
            };
            assertEquals(List.of("3", "said", "wrong"), List.of("rc", "stdout", "stderr").stream()
                    .map(key -> PythonText.of(results.get(key).orElse(Value.text("?"))).strip()).toList());
            Answer next = node.run(Sh.of(
                    ": >{}/go; while [ -d {} ] && [ ! -e {}/gone ]; do sleep 0.05; done; echo next; echo next >&2",
                    folder, folder, folder));
            assertEquals("next\nnext\n", next.text() + next.errors());
        }
    }

    private <A extends Record, S> MapValue results(TestNode node, TaskModule<A, S> module, MapValue given)
            throws IOException, InterruptedException {
        A args = Schema.of(module.args()).bind(module.name(), given, Source.NONE, new Beside(folder));
        Platform platform = node.platform();
        Ending ending = new NodeTask(node::ask, platform, new Overlay(), false, Sh.raw("")).run(module, args);
        return ending instanceof Ending.Done(_, var verdict)
                ? verdict.results()
                : MapValue.of("ending", ending.toString());
    }

    /** The controller's files are in one folder. */
    private record Beside(Path folder) implements Resources {
        @Override
        public Path find(String kind, String name) {
            return folder.resolve(name);
        }

        @Override
        public String render(Path template, DocumentOptions options) {
            throw new IllegalStateException("no template is used here");
        }

        @Override
        public void secret(String value) {
            // nothing is printed
        }

        @Override
        public void warn(String text) {
            // nobody listens
        }
    }
}
