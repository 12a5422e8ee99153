package bramble.modules.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import bramble.args.Schema;
import bramble.module.TaskModule;
import bramble.problem.Source;
import bramble.run.NodeTask;
import bramble.run.NodeTask.Ending;
import bramble.run.Overlay;
import bramble.shell.Answer;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.testkit.LocalNode;
import bramble.testkit.NoFiles;
import bramble.value.MapValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Items of a loop, which are done together: each ends as it would by itself, also where something comes between. */
@ParameterizedClass(name = "{0}")
@MethodSource("kinds")
class LoopTest {
    private final LocalNode node;
    private int asked;
    private int written; // by the second round trip
    private Between before = () -> {};

    @TempDir
    private Path folder;

    /** What happens between the first round trip, which reads, and the second, which writes. */
    private interface Between {
        void happens() throws IOException;
    }

    LoopTest(String kind) {
        node = kind.equals("router") ? LocalNode.router().orElseThrow() : LocalNode.plain();
    }

    static Stream<String> kinds() {
        Optional<LocalNode> router = LocalNode.router();
        router.ifPresent(LocalNode::close);
        return router.isPresent() ? Stream.of("local", "router") : Stream.of("local");
    }

    @AfterEach
    void end() {
        node.close();
    }

    @Test
    void newFilesHaveTheirTextsAndModes() throws Exception {
        Files.writeString(folder.resolve("old"), "old");
        Files.writeString(folder.resolve("same"), "text of same");
        Files.setPosixFilePermissions(folder.resolve("same"), PosixFilePermissions.fromString("rw-r-----"));
        List<String> names = List.of("a", "it's one", ".hidden", "..two", "-f", "new\nline", "*", "old", "same", "é",
                "z");
        List<Ending> endings = run(new CopyModule(), names.stream()
                .map(name -> MapValue.of("dest", folder.resolve(name).toString(), "content", "text of " + name, "mode",
                        "0640"))
                .toList());
        for (int i = 0; i < names.size(); i++) {
            assertEquals(!names.get(i).equals("same"), changed(endings.get(i)), names.get(i));
            Path file = folder.resolve(names.get(i));
            assertEquals("text of " + names.get(i), Files.readString(file));
            assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
        assertEquals(names.size(), count());
        assertEquals(2, asked);
    }

    /** The first three of them differ in what keeps them from being written together. */
    @Test
    void filesOfSeveralFoldersAndModes() throws Exception {
        Files.createDirectory(folder.resolve("b"));
        List<Ending> endings = run(new CopyModule(), List.of(file("a", "0600"), file("b/a", "0600"), file("c", "0444"),
                file("d", "0600"), file("nowhere/a", "0600"), file("e", "4755")));
        assertEquals(List.of("rw-------", "rw-------", "r--r--r--", "rw-------"),
                Stream.of("a", "b/a", "c", "d").map(this::mode).toList());
        assertEquals(04755, (int) Files.getAttribute(folder.resolve("e"), "unix:mode") & 07777);
        assertInstanceOf(Ending.Refused.class, endings.get(4));
        assertEquals(List.of(0, 1, 2, 3, 5),
                IntStream.range(0, 6).filter(i -> changed(endings.get(i))).boxed().toList());
        assertEquals("text", Files.readString(folder.resolve("e")));
    }

    @Test
    void aFileThatSomebodyElseMadeMeanwhileIsReadAnew() throws Exception {
        before = () -> Files.writeString(folder.resolve("b"), "text");
        List<Ending> endings = run(new CopyModule(), List.of(file("a", "0644"), file("b", "0644"), file("c", "0644")));
        assertEquals(List.of(true, false, true), endings.stream().map(LoopTest::changed).toList());
        assertEquals(3, count());
    }

    @Test
    void whatCannotBeMovedThereFailsByItself() throws Exception {
        before = () -> {
            Files.createDirectory(folder.resolve("b"));
            Files.writeString(folder.resolve("b/x"), "");
        };
        List<Ending> endings = run(new CopyModule(), List.of(file("a", "0644"), file("b", "0644"), file("c", "0644")));
        assertEquals(List.of(true, false, true), endings.stream().map(LoopTest::changed).toList());
        assertEquals("Tried to write " + folder.resolve("b") + ", but it is a directory", failure(endings.get(1)));
        assertEquals(3, count());
    }

    @Test
    void foldersAreMadeTogether() throws Exception {
        List<Ending> endings = run(new FileModule(),
                List.of(folder("x/y/a"), folder("x/y/b"), folder("x/it's"), folder("-p")));
        assertEquals(List.of(true, true, true, true), endings.stream().map(LoopTest::changed).toList());
        Stream.of("x/y/a", "x/y/b", "x/it's", "-p").forEach(name -> assertEquals("rwx------", mode(name)));
        assertEquals(2, asked);
    }

    /** Also those that are behind it are new, and say so. */
    @Test
    void aFolderThatCannotBeMadeFailsByItself() throws Exception {
        before = () -> Files.writeString(folder.resolve("b"), "");
        List<Ending> endings = run(new FileModule(),
                List.of(folder("x/a"), folder("x/b"), folder("b"), folder("x/c"), folder("d")));
        assertEquals(List.of(true, true, false, true, true), endings.stream().map(LoopTest::changed).toList());
        assertEquals("Tried to make the directory " + folder.resolve("b") + ", but: File exists",
                failure(endings.get(2)));
    }

    @Test
    void linesOfOneFileAreWrittenAtOnce() throws Exception {
        Path file = folder.resolve("lines");
        List<Ending> endings = run(new LineinfileModule(), IntStream.range(0, 50)
                .mapToObj(i -> MapValue.of("path", file.toString(), "line", "line " + i, "create", true,
                        "mode", "0644"))
                .toList());
        assertEquals(50, endings.stream().filter(LoopTest::changed).count());
        assertEquals(IntStream.range(0, 50).mapToObj(i -> "line " + i).toList(), Files.readAllLines(file));
        assertEquals(2, asked);
        assertEquals(1, written);
    }

    @Test
    void linesKeepWhatSomebodyElseWroteMeanwhile() throws Exception {
        Path file = folder.resolve("lines");
        Files.writeString(file, "first\n");
        before = () -> Files.writeString(file, "other\nline 1\n");
        List<Ending> endings = run(new LineinfileModule(), IntStream.range(0, 3)
                .mapToObj(i -> MapValue.of("path", file.toString(), "line", "line " + i)).toList());
        assertEquals(List.of(true, false, true), endings.stream().map(LoopTest::changed).toList());
        assertEquals(List.of("other", "line 1", "line 0", "line 2"), Files.readAllLines(file));
    }

    @Test
    void aBackupIsKeptOfEachStep() throws Exception {
        Path file = folder.resolve("lines");
        Files.writeString(file, "first\n");
        run(new LineinfileModule(), IntStream.range(0, 3)
                .mapToObj(i -> MapValue.of("path", file.toString(), "line", "line " + i, "backup", true)).toList());
        assertEquals(3, written);
        try (Stream<Path> backups = Files.list(folder).filter(one -> one.toString().endsWith("~")).sorted()) {
            assertEquals(List.of("first\n", "first\nline 0\n", "first\nline 0\nline 1\n"),
                    backups.map(LoopTest::text).sorted().toList());
        }
    }

    /** What was made beside a file goes with its item, not with the last one. */
    @Test
    void nothingIsLeftOfItemsThatFailedOrWereReadAnew() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            Files.writeString(folder.resolve(name), "old");
        }
        before = () -> {
            Files.writeString(folder.resolve("a"), "other");
            Files.delete(folder.resolve("b"));
            Files.createDirectory(folder.resolve("b"));
            Files.writeString(folder.resolve("c"), "other");
        };
        List<Ending> endings = run(new CopyModule(), List.of(file("a", "0644"), file("b", "0600"), file("c", "0640")));
        assertEquals(List.of(true, false, true), endings.stream().map(LoopTest::changed).toList());
        assertEquals(3, count());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private <A extends Record, S> List<Ending> run(TaskModule<A, S> module, List<MapValue> items) throws Exception {
        var args = new ArrayList<A>();
        for (MapValue words : items) {
            args.add(Schema.of(module.args()).bind(module.name(), words, Source.NONE, new NoFiles()));
        }
        return new NodeTask(this::ask, node.platform(), new Overlay(), false, Sh.raw("")).runAll(module, args);
    }

    private List<Answer> ask(List<Piece> pieces) {
        if (++asked == 2) {
            written = (int) pieces.stream().filter(piece -> piece.script().source().contains("\nb_write ")).count();
            try {
                before.happens();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return node.ask(pieces);
    }

    private MapValue file(String name, String mode) {
        return MapValue.of("dest", folder.resolve(name).toString(), "content", "text", "mode", mode);
    }

    private MapValue folder(String name) {
        return MapValue.of("path", folder.resolve(name).toString(), "state", "directory", "mode", "0700");
    }

    private String mode(String name) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long count() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private static boolean changed(Ending ending) {
        return ending instanceof Ending.Done(var _, var verdict) && verdict.changed() && verdict.failure().isEmpty();
    }

    private static String failure(Ending ending) {
        return ((Ending.Done) ending).verdict().failure().orElse("");
    }
}
