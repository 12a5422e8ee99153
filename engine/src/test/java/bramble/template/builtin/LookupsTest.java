package bramble.template.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.problem.Source;
import bramble.template.Scopes;
import bramble.template.Site;
import bramble.template.TemplateException;
import bramble.template.Templates;
import bramble.value.Json;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LookupsTest {
    private static final Templates TEMPLATES = new Templates(_ -> new Text("opened"));
    private static final Map<String, Value> VARIABLES = Map.of("name", Value.of("pi1"), "other_name", Value.of("pi2"),
            "groups",
            Value.of(Map.of("all", List.of("pi1", "pi2", "nas"), "web", List.of("pi1", "nas"))),
            "users_base", Value.of(Map.of("al", Map.of("keys", List.of("one")), "uid", 1)),
            "users_web", Value.of(Map.of("al", Map.of("keys", List.of("two")), "cy", 2)),
            "users_x", Value.of(Map.of("uid", 7)));

    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        write("role/files/motd", "  hello\nworld\n\n");
        write("role/templates/conf.j2", "name={{ name }}{% if true %} yes{% endif %}\n");
        write("role/templates/ends.j2",
                "#jinja2: newline_sequence:\"\\r\\n\"\n{{ 'a\nb\\nc\rd\\r\\n' }}\n{% set x = 'e\r\nf' %}{{ x }}");
        write("play/motd", "the playbook's\n");
        write("play/a.conf", "");
        write("play/b.conf", "");
        write("play/.hidden.conf", "");
        write("play/users.ini", "[global]\nuser=al\n; remark\nKey : two\n words\n[prod]\nuser = cy\npass word=x y\n");
        Files.write(folder.resolve("play/latin.csv"), "caf\u00e9,1\n".getBytes(StandardCharsets.ISO_8859_1));
        write("play/app.properties", "user=props\n");
        write("play/a b.csv", "two words,2\n\"\"\"pi\"\" x\"\t3\n");
        write("play/hosts.csv", "pi1,10.0.0.1,\"a, \"\"b\"\"\"\npi2,10.0.0.2,c\n");
    }

    private void write(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private Value value(String expression) {
        var site = new Site(List.of(folder.resolve("role"), folder.resolve("play")), folder.resolve("play"));
        return TEMPLATES.resolve(new Template("{{ " + expression + " }}", new Source("play.yml", 3, 5)),
                Scopes.of(VARIABLES, site));
    }

    private void gives(String expression, String json) {
        assertEquals(json.replace("DIR", folder.toString()), Json.compact(value(expression)), expression);
    }

    private void fails(String expression, String message) {
        String text = assertThrows(TemplateException.class, () -> value(expression)).toString();
        assertTrue(text.contains(message), text);
    }

    @Test
    void filesAreFoundInTheRoleFirstThenBesideThePlaybook() {
        gives("lookup('file', 'motd')", "\"  hello\\nworld\"");
        gives("lookup('file', 'motd', lstrip=true, rstrip=false)", "\"hello\\nworld\\n\\n\"");
        gives("lookup('file', 'motd', rstrip='no')", "\"  hello\\nworld\\n\\n\"");
        gives("lookup('template', 'conf.j2')", "\"name=pi1 yes\\n\"");
        gives("lookup('template', 'conf.j2', template_vars={'name': 'x'})", "\"name=x yes\\n\"");
        gives("query('fileglob', '*.conf')", "[\"DIR/play/a.conf\", \"DIR/play/b.conf\"]");
        gives("lookup('first_found', {'files': ['none', 'motd'], 'paths': ['files', '.']})", "\"DIR/role/files/motd\"");
        gives("query('first_found', ['none'], skip=true)", "[]");
        fails("lookup('file', 'none')", "Searched: " + folder.resolve("role/files/none"));
        fails("lookup('first_found', ['none', 'no.more'])", "Tried: none, no.more");
    }

    @Test
    void filesThatAreVaultedAsAWholeAreOpened() throws IOException {
        write("play/sealed", "$ANSIBLE_VAULT;1.1;AES256\n00\n");
        gives("lookup('file', 'sealed')", "\"opened\"");
        gives("lookup('unvault', 'sealed')", "\"opened\"");
    }

    @Test
    void singleValuesAreReadFromIniAndCsv() {
        gives("lookup('ini', 'user', file='users.ini')", "\"al\"");
        gives("lookup('ini', 'user section=prod file=users.ini')", "\"cy\"");
        gives("lookup('ini', 'key', file='users.ini')", "\"two\\nwords\"");
        gives("lookup('ini', 'pass word', section='prod', file='users.ini')", "\"x y\"");
        gives("lookup('ini', 'user', type='properties', file='app.properties')", "\"props\"");
        gives("lookup('ini', 'none', file='users.ini', default='d')", "\"d\"");
        gives("query('ini', 'us.*', file='users.ini', re=true)", "[\"al\"]");
        gives("lookup('csvfile', 'pi1 file=hosts.csv delimiter=, col=2')", "\"a, \\\"b\\\"\"");
        gives("lookup('csvfile', 'two words file=\"a b.csv\" delimiter=, col=1')", "\"2\"");
        gives("lookup('csvfile', '\"pi\" x file=\"a b.csv\" delimiter=\"\\t\" col=1')", "\"3\"");
        gives("lookup('csvfile', 'pi9 file=hosts.csv delimiter=,')", "[]");
        fails("lookup('csvfile', 'pi1 file=hosts.csv colum=2')", "'colum' is not a valid option of csvfile");
        gives("lookup('csvfile', 'pi1', file='hosts.csv', delimiter=',', col=-2)", "\"10.0.0.1\"");
        fails("lookup('csvfile', 'pi1', file='hosts.csv', delimiter=',', col=-4)", "has no column -4");
        gives("lookup('csvfile', 'caf\u00e9', file='latin.csv', delimiter=',', encoding='latin-1')", "\"1\"");
        gives("lookup('template', 'ends.j2')", "\"a\\r\\nb\\nc\\r\\nd\\r\\n\\r\\ne\\r\\nf\"");
        fails("lookup('csvfile', '1', file='latin.csv', delimiter=',')", "latin.csv, but it is no text in UTF-8");
        fails("lookup('pipe', 'printf \"\\\\\\\\351\"')", "printed, but it is no text in UTF-8");
        fails("lookup('csvfile', ['pi1'], file='hosts.csv')", "each term of csvfile is a text");
        gives("lookup('ini', 'pass word section=prod file=users.ini')", "\"x y\"");
        gives("lookup('ini', 'none default=a b section=prod file=users.ini')", "\"a b\"");
        fails("lookup('ini', 'user sektion=prod file=users.ini')", "'sektion' is not a valid option");
        fails("lookup('ini', 'user section=prod sektion=x file=users.ini')", "Did you mean \"section\"?");
        fails("lookup('ini', 'user', type='yaml', file='users.ini')", "no type 'yaml'");
        fails("lookup('ini', 5, file='users.ini')", "each term of ini is a text");
        gives("lookup('csvfile', 'pi9', file='hosts.csv', delimiter=',', default='none')", "\"none\"");
    }

    @Test
    void commandsRunInTheWorkingDirectoryAndTheirFailureIsToldWithTheirLastWord() {
        gives("lookup('pipe', 'ls a.conf; printf \"x\\n\\n\"')", "\"a.conf\\nx\"");
        gives("query('lines', 'echo a; echo \"b \"')", "[\"a\", \"b \"]");
        fails("lookup('env', ['HOME'])", "each term of env is a text");
        fails("lookup('pipe', 'echo no such luck >&2; exit 3')", "returned 3: no such luck");
        gives("lookup('env', 'NO_SUCH_VARIABLE')", "\"\"");
        gives("lookup('env', 'NO_SUCH_VARIABLE', default='d')", "\"d\"");
    }

    @Test
    void namesAndListsAreTurnedIntoItems() {
        gives("lookup('vars', 'name')", "\"pi1\"");
        gives("lookup('vars', 'none', default=1)", "1");
        fails("lookup('vars', 'nam')", "Did you mean \"name\"?");
        gives("query('varnames', '.*name$') | sort", "[\"name\", \"other_name\"]");
        gives("query('dict', {'a': 1})", "[{\"key\": \"a\", \"value\": 1}]");
        gives("query('nested', [1, 2], ['a', 'b'])", "[[1, \"a\"], [1, \"b\"], [2, \"a\"], [2, \"b\"]]");
        gives("query('together', [1, 2], ['a'])", "[[1, \"a\"], [2, null]]");
        gives("query('indexed_items', ['a', 'b'])", "[[0, \"a\"], [1, \"b\"]]");
        gives("query('subelements', [{'a': [1, 2], 'n': 'x'}, {'n': 'y'}], 'a', {'skip_missing': true})",
                "[[{\"n\": \"x\"}, 1], [{\"n\": \"x\"}, 2]]");
        gives("query('sequence', 'start=0 end=4 stride=2 format=x%02d')", "[\"x00\", \"x02\", \"x04\"]");
        gives("query('sequence', '4-8/2:h%02x')", "[\"h04\", \"h06\", \"h08\"]");
        fails("query('sequence', 'start=3 end=1')", "to count backwards make stride negative");
        fails("query('sequence', 'A-4/2')",
                "Invalid type for start of with_sequence: expected a whole number, not \"A\"");
        fails("query('sequence', 'start=1 end=x')", "Invalid type for end");
        fails("query('sequence', 'start=1 end=4 format=d')", "bad formatting string: d");
        fails("query('sequence', 'stat=3 end=1')", "Did you mean \"start\"?");
        gives("query('inventory_hostnames', 'pi*:!web')", "[\"pi2\"]");
        gives("query('inventory_hostnames', 'all:&web')", "[\"pi1\", \"nas\"]");
        gives("query('random_choice', 'only')", "[\"only\"]");
        gives("query('random_choice', ['only'])", "[[\"only\"]]");
        gives("query('inventory_hostnames', 'all', '!web')", "[\"pi2\"]");
        gives("query('nested', [[1, [2]], [3]], ['a'])", "[[1, 2, \"a\"], [3, \"a\"]]");
        gives("query('list', {'a': 1})", "[{\"a\": 1}]");
        gives("query('indexed_items', {'a': 1})", "[[0, {\"a\": 1}]]");
        fails("query('subelements', 'text', 'a')", "expects a dictionary");
        gives("query('sequence', 'end=2 format=\"a b %d\"')", "[\"a b 1\", \"a b 2\"]");
        gives("query('sequence', 'start=1 end=\\'2\\' format=%-3dx')", "[\"1  x\", \"2  x\"]");
        gives("query('sequence', 'count=2 format=%05.1f')", "[\"001.0\", \"002.0\"]");
        gives("query('sequence', 'count=1 format=%#x%%')", "[\"0x1%\"]");
        fails("query('sequence', 'end=2 format=%d-%d')", "bad formatting string");
        fails("query('sequence', 'start=010 end=012')", "Invalid type for start");
        fails("query('sequence', 'end=\"2')", "Invalid type for end");
    }

    @Test
    void aPasswordIsMadeOnceAndKeptForItsOwnerAlone() throws IOException {
        Value first = value("lookup('password', 'secrets/pw length=12 chars=digits')");
        assertTrue(first.toString().matches("[0-9]{12}"), first::toString);
        assertEquals(first, value("lookup('password', 'secrets/pw length=12 chars=digits')"));
        Path file = folder.resolve("role/secrets/pw");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Value hashed = value("lookup('password', 'secrets/pw encrypt=md5_crypt')");
        assertEquals(hashed, value("lookup('password', 'secrets/pw encrypt=md5_crypt')"));
        String salt = Files.readString(file).strip().replaceFirst(".* salt=", "");
        assertEquals(value("'" + first + "' | password_hash('md5', '" + salt + "')"), hashed);
        fails("lookup('password', '/dev/null', lenght=3)", "Did you mean \"length\"?");
        fails("lookup('password', '/dev/null chars=digits lenght=3')", "Did you mean \"length\"?");
        assertEquals(value("lookup('password', '/dev/null length=8 seed=5')"),
                value("lookup('password', '/dev/null', length=8, seed=5)"));
        fails("none | password_hash", "a password is a text, not a NoneType");
    }

    @Test
    void hostsThatAskForAPasswordAtOnceGetTheSame() throws Exception {
        try (var hosts = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Value> ask = () -> value("lookup('password', 'shared length=9')");
            var answers = new HashSet<Value>();
            for (Future<Value> answer : hosts.invokeAll(Collections.nCopies(20, ask))) {
                answers.add(answer.get());
            }
            assertEquals(1, answers.size());
        }
    }

    @Test
    void webPagesAreFetchedAsLines() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean known = exchange.getRequestURI().getPath().equals("/page");
            byte[] body = ("one\ntwo " + exchange.getRequestHeaders().getFirst("X-Token") + "\n")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/packed", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, 0);
            try (var out = new java.util.zip.GZIPOutputStream(exchange.getResponseBody())) {
                out.write("unpacked".getBytes(StandardCharsets.UTF_8));
            }
        });
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().set("Location", "/packed");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        server.createContext("/secret", exchange -> {
            int count = asked.incrementAndGet();
            String given = exchange.getRequestHeaders().getFirst("Authorization");
            byte[] body = (count + " " + given).getBytes(StandardCharsets.UTF_8);
            if (given == null) {
                exchange.sendResponseHeaders(401, -1);
            } else {
                asked.set(0);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
        try {
            String root = "http://127.0.0.1:" + server.getAddress().getPort();
            gives("query('url', '" + root + "/page', headers={'X-Token': 't'})", "[\"one\", \"two t\"]");
            gives("lookup('url', '" + root + "/page', split_lines=false)", "\"one\\ntwo null\\n\"");
            fails("lookup('url', '" + root + "/none')", "HTTP status 404");
            gives("lookup('url', '" + root + "/packed', timeout='5', split_lines='no')", "\"unpacked\"");
            fails("lookup('url', '" + root + "/moved', follow_redirects='none')", "HTTP status 302");
            gives("lookup('url', '" + root + "/moved')", "\"unpacked\"");
            gives("query('url', '" + root + "/secret', username='u', password='p')", "[\"2 Basic dTpw\"]");
            gives("query('url', '" + root.replace("//", "//u:p@") + "/secret')", "[\"2 Basic dTpw\"]");
            gives("query('url', '" + root + "/secret', username='u', password='p', force_basic_auth=true)",
                    "[\"1 Basic dTpw\"]");
            String text = assertThrows(TemplateException.class,
                    () -> value("lookup('url', '" + root.replace("//", "//u:hidden@") + "/none')")).toString();
            assertFalse(text.contains("hidden"), text);
            gives("lookup('url', 'file://DIR/play/motd')".replace("DIR", folder.toString()), "\"the playbook's\"");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aTreeHasFoldersBeforeWhatIsInThem() throws IOException {
        write("play/files/tree/etc/app/conf", "12345");
        write("play/files/tree/etc/.swp", "");
        write("play/files/tree/readme", "");
        Files.createSymbolicLink(folder.resolve("play/files/tree/etc/link"), Path.of("app/conf"));
        gives("query('filetree', 'tree/', exclude='.*swp') | map(attribute='path') | list",
                "[\"etc\", \"readme\", \"etc/app\", \"etc/link\", \"etc/app/conf\"]");
        gives("query('community.general.filetree', 'tree') | map(attribute='state') | unique | sort",
                "[\"directory\", \"file\", \"link\"]");
        gives("query('filetree', 'tree') | selectattr('state', 'eq', 'link') | map(attribute='src') | first",
                "\"app/conf\"");
        gives("query('filetree', 'tree') | selectattr('path', 'eq', 'etc/app/conf') | map(attribute='size') | first",
                "5");
        gives("query('filetree', 'tree') | selectattr('path', 'eq', 'readme') | map(attribute='src') | first",
                "\"DIR/play/files/tree/readme\"");
        fails("lookup('filetree', 'wood')", "wood");
    }

    @Test
    void variablesWhoseNamesFitAreMerged() {
        gives("lookup('merge_variables', 'users_(base|web)', pattern_type='regex').al['keys']", "[\"one\", \"two\"]");
        gives("lookup('community.general.merge_variables', 'users_', override='ignore').uid", "7");
        gives("lookup('merge_variables', '_web', pattern_type='suffix', initial_value={'dan': 3}) | sort",
                "[\"al\", \"cy\", \"dan\"]");
        fails("lookup('merge_variables', 'users_')", "The key uid of users_x has another value already");
        fails("lookup('merge_variables', '_name', pattern_type='suffix', initial_value=[])", "other_name");
    }

    @Test
    void filesAreReadAsBytes() throws IOException {
        Files.write(folder.resolve("play/logo"), new byte[]{0, (byte) 255});
        gives("lookup('community.general.binary_file', 'logo')", "\"AP8=\"");
        gives("query('binary_file', 'none', not_exist='empty')", "[]");
        fails("lookup('binary_file', 'none')", "Searched: ");
    }

    /** Answers with one record: of the name "none." there is none. */
    private static byte[] answer(DatagramPacket question) {
        byte[] asked = Arrays.copyOf(question.getData(), question.getLength());
        int end = 12;
        while (asked[end] != 0) {
            end += asked[end] + 1;
        }
        String first = new String(asked, 13, asked[12], StandardCharsets.US_ASCII);
        int type = asked[end + 2];
        byte[] data = switch (type) {
            case 1 -> new byte[]{(byte) 192, 0, 2, 7};
            case 16 -> "\u0008v=x; a\\b".getBytes(StandardCharsets.US_ASCII);
            default -> new byte[]{0, 10, 2, 'm', 'x', 0};
        };
        var out = ByteBuffer.allocate(512);
        boolean known = !first.equals("none");
        out.put(asked, 0, 2).putShort((short) (known ? 0x8180 : 0x8183)).putShort((short) 1)
                .putShort((short) (known ? 1 : 0)).putInt(0).put(asked, 12, end + 5 - 12);
        if (known) {
            out.putShort((short) 0xc00c).putShort((short) type).putShort((short) 1).putInt(60)
                    .putShort((short) data.length).put(data);
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    @Test
    void dnsIsAsked() throws Exception {
        var server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        try {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        var question = new DatagramPacket(new byte[512], 512);
                        server.receive(question);
                        byte[] answer = answer(question);
                        server.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
                    }
                } catch (IOException _) {
                    // closed: the test is over
                }
            });
            String of = "'@127.0.0.1', port=" + server.getLocalPort();
            gives("lookup('dig', 'web.example.', " + of + ")", "\"192.0.2.7\"");
            gives("lookup('community.general.dig', 'web.example', 'qtype=TXT', " + of + ")", "\"v=x; a\\\\\\\\b\"");
            gives("lookup('dig', 'web.example/MX', flat=0, " + of + ") | dict2items | map(attribute='value') | list",
                    "[\"web.example\", \"MX\", \"IN\", 10, \"mx.\"]");
            gives("lookup('dig', 'none.example.', " + of + ")", "\"NXDOMAIN\"");
            gives("query('dig', 'none.example.', real_empty=true, " + of + ")", "[]");
            fails("lookup('dig', 'none.example.', fail_on_error=true, " + of + ")",
                    "DNS has no record A of none.example.");
            fails("lookup('dig', 'web.example', qtype='QQ')", "only for A, AAAA, CNAME");
        } finally {
            server.close();
        }
    }
}
