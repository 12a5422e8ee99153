package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.value.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What listens to a run besides the console, and who talks back to it. */
class ListeningTest {
    private static final String PLAYBOOK = """
            - name: Play
              hosts: all
              gather_facts: false
              tasks:
                - name: say <it>
                  debug: {msg: "a & b"}
                - name: run
                  command: echo {{ token }}
                  vars: {token: "{{ lookup('env', 'HOME') }}"}
                - name: left out
                  debug: {msg: no}
                  when: false
                - name: EXPECTED FAILURE of this
                  fail: {msg: as expected}
                  ignore_errors: true
                - name: end
                  fail: {msg: at last}
            """;

    @TempDir
    Path folder;
    @TempDir
    Path data;

    @BeforeEach
    void inventory() throws IOException {
        Files.writeString(folder.resolve("inventory"), "n1 ansible_connection=local\n");
        Files.writeString(folder.resolve("play.yml"), PLAYBOOK);
    }

    private Cli.Said play(Map<String, String> environment) {
        return new Cli(folder, data).call(environment, List.of("ansible-playbook", "-i", "inventory", "play.yml"));
    }

    private static String only(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return Files.readString(files.toList().getFirst());
        }
    }

    @Test
    void profilesTasksAndRoles() {
        String out = play(Map.of("ANSIBLE_CALLBACKS_ENABLED", "ansible.posix.profile_tasks,profile_roles,timer")).out();

        String time = "\\w+ \\d\\d \\w+ \\d{4}  \\d\\d:\\d\\d:\\d\\d [+-]\\d{4} \\(\\d:\\d\\d:\\d\\d\\.\\d{3}\\) {7}"
                + "\\d:\\d\\d:\\d\\d\\.\\d{3} \\*+ \n";
        assertAll(
                () -> assertTrue(Pattern.compile("TASK \\[say <it>] \\*+\n" + time + time + "ok: \\[n1]").matcher(out)
                        .find(), out),
                () -> assertTrue(Pattern.compile(time + "={79} \n(?:[^\n]{73}[ \\d]\\d\\.\\d\\ds\n){5}").matcher(out)
                        .find(), out),
                () -> assertTrue(Pattern.compile("\ncommand -{60,} \\d\\.\\d\\ds\n").matcher(out).find(), out),
                () -> assertTrue(Pattern.compile("~{79} \ntotal -+ \\d\\.\\d\\ds\n"
                        + "Playbook run took 0 days, 0 hours, \\d minutes, \\d+ seconds\n$").matcher(out).find(), out));
    }

    @Test
    void writesAReportInTheFormatOfJUnit() throws IOException {
        Path reports = folder.resolve("reports");

        play(Map.of("ANSIBLE_CALLBACKS_ENABLED", "junit", "JUNIT_OUTPUT_DIR", reports.toString(),
                "JUNIT_TASK_RELATIVE_PATH", folder.toString()));

        String report = only(reports).replaceAll("time=\"[\\d.]+\"", "time=\"T\"")
                .replaceAll("(?s)(<system-out>).*?(</system-out>)", "$1$2");
        assertEquals(
                """
                        <?xml version="1.0" ?>
                        <testsuites disabled="0" errors="0" failures="1" tests="5" time="T">
                        \t<testsuite disabled="0" errors="0" failures="1" name="play" skipped="1" tests="5" time="T">
                        \t\t<testcase classname="play.yml:5" name="[n1] Play: say &lt;it&gt; msg=a &amp; b" time="T">
                        \t\t\t<system-out></system-out>
                        \t\t</testcase>
                        \t\t<testcase classname="play.yml:7" name="[n1] Play: run _raw_params=echo {{ token }}" time="T">
                        \t\t\t<system-out></system-out>
                        \t\t</testcase>
                        \t\t<testcase classname="play.yml:10" name="[n1] Play: left out msg=False" time="T">
                        \t\t\t<skipped>Conditional result was False</skipped>
                        \t\t</testcase>
                        \t\t<testcase classname="play.yml:13" name="[n1] Play: EXPECTED FAILURE of this msg=as expected" time="T">
                        \t\t\t<system-out></system-out>
                        \t\t</testcase>
                        \t\t<testcase classname="play.yml:16" name="[n1] Play: end msg=at last" time="T">
                        \t\t\t<failure message="at last" type="failure">{
                        &quot;changed&quot;: false,
                        &quot;msg&quot;: &quot;at last&quot;
                        }</failure>
                        \t\t</testcase>
                        \t</testsuite>
                        </testsuites>
                        """,
                report);
    }

    @Test
    void keepsResultsInFilesOfHosts() throws IOException {
        play(Map.of("ANSIBLE_CALLBACKS_ENABLED", "tree,log_plays", "ANSIBLE_CALLBACK_TREE_DIR",
                folder.resolve("tree").toString(), "ANSIBLE_LOG_FOLDER", folder.resolve("logs").toString()));
        new Cli(folder, data).call("ansible", "-i", "inventory", "all", "-m", "debug", "-a", "msg=hi", "-t",
                folder.resolve("one").toString());

        assertAll(
                () -> assertEquals("{\"changed\": false, \"msg\": \"at last\"}",
                        Files.readString(folder.resolve("tree/n1"))),
                () -> assertEquals("{\n    \"msg\": \"hi\"\n}", Files.readString(folder.resolve("one/n1"))),
                () -> assertTrue(Files.readString(folder.resolve("logs/n1")).contains(
                        " - play.yml - end - fail - FAILED - {\"changed\": false, \"msg\": \"at last\"}\n")));
    }

    @Test
    void printsTheWholeRunAsJson() {
        Cli.Said said = play(Map.of("ANSIBLE_STDOUT_CALLBACK", "json"));

        String shown = Json.compact(Json.parse(said.out()));
        assertAll(() -> assertEquals(2, said.code()),
                () -> assertTrue(shown.contains("\"name\": \"say <it>\""), shown),
                () -> assertTrue(shown.contains("\"stats\": {\"n1\": {\"changed\": 1, \"failures\": 1, \"ignored\": 1, "
                        + "\"ok\": 3, \"rescued\": 0, \"skipped\": 1, \"unreachable\": 0}}"), shown));
    }

    @Test
    void logsWhatIsShownWithTheTimeBeforeIt() throws IOException {
        Path log = folder.resolve("run.log");

        Cli.Said said = play(Map.of("ANSIBLE_LOG_PATH", log.toString(), "ANSIBLE_FORCE_COLOR", "1"));
        String head = "(?m)^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} p=\\d+ u=\\S+ n=ansible \\| ";

        String logged = Files.readString(log);
        assertAll(() -> assertTrue(Pattern.compile(head + "PLAY \\[Play] \\*+$").matcher(logged).find(), logged),
                () -> assertEquals(said.out().lines().filter(line -> !line.isBlank()).count(),
                        logged.lines().filter(line -> !line.isBlank()).count(), logged),
                () -> assertFalse(logged.contains("\u001b"), logged));
    }

    @Test
    void warnsOnceOfALogThatCannotBeWritten() {
        Cli.Said said = play(Map.of("ANSIBLE_LOG_PATH", folder.resolve("none/run.log").toString()));

        assertEquals(1, said.err().lines().filter(line -> line.contains("run.log")).count(), said.err());
    }

    private Cli.Said debug(String tasks, String typed) throws IOException {
        Files.writeString(folder.resolve("debug.yml"), "- hosts: all\n  gather_facts: false\n  debugger: on_failed\n"
                + "  vars: {answer: 1}\n  tasks:\n" + tasks);
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)));
        try {
            return new Cli(folder, data).call("ansible-playbook", "-i", "inventory", "debug.yml");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void doesATaskAgainThatAPersonChanged() throws IOException {
        String tasks = "    - {name: ask, assert: {that: 'answer == 42'}}\n    - debug: {msg: 'now {{ answer }}'}\n";

        Cli.Said arguments = debug(tasks, "p task.args\ntask.args['that'] = 'answer == 1'\nr\n");
        Cli.Said variables = debug(tasks, "p task_vars['answer']\ntask_vars['answer'] = 42\nu\nr\n");
        Cli.Said left = debug(tasks, "p result._result.msg\np nothing\nhm\nc\n");

        assertAll(() -> assertEquals(0, arguments.code(), arguments::toString),
                () -> assertTrue(arguments.err().contains("[n1] TASK: ask (debug)> {'that': 'answer == 42'}\n"),
                        arguments::toString),
                () -> assertTrue(arguments.out().contains("ok=2    changed=0    unreachable=0    failed=0"),
                        arguments::toString),
                () -> assertEquals(0, variables.code(), variables::toString),
                () -> assertTrue(variables.err().contains("(debug)> 1\n"), variables::toString),
                () -> assertEquals(2, left.code(), left::toString),
                () -> assertTrue(left.err().contains("'Assertion failed'\n"), left::toString),
                () -> assertTrue(left.err().contains("***'nothing' is undefined"), left::toString),
                () -> assertTrue(left.err().contains("***No such command: hm"), left::toString));
    }

    @Test
    void endsTheRunWhereNobodyIsThereToDebug() throws IOException {
        String tasks = "    - fail:\n";

        assertAll(() -> assertEquals(99, debug(tasks, "").code()), () -> assertEquals(99, debug(tasks, "q\n").code()));
    }
}
