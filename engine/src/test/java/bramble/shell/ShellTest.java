package bramble.shell;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import bramble.connection.LocalConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every shell must hold, whichever program plays the resident. */
@ParameterizedClass
@MethodSource("kinds")
@Timeout(60)
class ShellTest {
    /** What a BusyBox node has at least; no setsid, od, base64, stat or timeout. */
    private static final List<String> APPLETS = List.of("sh", "cat", "head", "sleep", "wc", "kill", "rm", "mv",
            "mktemp",
            "printf", "chmod", "cp", "date", "ls", "grep", "sed", "awk", "tr", "cut", "test", "true", "false", "env",
            "seq", "tail", "dd", "id", "cmp");

    /** The shells to try: words that call one. */
    enum Kind {
        DASH,
        BASH,
        BASH_POSIX,
        BUSYBOX
    }

    static Stream<Kind> kinds() {
        return Stream.of(Kind.values());
    }

    private final Kind kind;

    private final Path folder;

    private final List<String> words;

    private final List<Remote> started = new ArrayList<>();
    private final Shell shell;

    ShellTest(Kind kind, @TempDir Path folder) throws IOException {
        this.kind = kind;
        this.folder = folder;
        words = words();
        shell = Shell.open(door(words));
    }

    @AfterEach
    void close() throws IOException {
        shell.close();
        for (String applet : APPLETS) {
            Files.deleteIfExists(folder.resolve("applets").resolve(applet));
        }
    }

    private List<String> words() throws IOException {
        return switch (kind) {
            case DASH -> List.of(there("/bin/dash"));
            case BASH -> List.of(there("/bin/bash"));
            case BASH_POSIX -> List.of(there("/bin/bash"), "--posix");
            case BUSYBOX -> {
                Path applets = Files.createDirectories(folder.resolve("applets"));
                for (String applet : APPLETS) {
                    Files.createSymbolicLink(applets.resolve(applet), Path.of(there("/bin/busybox")));
                }
                yield List.of("/usr/bin/env", "-i", "PATH=" + applets, "HOME=/", applets + "/sh");
            }
        };
    }

    private static String there(String program) {
        boolean there = Files.isExecutable(Path.of(program));
        assertTrue(there || System.getenv("CI") == null, program + " is not installed");
        return there ? program : abort(program + " is not installed");
    }

    private Door door(List<String> words) {
        return new Door() {
            @Override
            public Remote open(String script) {
                Remote remote = new LocalConnection(words).start(script);
                started.add(remote);
                return remote;
            }

            @Override
            public Optional<String> answer(String printed, int answers) {
                return Optional.empty();
            }

            @Override
            public RuntimeException refused(String printed) {
                return new IllegalStateException(printed);
            }

            @Override
            public String toString() {
                return "tester";
            }
        };
    }

