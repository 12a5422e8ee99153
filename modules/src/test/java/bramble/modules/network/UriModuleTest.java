package bramble.modules.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.args.Schema;
import bramble.module.Action;
import bramble.module.Inquiry;
import bramble.module.Platform;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.problem.Source;
import bramble.run.NodeTask;
import bramble.run.Overlay;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.template.Scope;
import bramble.template.Templates;
import bramble.testkit.FixtureServer;
import bramble.testkit.LocalNode;
import bramble.testkit.NoFiles;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code uri} asks, and what it tells. */
class UriModuleTest {
    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{url: $H/f, return_content: true}                          | OK      | content | hello",
        "{url: $H/f}                                                | OK      | status  | 200",
        "{url: $H/f}                                                | OK      | content |",
        "{url: $H/f, return_content: true, method: head}            | OK      | content | ``",
        "{url: '$H/f?chunked=1', return_content: true}              | OK      | content | hello",
        "{url: '$H/nothing'}                                        | FAILED  | msg     | Status code was 404 and not [200]: HTTP Error 404: Not Found",
        "{url: '$H/nothing', status_code: [200, 404]}               | OK      | status  | 404",
        "{url: '$H/nothing', status_code: '404'}                    | OK      | status  | 404",
        "{url: '$H/nothing', status_code: '200,404'}                | OK      | status  | 404",
        "{url: '$H/f?user=a:b', url_username: a, password: b}       | OK      | status  | 200",
        "{url: '$H/f?user=a:b', user: a, password: wrong}           | FAILED  | status  | 401",
        "{url: '$H/x?to=/f'}                                        | OK      | redirected | True",
        "{url: '$H/x?to=/f', follow_redirects: none, status_code: 302} | OK   | location | $H/f",
        "{url: '$H/x?to=/echo', method: POST, status_code: 302}     | OK      | location | $H/echo",
        "{url: '$H/x?to=/echo', method: POST, follow_redirects: all} | OK     | json.method | GET",
        "{url: '$H/x?to=/echo&status=307', method: PUT, body: b, follow_redirects: all} | OK | json.method | PUT",
        "{url: $H/echo, method: POST, body: {a: [1]}, body_format: json} | OK | json.body | {`a`: [1]}",
        "{url: $H/echo, method: POST, body: {a: [1]}, body_format: json} | OK | json.headers.Content-type | application/json",
        "{url: $H/echo, method: PATCH, body: {a: [1, 'x y'], b: '&'}, body_format: form-urlencoded} | OK | json.body | a=1&a=x+y&b=%26",
        "{url: $H/echo, headers: {X-Number: 7}}                     | OK      | json.headers.X-number | 7",
        "{url: $H/echo, creates: $C/f}                              | OK      | stdout  | skipped, since '$C/f' exists",
        "{url: $H/echo, removes: $C/g}                              | OK      | stdout  | skipped, since '$C/g' does not exist",
        "{url: $H/f, method: 'get f'}                               | FAILED  | msg     | Parameter 'method' needs to be a single word, like GET or POST, not 'get f'",
        "{url: $H/f, method: ''}                                    | FAILED  | msg     | Parameter 'method' needs to be a single word, like GET or POST, not ''",
        "{url: $H/f, dest: $C/new}                                  | CHANGED | path    | $C/new",
        "{url: $H/f, dest: $C/f}                                    | OK      | size    | 5",
        "{url: $H/f, dest: $C/f, mode: '0600'}                      | CHANGED | mode    | 0600",
        "{url: $H/f, dest: $C/f}                                    | OK      | status  | 304",
        "{url: '$H/f?name=a%2Fb.c', dest: $C/d}                     | CHANGED | path    | $C/d/b.c",
        "{url: '$H/f?digest=a:b', user: a, password: b}             | OK      | status  | 200",
        "{url: '$H/f?digest=a:b', user: a, password: c}             | FAILED  | status  | 401",
        "{url: '$H/x?to=/echo&status=307', method: POST, follow_redirects: urllib2, status_code: 307} | OK | status | 307",
        "{url: '$H/x?to=/f', method: HEAD, follow_redirects: urllib2, return_content: true} | OK | content | hello",
        "{url: '$H/x?to=/echo', headers: {X-A: 1, X-B: 2}, unredirected_headers: [x-a]} | OK | json.headers.X-a |",
        "{url: '$H/x?to=/echo', headers: {X-A: 1, X-B: 2}, unredirected_headers: [x-a]} | OK | json.headers.X-b | 2",
        "{url: $H/echo, method: POST, body_format: form-multipart, body: {a: b}} | OK | content_type | application/json",
        "{url: $H/echo, body_format: form-multipart, body: {a: 1}}  | FAILED  | msg | failed to parse body as form-multipart: value must be a string, or mapping, cannot be type int",
        "{url: $H/echo, body_format: form-urlencoded, body: [a]}    | FAILED  | msg | failed to parse body as form_urlencoded: too many values to unpack (expected 2): an item is a name and a value",
        "{url: 'http://127.0.0.1:9/', return_content: true}         | FAILED  | content | ``",
        "{url: 'http://127.0.0.1:9/'}                               | FAILED  | status  | -1",
        "{url: 'nonsense'}                                          | FAILED  | msg     | nonsense is no URL: a URL begins with http:// or https:// and a host's name",
    })
    void asks(String args, String status, String key, String expected) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("f"), "hello");
        Files.createDirectory(folder.resolve("d"));
        try (var server = new FixtureServer("127.0.0.1", folder); var node = LocalNode.plain()) {
            Result result = run(in(server, args), node, false);
            assertEquals(status, result.status().name(), result::toString);
            Value value = result.results();
            for (String name : key.split("\\.", 2)) {
                for (String part : name.split("\\.", -1)) {
                    value = ((MapValue) value).get(part).orElse(Value.text("(none)"));
                }
            }
            String wanted = expected == null ? "(none)" : in(server, expected).replace('`', '"');
            assertEquals(wanted, PythonText.of(value));
        }
    }

    /** What holds the old file open, or has it under another name, keeps it whole. */
    @ParameterizedTest
    @CsvSource({"old, old", "link, old", "loose, nothing"})
    void aFileIsReplacedAtOnce(String dest, String attributesOf) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("f"), "hello");
        Path old = Files.writeString(folder.resolve("old"), "before");
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-r-----"));
        Files.setLastModifiedTime(old, FileTime.fromMillis(0));
        Files.createLink(folder.resolve("kept"), old);
        Files.createSymbolicLink(folder.resolve("link"), Path.of("old"));
        Files.createSymbolicLink(folder.resolve("loose"), Path.of("nothing"));
        try (var server = new FixtureServer("127.0.0.1", folder); var node = LocalNode.plain()) {
            Result result = run(in(server, "{url: $H/f, dest: $C/" + dest + "}"), node, false);
            assertEquals(Result.Status.CHANGED, result.status(), result::toString);
        }
        assertEquals("hello", Files.readString(folder.resolve(dest)));
        assertEquals("before", Files.readString(folder.resolve("kept")));
        assertFalse(Files.isSymbolicLink(folder.resolve(dest)));
        assertEquals(attributesOf.equals("old") ? "rw-r-----" : "rw-r--r--",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(dest))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "p          | Destination $C/p is no file, and can't be replaced",
        "none/f     | Could not replace file: Tried to write $C/none/f, but: No such file or directory",
    })
    void aPlaceThatIsNoneForAFile(String dest, String why) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("f"), "hello");
        try (var server = new FixtureServer("127.0.0.1", folder); var node = LocalNode.plain()) {
            assertTrue(node.run(Sh.of("mkfifo {}", folder.resolve("p"))).ok());
            Result result = run(in(server, "{url: $H/f, dest: $C/" + dest + "}"), node, false);
            assertEquals(Result.Status.FAILED, result.status(), result::toString);
            assertEquals(in(server, why), PythonText.of(result.results().get("msg").orElseThrow()));
        }
    }

    @Test
    void aDryRunAsksNobody() throws InterruptedException {
        try (var node = LocalNode.plain()) {
            Result result = run("{url: 'http://127.0.0.1:9/', method: DELETE}", node, true);
            assertEquals(Result.Status.UNDETERMINED, result.status());
        }
    }

    @Test
    void aBrokenAnswerIsNone() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("f"), "hello");
        try (var server = new FixtureServer("127.0.0.1", folder); var node = LocalNode.plain()) {
            Result result = run(in(server, "{url: '$H/f?cut=2', dest: $C/new}"), node, false);
            assertEquals(Result.Status.FAILED, result.status());
            assertTrue(result.results().get("msg").orElseThrow().toString().contains("2 bytes before the end"),
                    result::toString);
            assertTrue(Files.notExists(folder.resolve("new")));
        }
    }

    private String in(FixtureServer server, String text) {
        return text.replace("$H", server.url()).replace("$C", folder.toString());
    }

    private static Result run(String yaml, LocalNode node, boolean dryRun) throws InterruptedException {
        MapValue given = (MapValue) NodeValues.plain(YamlReader.read(yaml, "args", _ -> {}).getFirst());
        UriModule.Args args = Schema.of(UriModule.Args.class).bind("uri", given, Source.NONE, new NoFiles());
        return new UriModule().hold(args, new LocalTalk(node, dryRun));
    }

    /** A conversation with a shell of this machine. */
    private record LocalTalk(LocalNode local, boolean dryRun) implements Talk {
        @Override
        public Peer node() {
            return new Peer() {
                @Override
                public <S> S ask(Inquiry<S> inquiry) {
                    return task().ask(inquiry);
                }

                private NodeTask task() {
                    return new NodeTask(local::ask, local.platform(), new Overlay(), dryRun, Sh.raw(""));
                }

                @Override
                public Answer run(Action action) {
                    return task().act(action);
                }

                @Override
                public Platform platform() {
                    return local.platform();
                }

                @Override
                public void reconnect(Duration timeout) {
                    throw new IllegalStateException();
                }
            };
        }

        @Override
        public Scope scope() {
            throw new IllegalStateException();
        }

        @Override
        public Templates templates() {
            throw new IllegalStateException();
        }

        @Override
        public Controller controller() {
            return new Controller() {
                @Override
                public boolean dryRun() {
                    return dryRun;
                }

                @Override
                public boolean diff() {
                    return false;
                }

                @Override
                public void sleep(Duration time, String why) {
                    throw new IllegalStateException();
                }

                @Override
                public String prompt(String question, boolean echo) {
                    throw new IllegalStateException();
                }
            };
        }
    }
}
