package bramble.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Omit;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplatesTest {
    private static final Source HERE = new Source("site.yml", 10, 5);

    @TempDir
    Path folder;

    private final Templates templates = new Templates(vaulted -> new Text("opened " + vaulted.envelope()));

    private static final Map<String, Value> VARIABLES = variables();

    private static Map<String, Value> variables() {
        var all = new LinkedHashMap<String, Value>();
        all.put("five", Int.of(5));
        all.put("name", new Text("pi"));
        all.put("numbers", Value.of(List.of(3, 1, 2)));
        all.put("late", new Template("{{ name }}-{{ five }}", HERE));
        all.put("later", new Template("{{ late }}!", HERE));
        all.put("typed", new Template("{{ numbers }}", HERE));
        all.put("tree", new MapValue(Map.of(new Text("leaf"), new Template("{{ later }}", HERE), new Text("broken"),
                new Template("{{ nowhere }}", HERE))));
        all.put("dangling", new Template("{{ nowhere }}", HERE));
        all.put("itself", new Template("a{{ itself }}", HERE));
        all.put("ping", new Template("{{ pong }}", new Source("vars.yml", 1, 1)));
        all.put("pong", new Template("{{ ping }}", new Source("vars.yml", 2, 1)));
        all.put("secret", new Vaulted("box", HERE));
        all.put("untrusted", new Text("{{ five }}"));
        all.put("soon", new Unknown("the command has to run"));
        all.put("partly",
                new MapValue(Map.of(new Text("rc"), Int.of(0), new Text("stdout"), new Unknown("it has to run"))));
        all.put("check_a", new Text("five == 5"));
        all.put("check_b", new Text("lookup('env', 'HOME') == ''"));
        return all;
    }

    private Scope scope() {
        return Scopes.of(VARIABLES, Site.of(folder));
    }

    private Value resolve(String text) {
        return templates.resolve(Template.of(text, HERE), scope());
    }

    private Problem failure(String text) {
        return assertThrows(TemplateException.class, () -> resolve(text)).problems().getFirst();
    }

    @Test
    void valuesOfVariablesAreEvaluatedWhenTheyAreUsed() {
        assertEquals(new Text("pi-5!"), resolve("{{ later }}"));
        assertEquals(new Text("pi-5!"), resolve("{{ tree.leaf }}"));
        assertEquals(VARIABLES.get("numbers"), resolve("{{ typed }}"));
        assertEquals(Int.of(3), resolve("{{ typed | length }}"));
        assertEquals(new Text("opened box"), resolve("{{ secret }}"));
        assertEquals(new Text("pi-5!"), resolve("{{ {'a': [later]}['a'][0] }}"));
        assertEquals(new Text("pi-5!"), resolve("{{ vars['later'] }}"));
        assertEquals(MapValue.of("a", List.of("pi-5", 5)), templates.resolve(
                MapValue.of("a",
                        new ListValue(List.of(new Template("{{ late }}", HERE), new Template("{{ five }}", HERE)))),
                scope()));
    }

    @Test
    void oneExpressionAloneKeepsItsType() {
        assertEquals(Int.of(5), resolve("{{ five }}"));
        assertEquals(new Text("5 "), resolve("{{ five }} "));
        assertEquals(Int.of(5), resolve("{% if true %}{{ five }}{% endif %}"));
        assertEquals(new Text("55"), resolve("{% for i in [1, 2] %}{{ five }}{% endfor %}"));
        assertEquals(VARIABLES.get("numbers"), resolve("{% set x = numbers %}{{ x }}"));
        assertEquals(new Text("x[3, 1, 2]"), resolve("x{{ numbers }}"));
        assertEquals(Omit.OMIT, resolve("{{ nowhere | default(omit) }}"));
        assertEquals(new ListValue(List.of(Value.of(List.of(1, "a")))), resolve("{{ [(1, 'a')] }}"));
    }

    @Test
    void whatATemplateGivesIsNotEvaluatedAgain() {
        assertEquals(new Text("{{ five }}"), resolve("{{ untrusted }}"));
        assertEquals(new Text("x{{ five }}"), resolve("x{{ untrusted }}"));
        assertEquals(new Text("x{{ five }}"), resolve("{% if true %}x{{ untrusted }}{% endif %}"));
        assertEquals(new Text("{{ five }}"), resolve("{{ '{{' }} five }}"));
    }

    @Test
    void whatIsUndefinedIsNamedWhereItStands() {
        Problem simple = failure("a\n{{ nam }}");
        assertEquals("'nam' is undefined", simple.summary());
        assertEquals(new Source("site.yml", 11, 4), simple.source());
        assertEquals("Did you mean \"name\"?", simple.hint());
        assertEquals("'dict object' has no attribute 'lead'", failure("{{ tree.lead }}").summary());
        assertEquals("Did you mean \"leaf\"?", failure("{{ tree.lead }}").hint());
        assertEquals(new Source("site.yml", 12, 8), failure("{% if true %}\n\n{{ 5 + nowhere }}{% endif %}").source());
        assertInstanceOf(UndefinedException.class,
                assertThrows(TemplateException.class, () -> resolve("{{ dangling }}")));
        assertEquals(new Text("d"), resolve("{{ dangling | default('d') }}"));
        assertEquals(Bool.FALSE, resolve("{{ tree.broken is defined }}"));
        assertEquals(Bool.TRUE, resolve("{{ 'broken' in tree and tree is mapping }}"));
        assertEquals(new Text("pi-5!"), resolve("{{ tree.get('leaf') }}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', textBlock = """
            {{ itself }}            # recursive loop
            {{ ping }}              # recursive loop
            {{ name | upcase }}     # No filter named 'upcase'
            {{ name is upcase }}    # No test named 'upcase'
            {{ lookup('nothere') }} # No lookup named 'nothere'
            {{ 'a' + 1 }}           # can only concatenate str (not "int") to str
            {{ name | int(base='x') }} # The filter 'int' failed
            {% endif %}             # the tag 'endif' can't stand here
            {% fro i in numbers %}  # no tag 'fro'
            {% if five %}           # where a 'elif' or 'else' or 'endif' is expected
            {% include 'no.j2' %}   # there is no such file
            {{ (five }}             # there is '}' where ')' is expected
            {{ five + }}            # the expression ends where a value is expected
            {{ five = 5 }}          # there is '=' where the end of the expression is expected
            {{ 'five }}             # a string starts here
            {% raw %}               # a raw block starts here
            """)
    void mistakesAreNamed(String template, String message) {
        assertTrue(failure(template).summary().contains(message), failure(template).toString());
        assertEquals(10,
                failure(template).source().line() + (failure(template).source().file().equals("vars.yml") ? 9 : 0));
    }

    @Test
    void unknownValuesTravel() {
        var unknown = new Unknown("the command has to run");
        for (String text : List.of("{{ soon }}", "{{ soon + 1 }}", "{{ soon.a['b'] }}", "a{{ soon }}",
                "{{ soon | upper }}",
                "{{ [soon] | join }}", "{{ soon == 1 }}", "{{ not soon }}", "{{ 'x' if soon else 'y' }}",
                "{{ soon is match('x') }}",
                "{% if soon %}a{% endif %}", "{{ soon.split(',')[0] }}", "{{ name.replace('p', soon) }}",
                "{{ soon | default('x') }}", "{{ false or soon }}", "{{ soon and nowhere }}")) {
            assertEquals(unknown, resolve(text), text);
        }
        assertEquals(Bool.TRUE, resolve("{{ soon is defined }}"));
        assertEquals(Bool.TRUE, resolve("{{ soon or true }}"));
        assertEquals(Bool.FALSE, resolve("{{ soon and false }}"));
        assertEquals(Int.of(0), resolve("{{ partly.rc }}"));
        assertEquals(Int.of(1), resolve("{{ [soon] | length }}"));
        assertEquals(Bool.TRUE, resolve("{{ 5 in [soon, five] }}"));
        assertThrows(UnknownValueException.class,
                () -> templates.document("{{ soon }}", HERE, DocumentOptions.FILE, scope()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', nullValues = "null", textBlock = """
            five == 5                        # TRUE
            five > 5                         # FALSE
            name                             # TRUE
            nowhere is defined and nowhere.x # FALSE
            soon                             # UNKNOWN
            soon and false                   # FALSE
            soon or true                     # TRUE
            partly.rc == 0                   # TRUE
            partly.stdout == 'x'             # UNKNOWN
            '{{ check_a }}'                  # TRUE
            '{{ five }} >= 6'                # FALSE
            '{{ "" }}'                       # FALSE
            ''                               # TRUE
            """)
    void conditions(String condition, Truth.Kind truth) {
        assertEquals(truth, templates.condition(Template.of(condition, HERE), HERE, scope()).kind());
    }

    @Test
    void conditionsOfAListMustAllHold() {
        assertEquals(Truth.FALSE, templates.condition(Value.of(List.of("soon", "five == 4")), HERE, scope()));
        assertEquals(Truth.Kind.UNKNOWN,
                templates.condition(Value.of(List.of("soon", "nowhere.x")), HERE, scope()).kind());
        assertEquals(Truth.TRUE, templates.condition(Value.of(List.of("five", true)), HERE, scope()));
        assertEquals(Truth.FALSE, templates.condition(Value.of(false), HERE, scope()));
        var refused = assertThrows(TemplateException.class,
                () -> templates.condition(new Template("{{ check_b }}", HERE), HERE, scope()));
        assertTrue(refused.summary().contains("lookups are not allowed"), refused.summary());
    }

    @Test
    void methodsThatChangeAListChangeACopy() {
        assertEquals(Value.of(List.of(3, 1, 2, 4)), resolve("{% do numbers.append(4) %}{{ numbers }}"));
        assertEquals(Value.of(List.of(3, 1, 2)), VARIABLES.get("numbers"));
        assertEquals(Value.of(List.of(3, 1, 2)), resolve("{{ numbers }}"));
        assertEquals(new Text("[1, 2][1, 2]"),
                resolve("{% set a = [1] %}{% set b = a %}{% do b.append(2) %}{{ a }}{{ b }}"));
    }

    @Test
    void documentsAreWrittenAsTheirOptionsSay() {
        String text = "a\n  {% if five %}\n  b {{ name }}\n  {% endif %}\nc\n";
        assertEquals("a\n    b pi\n  c\n", templates.document(text, HERE, DocumentOptions.FILE, scope()));
        var stripped = new DocumentOptions(true, true, "\n", true, DocumentOptions.Delimiters.JINJA);
        assertEquals("a\n  b pi\nc\n", templates.document(text, HERE, stripped, scope()));
        var windows = new DocumentOptions(false, false, "\r\n", false, DocumentOptions.Delimiters.JINJA);
        assertEquals("a\r\n  \r\n  b pi\r\n  \r\nc", templates.document(text, HERE, windows, scope()));
        var tex = new DocumentOptions(true, false, "\n", true,
                new DocumentOptions.Delimiters("<<", ">>", "<%", "%>", "<#", "#>"));
        assertEquals("{{ pi }} ok",
                templates.document("{{ << name >> }} <% if five %>ok<% endif %><# no #>", HERE, tex, scope()));
        assertEquals("{{ a }} pi\n", templates.document(
                "#jinja2: variable_start_string: '[%', variable_end_string: '%]', trim_blocks: False\n{{ a }} [% name %]\n",
                HERE,
                DocumentOptions.FILE, scope()));
        assertEquals("1 b\n2 b\n\nend\n", templates.document("#jinja2: line_statement_prefix: '%%', "
                + "line_comment_prefix: '##'\n%% for i in [1,\n 2]:\n{{ i }} b ## said of each\n  %% endfor\n## alone\nend\n",
                HERE, DocumentOptions.FILE, scope()));
        for (String one : List.of("{% set x = 5 %}{{ x }}\n", "{% if five %}{{ five }}{% endif %}\n",
                "{% for i in [five] %}{{ i }}{% endfor %}\n")) {
            assertEquals("5\n", templates.document(one, HERE, DocumentOptions.FILE, scope()), one);
        }
        assertEquals("a\ufdd0\ufdd4b5", templates.document("a\ufdd0\ufdd4b{% if true %}{{ five }}{% endif %}", HERE,
                DocumentOptions.FILE, scope()));
    }

    @Test
    void otherTemplatesAreFoundBesideTheRolesFilesAndBesideTheDocument() throws IOException {
        Files.createDirectories(folder.resolve("templates/parts"));
        Files.writeString(folder.resolve("templates/parts/head.j2"), "head of {{ name }}{% include 'foot.j2' %}\n");
        Files.writeString(folder.resolve("templates/parts/foot.j2"), "\nfoot {{ nowhere }}");
        Files.writeString(folder.resolve("templates/own.j2"),
                "{% macro m() %}{{ name | default('unseen') }}{% endmacro %}");
        assertEquals(new Text("unseen pi"),
                resolve("{% import 'own.j2' as a %}{% import 'own.j2' as b with context %}{{ a.m() }} {{ b.m() }}"));
        Problem problem = failure("{% include 'parts/head.j2' %}");
        assertEquals("'nowhere' is undefined", problem.summary());
        assertEquals(new Source(folder.resolve("templates/parts/foot.j2").toString(), 2, 9), problem.source());
        Files.writeString(folder.resolve("templates/parts/foot.j2"), " foot");
        assertEquals(new Text("<head of pi foot>"), resolve("<{% include 'parts/head.j2' %}>"));
    }

    @Test
    void manyThreadsShareParsedTemplates() throws Exception {
        String text = "{% for i in numbers %}{% if i > 1 %}{{ i }}{{ later }} {% endif %}{% endfor %}";
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<Future<Value>>();
            for (int i = 0; i < 200; i++) {
                results.add(threads.submit(() -> resolve(text)));
            }
            for (Future<Value> result : results) {
                assertEquals("3pi-5! 2pi-5! ", PythonText.of(result.get()));
            }
        }
    }
}
