package bramble.modules.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Piece;
import bramble.shell.Progress;
import bramble.shell.Watch;
import bramble.testkit.LocalNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contents that are asked for together, and are more than one answer keeps. */
class ManyContentsTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void areAskedForOnceEach() throws IOException {
        List<Path> files = IntStream.range(0, 9).mapToObj(i -> folder.resolve("log " + i)).toList();
        for (Path file : files) {
            try (var large = new RandomAccessFile(file.toFile(), "rw")) {
                large.setLength(ContentFact.LIMIT);
            }
        }
        List<ContentFact> facts = files.stream().map(file -> new ContentFact(file.toString())).toList();
        var came = new ArrayList<Long>(); // bytes of each round trip
        try (var node = LocalNode.plain()) {
            List<Answer> answers = node.ask(facts.stream().map(Fact::script).map(Piece::free).toList(),
                    Watch.carrying(Progress.NONE, bytes -> {
                        if (!came.isEmpty() && came.getLast() < bytes) {
                            came.removeLast();
                        }
                        came.add(bytes);
                    }));
            for (int i = 0; i < facts.size(); i++) {
                assertTrue(facts.get(i).parse(answers.get(i)) instanceof FileContent.Bytes(_, Content content)
                        && content.length() == ContentFact.LIMIT);
            }
        }
        assertEquals(2, came.size());
        long all = came.stream().mapToLong(Long::longValue).sum();
        assertTrue(all < 9L * ContentFact.LIMIT + 10_000, () -> all + " bytes came");
    }
}