    private Answer run(String script) {
        return shell.ask(List.of(Piece.free(Sh.raw(script)))).getFirst();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            true                                           | 0   | ""      | ""
            exit 7                                         | 7   | ""      | ""
            (exit 200)                                     | 200 | ""      | ""
            printf out; printf err >&2; exit 3             | 3   | out     | err
            set -e; printf a; false; printf b              | 1   | a       | ""
            set -u; cat; printf end                        | 0   | end     | ""
            exec printf replaced                           | 0   | replaced | ""
            if read -r line; then exit 9; else printf eof; fi | 0   | eof     | ""
            printf "%s" "$#-$LC_ALL"                       | 0   | 0-C     | ""
            printf "%s" 'b_1 $x ! \\n "q"'                 | 0   | b_1 $x ! \\n "q" | ""
            sleep 2 >/dev/null 2>&1 & printf started       | 0   | started | ""
            cd /; umask 077; b_m=x; IFS=x; printf moved    | 0   | moved   | ""
            """)
    void answersExactly(String script, int status, String out, String err) {
        Answer answer = run(script);
        assertEquals(out, answer.text());
        assertEquals(err, answer.errors());
        assertEquals(status, answer.status());
        assertEquals("still here", run("printf 'still here'").text());
    }

    @Test
    void survivesWhatIsNoShell() {
        assertFalse(run("if true; then").ok());
        assertFalse(run("echo 'open").ok());
        assertFalse(run(") } ;;").ok());
        assertTrue(run("").ok());
        assertTrue(run("# nothing").ok());
        assertEquals("here", run("printf here").text());
    }

    @Test
    void carriesManyPiecesInOneRoundTrip() {
        List<Piece> pieces = Stream.of("x=1; printf 1", "printf \"${x-unset}\"", "exit 4", "printf 4 >&2")
                .map(script -> Piece.free(Sh.raw(script))).toList();
        List<Answer> answers = shell.ask(pieces);
        assertEquals(List.of("1", "unset", "", ""), answers.stream().map(Answer::text).toList());
        assertEquals(List.of(0, 0, 4, 0), answers.stream().map(Answer::status).toList());
        assertEquals("4", answers.getLast().errors());
        assertEquals(1, shell.roundTrips());
    }

    @Test
    void leavesOutTheRestOfAGroupThatFailed() {
        List<Answer> answers = shell.ask(List.of(Piece.in(1, Sh.raw("printf a")), Piece.in(12, Sh.raw("exit 9")),
                new Piece(12, Sh.raw("cat"), Content.text("x".repeat(100_000))), Piece.in(1, Sh.raw("printf b")),
                Piece.in(2, Sh.raw("printf c")), new Piece(1, Sh.raw("head -c 2; exit 5"), Content.text("input")),
                Piece.in(1, Sh.raw("printf never")), new Piece(Piece.FREE, Sh.raw("cat"), Content.text("last"))));
        assertEquals(List.of(0, 9, Answer.NOT_RUN, 0, 0, 5, Answer.NOT_RUN, 0),
                answers.stream().map(Answer::status).toList());
        assertEquals(List.of("a", "", "", "b", "c", "in", "", "last"), answers.stream().map(Answer::text).toList());
        assertEquals(1, shell.roundTrips());
    }

    @Test
    void carriesBytesBothWays() throws IOException {
        byte[] bytes = new byte[1_300_000]; // more than what head passes on
        new Random(1).nextBytes(bytes);
        Path file = Files.write(folder.resolve("bytes"), bytes);
        List<Answer> answers = shell.ask(List.of(new Piece(0, Sh.raw("cat"), Content.of(file)),
                new Piece(0, Sh.raw("head -c 5 >/dev/null; true"), new Content.Bytes(bytes)),
                new Piece(0, Sh.raw("cat; cat >&2"), Content.text("no newline at the end")),
                Piece.in(0, Sh.of("cat {}; cat {} >&2", file, file))));
        assertArrayEquals(bytes, answers.get(0).out());
        assertEquals("", answers.get(1).text());
        assertEquals("no newline at the end", answers.get(2).text());
        assertArrayEquals(bytes, answers.get(3).out());
        assertArrayEquals(bytes, answers.get(3).err());
    }

    @Test
    void letsAScriptTakeItsInputItself() {
        byte[] bytes = new byte[2_700_001];
        new Random(2).nextBytes(bytes);
        byte[] even = Arrays.copyOf(bytes, 2 * 1024 * 1024);
        byte[] few = Arrays.copyOf(bytes, 100);
        for (byte[] input : List.of(bytes, even, few)) {
            Path file = folder.resolve("taken" + input.length);
            var content = new Content.Bytes(input);
            List<Answer> answers = shell.ask(List.of(
                    new Piece(Piece.FREE, Sh.of("b_take {} >{}", input.length, file), content, true),
                    new Piece(Piece.FREE, Sh.of("b_take {} >/dev/full || exit 3", input.length), content, true),
                    new Piece(Piece.FREE, Sh.of("b_take {} >/dev/null; exit 4", input.length), content, true),
                    new Piece(0, Sh.of("b_take {} >&2; b_take 0", input.length), content),
                    Piece.free(Sh.of("cat {}", file))));
            assertEquals(List.of(0, 3, 4, 0, 0), answers.stream().map(Answer::status).toList());
            assertTrue(answers.get(1).errors().contains("No space left on device"), answers.get(1).errors());
            assertArrayEquals(input, answers.get(3).err());
            assertArrayEquals(input, answers.get(4).out());
        }
        assertEquals(3, shell.roundTrips());
    }

    @Test
    void carriesLongScriptsAndOddCharacters() {
        String odd = "it's \"$HOME\" `x` \\ é\t\n*".repeat(5_000);
        assertEquals(odd, shell.ask(List.of(Piece.free(Sh.of("printf %s {}", odd)))).getFirst().text());
        assertEquals("it's é\n", shell.ask(List.of(Piece.free(Sh.of("printf %s {}", "it's é\n")))).getFirst().text());
    }

    @Test
    void definesALibraryOnce() {
        var library = new Sh.Library("b_twice", "b_twice() { printf '%s%s' \"$1\" \"$1\"; }");
        Sh call = Sh.of("b_twice {}", "ab").using(library);
        assertEquals(List.of("abab", "abab"),
                shell.ask(List.of(Piece.free(call), Piece.free(call))).stream().map(Answer::text).toList());
        assertEquals("abab", shell.ask(List.of(Piece.free(call))).getFirst().text());
        assertEquals(2, shell.roundTrips());
    }

    /** Scripts that share a subshell are asked as one, gather once, and are answered each for itself. */
    @Test
    void runsScriptsTogetherThatShareASubshell() {
        var library = new Sh.Library("b_gathered", """
                b_known=
                b_gathered() { b_known="$b_known<$*>"; }
                b_what() { printf '%s of %s' "$1" "$b_known"; printf 'no %s' "$1" >&2; return "$2"; }""");
        List<Piece> pieces = Stream.of("one", "two", "it's", "two")
                .map(word -> Piece.free(
                        Sh.of("b_what {} {}", word, word.length()).using(library).shared("b_gathered", List.of(word))))
                .toList();
        var all = new ArrayList<Piece>(List.of(Piece.free(Sh.raw("printf first"))));
        all.addAll(pieces);
        all.add(Piece.free(Sh.raw("printf last; exit 9")));
        List<Answer> answers = shell.ask(all);
        assertEquals(List.of("first", "one of <one two it's>", "two of <one two it's>", "it's of <one two it's>",
                "two of <one two it's>", "last"), answers.stream().map(Answer::text).toList());
        assertEquals(List.of(0, 3, 3, 4, 3, 9), answers.stream().map(Answer::status).toList());
        assertEquals("no it's", answers.get(3).errors());
        assertEquals(1, shell.roundTrips());
        assertEquals("one of ", shell.ask(pieces.subList(0, 1)).getFirst().text());
    }

    /** In one subshell, too, a piece is left out behind one of its group that failed, and no other is. */
    @Test
    void leavesOutOfASubshellWhatItsGroupLeavesOut() {
        List<Piece> one = Stream.of("printf a", "false", "printf c")
                .map(script -> Piece.in(1, Sh.raw(script).shared(":", List.of()))).toList();
        var all = new ArrayList<Piece>(one);
        all.add(Piece.in(1, Sh.raw("printf later")));
        all.add(Piece.in(2, Sh.raw("printf other").shared(":", List.of())));
        all.add(Piece.in(3, Sh.raw("false").shared(":", List.of())));
        all.add(Piece.in(4, Sh.raw("printf last").shared(":", List.of())));
        assertEquals(List.of(0, 1, Answer.NOT_RUN, Answer.NOT_RUN, 0, 1, 0),
                shell.ask(all).stream().map(Answer::status).toList());
        var behind = new ArrayList<Piece>(List.of(Piece.in(1, Sh.raw("false"))));
        behind.addAll(one);
        assertEquals(List.of(1, Answer.NOT_RUN, Answer.NOT_RUN, Answer.NOT_RUN),
                shell.ask(behind).stream().map(Answer::status).toList());
        assertEquals(2, shell.roundTrips());
    }

    /** What gathers for all may call each of the scripts. */
    @Test
    void gathersByTheScriptsThemselves() {
        var library = new Sh.Library("b_twice", """
                b_twice() { b_all b_once; }
                b_once() { eval "$b_q" >/dev/null; }""");
        List<Answer> answers = shell.ask(IntStream.range(0, 3).mapToObj(i -> Piece.in(i,
                Sh.raw("b_i=$((b_i+1)); printf %s \"$b_i\"").using(library).shared("b_twice", List.of()))).toList());
        assertEquals(List.of("4", "5", "6"), answers.stream().map(Answer::text).toList());
    }

    /** Should one of them end the subshell, or print more than is kept of one answer, each is asked by itself. */
    @Test
    void tellsApartWhatSharesASubshellWhateverHappens() {
        List<Answer> answers = shell.ask(Stream.of("printf a", "printf b; exit 3", "printf c")
                .map(script -> Piece.free(Sh.raw(script).shared(":", List.of()))).toList());
        assertEquals(List.of("a", "b", "c"), answers.stream().map(Answer::text).toList());
        assertEquals(List.of(0, 3, 0), answers.stream().map(Answer::status).toList());
        try (Shell small = Shell.open(door(words), 1000)) {
            List<Answer> full = small.ask(Stream.of("printf %900s a", "printf %900s b")
                    .map(script -> Piece.free(Sh.raw(script).shared(":", List.of()))).toList());
            assertEquals(List.of(900, 900), full.stream().map(answer -> answer.out().length).toList());
        }
    }

    /** What was answered before it became too much isn't asked for again. */
    @Test
    void asksOnlyForTheRestAgain() throws IOException {
        Path log = folder.resolve("log");
        try (Shell small = Shell.open(door(words), 1000)) {
            List<Answer> answers = small.ask(Stream.of("a", "b", "c", "d").map(name -> Piece.free(
                    Sh.of("printf {} >>{}; printf %400s {}", name, log, name).shared(":", List.of()))).toList());
            assertEquals(List.of("a", "b", "c", "d"), answers.stream().map(Answer::text).map(String::strip).toList());
            assertEquals(List.of(400, 400, 400, 400), answers.stream().map(answer -> answer.out().length).toList());
            assertEquals("abcdcd", Files.readString(log));
            assertEquals(2, small.roundTrips());
        }
    }

    @Test
    void givesAUserCommandItsOwnEnvironment() {
        Answer answer = shell.ask(List.of(Piece.free(
                Sh.of("{}exec sh -c {}", Shell.LOGIN, "printf '%s %s' \"${LC_ALL-none}\" \"$PATH\"")))).getFirst();
        String lc = kind == Kind.BUSYBOX
                ? "none"
                : Optional.ofNullable(System.getenv("LC_ALL")).filter(it -> !it.isEmpty()).orElse("none");
        String path = kind == Kind.BUSYBOX ? folder.resolve("applets").toString() : System.getenv("PATH");
        assertEquals(lc + " " + path, answer.text());
    }

    @Test
    void keepsThePlaceOfOutputThatIsTooLong() throws IOException {
        try (Shell small = Shell.open(door(started.isEmpty() ? List.of() : words), 1000)) {
            var live = new StringBuilder();
            List<Answer> answers = small.ask(
                    List.of(Piece.free(Sh.raw("seq 1 2000")), Piece.free(Sh.raw("printf next"))),
                    Watch.live(live::append));
            assertEquals(1000, answers.getFirst().out().length);
            assertTrue(answers.getFirst().cut());
            assertEquals("next", answers.getLast().text());
            assertFalse(answers.getLast().cut());
            assertTrue(live.toString().endsWith("2000\nnext"), live::toString);
        }
    }

    @Test
    void endsWhatTakesTooLong() throws Exception {
        Path pids = folder.resolve("pids");
        String hang = "trap '' TERM; sleep 600 & echo $! >" + pids + "; (trap '' TERM; sleep 600); sleep 600";
        List<Answer> answers = shell.ask(List.of(Piece.in(0, Sh.raw("printf before; " + hang)),
                Piece.in(0, Sh.raw("printf never")), Piece.free(Sh.raw("printf after")),
                new Piece(1, Sh.raw("b_take 200000; sleep 600"), Content.text("x".repeat(200_000)), true),
                Piece.free(Sh.raw("printf end"))),
                Watch.limit(Duration.ofMillis(300)));
        assertEquals(List.of(Answer.TIMED_OUT, Answer.NOT_RUN, 0, Answer.TIMED_OUT, 0),
                answers.stream().map(Answer::status).toList());
        assertEquals("before", answers.get(0).text());
        assertEquals(200_000, answers.get(3).out().length);
        assertEquals("end", answers.get(4).text());
        assertEquals("here", run("printf here").text());
        long child = Long.parseLong(Files.readString(pids).strip());
        assertFalse(runs(child), "the child lives on");
    }

    private static boolean runs(long process) throws IOException {
        Path stat = Path.of("/proc/" + process + "/stat");
        return Files.exists(stat) && !Files.readString(stat).matches("(?s).*\\) [ZX] .*");
    }

    @Test
    void endsWhatRunsWhenInterrupted() throws Exception {
        Path half = folder.resolve("half");
        var thrown = new ArrayList<Throwable>();
        Thread asking = Thread.ofVirtual().start(() -> {
            try {
                shell.ask(List.of(Piece.free(Sh.of(
                        "new={}; trap 'rm -f \"$new\"' EXIT; trap 'exit 1' TERM; echo $$ >\"$new\"; sleep 600", half)),
                        Piece.free(Sh.of("echo no >{}", folder.resolve("never")))));
            } catch (ConnectionLostException e) {
                thrown.add(e);
            }
        });
        while (!Files.exists(half)) {
            Thread.onSpinWait();
        }
        asking.interrupt();
        asking.join();
        assertTrue(thrown.getFirst().toString().contains("Interrupted while running 'new="), thrown::toString);
        started.getFirst().waitFor();
        assertFalse(Files.exists(half), "the script could not clear up");
        assertFalse(Files.exists(folder.resolve("never")), "the next piece was run");
        assertFalse(shell.isOpen());
    }

    @Test
    void tellsWhenTheShellIsGone() {
        var lost = assertThrows(ConnectionLostException.class,
                () -> shell.ask(List.of(Piece.free(Sh.raw("true")),
                        Piece.free(Sh.of("kill -9 $$ # {}", Sh.secret("geheim"))))));
        assertEquals(
                "The connection was lost while running 'kill -9 $$ # ***' as tester. Whether it finished is unknown",
                lost.getMessage());
        assertFalse(shell.isOpen());
        assertTrue(assertThrows(ConnectionLostException.class, () -> run("true")).toString()
                .contains("Nothing was run"));
    }

    @Test
    void hidesScriptsAndInputsFromTheProcessList() {
        Answer answer = shell.ask(List.of(new Piece(0,
                Sh.of("x={}; cat >/dev/null; cat /proc/[0-9]*/cmdline | tr '\\0' ' '", Sh.secret("geheim1")),
                Content.text("geheim2")))).getFirst();
        assertFalse(answer.text().contains("geheim"), answer::text);
        assertTrue(answer.text().contains("eval"), answer::text);
    }

    @Test
    void refusesAFileThatCannotBeSent() {
        var gone = new Content.File(folder.resolve("gone"), 10);
        assertThrows(java.io.UncheckedIOException.class, () -> shell.ask(List.of(new Piece(0, Sh.raw("cat"), gone))));
        assertFalse(shell.isOpen());
    }
}
