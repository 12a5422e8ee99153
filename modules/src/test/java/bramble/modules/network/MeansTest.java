package bramble.modules.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.shell.Answer;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.shell.Watch;
import bramble.testkit.LocalNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a node's own fetching is told of. */
@Timeout(60)
class MeansTest {
    @TempDir
    Path folder = Path.of("");

    /** What fetches goes on only once it was told how far it is. */
    @Test
    void whatComesIsToldWhileItComes() throws IOException {
        Path gate = folder.resolve("gate");
        Path file = folder.resolve("file");
        var said = new StringBuilder();
        var opened = new AtomicBoolean();
        try (LocalNode node = LocalNode.plain()) {
            assertTrue(node.run(Sh.of("mkfifo {}", gate.toString())).ok());
            Sh fetching = Means.telling(Sh.of("printf %070000d 0; read -r b_any <{} && echo 'status 200' >&2; false",
                    gate.toString()));
            Answer answer = node.ask(
                    List.of(Piece.free(Sh.of("b_make() {\n{}\n}\nb_make >{}", fetching, file.toString()))),
                    Watch.live(printed -> {
                        said.append(printed);
                        if (said.indexOf("bytes 70000\n") >= 0 && !opened.getAndSet(true)) {
                            open(gate);
                        }
                    }))
                    .getFirst();
            assertTrue(opened.get(), said::toString);
            assertEquals(70_000, Files.size(file));
            assertEquals(1, answer.status(), "its own status stays");
            assertEquals(new Means.Told(200, "", ""), Means.Told.of(answer));
        }
    }

    private static void open(Path gate) {
        try {
            Files.writeString(gate, "go on\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void otherLinesSayNothingOfIt() {
        assertEquals(OptionalLong.empty(), Means.bytes("status 200"));
        assertEquals(OptionalLong.empty(), Means.bytes("bytes 12 of 13"));
        assertEquals(OptionalLong.of(12), new GetUrlModule().fetches("bytes 12"));
    }
}
