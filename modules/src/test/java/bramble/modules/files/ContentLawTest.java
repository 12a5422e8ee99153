package bramble.modules.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import bramble.args.Schema;
import bramble.problem.Source;
import bramble.run.NodeTask;
import bramble.run.NodeTask.Ending;
import bramble.run.Overlay;
import bramble.shell.Sh;
import bramble.testkit.LocalNode;
import bramble.testkit.NoFiles;
import bramble.value.EscapedBytes;
import bramble.value.MapValue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The law of contents: whatever bytes a file is to have, it has them, by every shell and at every length. */
class ContentLawTest {
    private static final int[] LENGTHS = {0, 1, 255, 16_383, 16_384, 16_385, 70_000};

    private final Random random = new Random(7);

    @TempDir
    private Path folder;

    @Test
    void everyByteArrives() throws Exception {
        holds(LocalNode.plain());
        LocalNode router = LocalNode.router().orElse(null);
        if (router != null) {
            holds(router);
        }
    }

    private void holds(LocalNode node) throws Exception {
        List<byte[]> contents = contents();
        var module = new CopyModule();
        var items = new ArrayList<CopyModule.Args>();
        for (int i = 0; i < contents.size(); i++) {
            MapValue words = MapValue.of("dest", folder.resolve(node.kind() + i).toString(), "content",
                    EscapedBytes.decode(contents.get(i)), "mode", "0640");
            items.add(Schema.of(module.args()).bind("copy", words, Source.NONE, new NoFiles()));
        }
        List<Ending> endings = new NodeTask(node::ask, node.platform(), new Overlay(), false, Sh.raw(""))
                .runAll(module, items);
        endings.forEach(ending -> assertInstanceOf(Ending.Done.class, ending));
        for (int i = 0; i < contents.size(); i++) {
            assertArrayEquals(contents.get(i), Files.readAllBytes(folder.resolve(node.kind() + i)),
                    node.kind() + " " + i);
        }
        try (var files = Files.list(folder)) {
            assertEquals(0, files.filter(file -> file.getFileName().toString().startsWith(".")).count());
        }
        node.close();
    }

    private List<byte[]> contents() {
        var contents = new ArrayList<byte[]>();
        for (String text : List.of("'", "''\\''", "\\", "\\n\\0\\c%s%%%d", "-n x", "-e\\t", "\n\n", "a\n\n",
                "$HOME `id` $(id)", "\r\n\t",
                "ÁÀÈ€😀\u0081\u0088", "# no comment\n")) {
            contents.add(EscapedBytes.encode(text));
        }
        byte[] all = new byte[255];
        IntStream.range(1, 256).forEach(i -> all[i - 1] = (byte) i);
        contents.add(all);
        contents.add(new byte[]{'a', 0, 'b'});
        for (int length : LENGTHS) {
            byte[] any = new byte[length];
            random.nextBytes(any);
            contents.add(any);
            byte[] text = IntStream.range(0, length).mapToObj(_ -> String.valueOf((char) (1 + random.nextInt(127))))
                    .collect(Collectors.joining()).getBytes(StandardCharsets.US_ASCII);
            contents.add(text);
        }
        return contents;
    }
}
