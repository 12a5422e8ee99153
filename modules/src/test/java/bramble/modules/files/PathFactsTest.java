package bramble.modules.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.testkit.LocalNode;
import bramble.testkit.TestNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PathFactsTest {
    static Stream<TestNode> nodes() {
        return Stream.concat(Stream.of(LocalNode.plain()), LocalNode.router().stream());
    }

    private static PathState at(TestNode node, String path) {
        return node.read(new PathFact(path));
    }

    private static ListingFact.Listing listing(TestNode node, String path) {
        return node.read(new ListingFact(path));
    }

    /** Who may not write a folder knows it of what is in it, until something changes the folder. */
    @Test
    void aFolderThatMayNotBeWritten(@TempDir Path folder) throws Exception {
        Optional<LocalNode> guest = LocalNode.guest();
        assumeTrue(guest.isPresent());
        try (var node = guest.get()) {
            String d = node
                    .run(Sh.raw(
                            "cd \"$(mktemp -d)\" && mkdir e && echo a >e/f && ln -s e/f l && chmod 555 e && pwd -P"))
                    .text().strip();
            List<String> closed = List.of(d + "/e/f", d + "/e/no", d + "/e/no/such", d + "/e");
            assertEquals(List.of(true, true, true, false),
                    closed.stream().map(path -> at(node, path).closed()).toList());
            assertFalse(at(node, d + "/l").closed());
            assertTrue(at(node, d + "/l").followed().closed());
            var changed = (PathState.Directory) at(node, d + "/e");
            Effect.Becomes<PathState> effect = new Effect.Becomes<>(new PathFact(d + "/e"),
                    changed.with(changed.inode().withMode(0755)));
            for (String path : closed) {
                assertFalse(new PathFact(path).after(effect, at(node, path)).get().closed(), path);
            }
            node.run(Sh.of("chmod 755 {} && rm -rf {}", d + "/e", d));
        }
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void whatIsAtAPath(TestNode node, @TempDir Path folder) throws Exception {
        String d = folder.toRealPath().toString();
        assertTrue(node.run(Sh.of("""
                cd {} || exit
                printf 'hello' >f; chmod 4751 f; touch -t 202401020304.05 f
                mkdir -p dir/sub 'with space'; chmod 1777 dir
                ln -s dir link; ln -s nowhere dangling; ln -s loop loop; ln -s link/sub chain
                printf x >'-dash'; printf x >"new
                line'\\"$"
                mkfifo pipe; : >'dir/sub/a b'; : >dir/sub/.hidden
                : >empty""", d)).ok());
        var file = assertInstanceOf(PathState.File.class, at(node, d + "/f"));
        assertEquals(d + "/f", file.real());
        assertEquals(5, file.size());
        assertEquals("4751", file.inode().octal());
        assertEquals(node.read(new MeFact()).user(), file.inode().user());
        assertTrue(file.inode().mtime().isPresent());
        assertEquals("1777", assertInstanceOf(PathState.Directory.class, at(node, d + "//dir/./")).inode().octal());
        var link = assertInstanceOf(PathState.Link.class, at(node, d + "/link"));
        assertEquals("dir", link.target());
        assertEquals(d + "/dir", link.destination().real());
        assertInstanceOf(PathState.Directory.class, link.followed());
        assertEquals(d + "/dir/sub", at(node, d + "/link/sub").real());
        assertEquals(d + "/dir/sub", at(node, d + "/chain").followed().real());
        assertInstanceOf(PathState.Absent.class, at(node, d + "/dangling").followed());
        assertInstanceOf(PathState.Absent.class, at(node, d + "/loop").followed());
        assertInstanceOf(PathState.File.class, at(node, d + "/-dash"));
        assertEquals(d + "/new\nline'\"$",
                assertInstanceOf(PathState.File.class, at(node, d + "/new\nline'\"$")).real());
        assertEquals('p', assertInstanceOf(PathState.Other.class, at(node, d + "/pipe")).kind());
        assertEquals(new PathState.Absent(d + "/dir/a/b", d + "/dir", false), at(node, d + "/link/a/b"));
        assertEquals(new PathState.Absent(d + "/f/a", d, true), at(node, d + "/f/a"));
        assertTrue(assertInstanceOf(PathState.Absent.class, at(node, d + "/with space/x")).hasParent());
        assertEquals("/", assertInstanceOf(PathState.Directory.class, at(node, "/")).real());
        assertEquals(at(node, d + "/..").real(), d.substring(0, d.lastIndexOf('/')));
        assertEquals(node.read(new MeFact()).home(), at(node, "~").real());

        assertEquals(new FileContent.Bytes(d + "/f", Content.text("hello")), node.read(new ContentFact(d + "/f")));
        assertEquals(new FileContent.Bytes(d + "/empty", Content.none()), node.read(new ContentFact(d + "/empty")));
        assertEquals(new FileContent.Missing(d + "/nowhere"), node.read(new ContentFact(d + "/dangling")));
        assertEquals(new FileContent.Missing(d + "/dir/a/b"), node.read(new ContentFact(d + "/link/a/b")));
        assertInstanceOf(FileContent.Unreadable.class, node.read(new ContentFact(d + "/link")));
        assertInstanceOf(FileContent.Unreadable.class, node.read(new ContentFact(d + "/pipe")));

        assertEquals(List.of("a b", ".hidden").stream().sorted().toList(), listing(node, d + "/link/sub").names());
        assertTrue(listing(node, d + "/nowhere").missing());
        assertTrue(node.read(new DigestFact(d + "/f")).of(Content.text("hello")));
        assertTrue(node.read(new DigestFact(d + "/dangling")).missing());

        assertEquals(IdFact.Id.of(0), node.read(IdFact.user("root")));
        assertEquals(IdFact.Id.NONE, node.read(IdFact.group("no-such-group")));
    }

    /** What is asked together is answered as what is asked alone, by one process where there is a stat. */
    @ParameterizedTest
    @MethodSource("nodes")
    void manyAtOnce(TestNode node, @TempDir Path folder) throws Exception {
        String d = folder.toRealPath().toString();
        assertTrue(node.run(
                Sh.of("""
                        cd {} || exit
                        mkdir 'a b' shut; printf x >'~root'; ln -s '~root' '~link'; printf 'no newline' >'a b/-n'; printf '\\\\n\\n%%s $HOME * \\n\\n' >'*'; ln -s '*' l; ln -s none dangling
                        printf 'a\\0b' >nul; : >empty; head -c 20000 /dev/zero | tr '\\0' x >large; mkfifo pipe; printf '\\377\\n' >bytes
                        printf x >"new
                        line"; printf '600 0 0\\n' >' 600'; chmod 640 ' 600'""",
                        d))
                .ok());
        List<String> paths = Stream
                .of("a b/-n", "*", "l", "dangling", "a b", "none", "none/such", "nul", "empty", "large",
                        "pipe", "new\nline", "bytes", " 600", "~root", "~link", "l", "*", "*/x", "..", "bytes",
                        "a b/../empty")
                .map(name -> d + "/" + name).toList();
        List<Fact<?>> facts = paths.stream()
                .<Fact<?>>flatMap(path -> Stream.of(new PathFact(path), new ContentFact(path), new DigestFact(path)))
                .toList();
        assertEquals(d + "/~root", at(node, d + "/~link").followed().real());
        var count = new Sh.Library("count", "stat() { echo >>" + d + "/shut/count; command stat \"$@\"; }");
        node.run(Sh.raw(":").using(count));
        List<Object> alone = facts.stream().<Object>map(node::read).toList();
        String many = node.run(Sh.of("wc -l <{}/shut/count; : >{}/shut/count", d, d)).text().strip();
        List<Answer> answers = node.ask(facts.stream().map(fact -> Piece.free(fact.script())).toList());
        List<Object> together = IntStream.range(0, facts.size())
                .<Object>mapToObj(i -> facts.get(i).parse(answers.get(i))).toList();
        for (int i = 0; i < facts.size(); i++) {
            assertEquals(unread(alone.get(i)), unread(together.get(i)), facts.get(i).toString());
        }
        String few = node.run(Sh.of("wc -l <{}/shut/count", d)).text().strip();
        assertTrue(many.isEmpty() || Integer.parseInt(few) * 2 < Integer.parseInt(many), few + " of " + many);
    }

    /** Without the time of the last reading, which asking for a content may have changed. */
    private static Object unread(Object value) {
        return value instanceof PathState ? value.toString().replaceAll("atime=OptionalLong\\[\\d+]", "") : value;
    }

    /** Temporary folders are their owner's alone. */
    @Test
    void whatMayNotBeEnteredIsNotTakenForMissing(@TempDir Path folder) throws Exception {
        String d = folder.toRealPath() + "/shut";
        try (var node = LocalNode.plain()) {
            assumeTrue(node.read(new MeFact()).user().name().equals("root"));
            assertTrue(node.run(Sh.of("mkdir -m 700 {} && echo x >{}/f && chmod 755 {}", d, d, folder)).ok());
            assertEquals(new PathState.Absent(d + "/f", d, true), asNobody(node, new PathFact(d + "/f")));
            assertEquals(new PathState.Absent(d + "/f/g", d, true), asNobody(node, new PathFact(d + "/f/g")));
            assertEquals(new FileContent.Unreadable(d + "/f", "may not be read"),
                    asNobody(node, new ContentFact(d + "/f")));
            assertFalse(asNobody(node, new DigestFact(d + "/f")).missing());
            assertTrue(asNobody(node, new ListingFact(d + "/f")).missing());
        }
    }

    private static <V> V asNobody(TestNode node, Fact<V> fact) {
        String script = fact.script().libraries().stream().map(Sh.Library::text).collect(Collectors.joining("\n"))
                + "\n"
                + fact.script().source();
        return fact.parse(node.run(Sh.of("cd / && exec setpriv --reuid 65534 --clear-groups sh -c {}", script)));
    }
}
