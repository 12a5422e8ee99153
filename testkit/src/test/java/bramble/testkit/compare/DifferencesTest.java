package bramble.testkit.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read from the lines of a run, and what counts as a difference. */
class DifferencesTest {
    private static Played played(int exit, String changed, String more) {
        return Played.of(exit, """

                PLAY [all] *****

                TASK [A file] *****
                changed: [node] => (item={'a': 1}) => {"changed": %s, "mtime": 1.5, "path": "/x"%s}

                TASK [Shown] *****
                ok: [node] => {
                    "msg": "two => {lines}"
                }

                TASK [Broken] *****
                fatal: [node]: FAILED! => {"changed": false, "rc": 3}
                ...ignoring

                PLAY RECAP *****
                node                       : ok=3    changed=1    unreachable=0
                """.formatted(changed, more));
    }

    private static List<String> between(Played ansible, Played bramble) {
        var differences = new Differences();
        differences.runs("first run", ansible, bramble);
        return differences.lines();
    }

    @Test
    void readsResultsOfEachForm() {
        Played played = played(0, "true", "");
        assertEquals(List.of("changed [node] => (item={'a': 1})", "ok [node]", "fatal, ignored [node]: FAILED!"),
                played.results().stream().map(result -> result.outcome() + " " + result.of()).toList());
        assertEquals("Shown", played.results().get(1).task().replaceAll(".*\\[|]", ""));
        assertEquals(List.of("node : ok=3 changed=1 unreachable=0"), played.recap());
    }

    @Test
    void leavesOutWhatVariesAndWhatBrambleAloneSays() {
        assertEquals(List.of(), between(played(0, "true", ""), played(0, "true", ", \"size\": 5")));
    }

    @Test
    void namesWhatDiffers() {
        assertEquals(List.of("first run:", "  exit code: 0 | 2", "  TASK [A file]", "    changed: true | false",
                "    size: 5 | (none)"), between(played(0, "true", ", \"size\": 5"), played(2, "false", "")));
    }

    @Test
    void comparesFilesByAllThatTheyAre() {
        var differences = new Differences();
        differences.trees("first run",
                Tree.of("f\t644\troot\troot\t\t/etc/a\nf\t644\troot\troot\t\t/etc/b.12.2024-01-02@03:04:05~\n"),
                Tree.of("f\t600\tpi\troot\t\t/etc/a\nf\t644\troot\troot\t\t/etc/b.9.2024-01-02@03:04:06~\n"));
        assertEquals(List.of("files after the first run:", "  /etc/a: f 644 root:root | f 600 pi:root"),
                differences.lines());
    }

    @Test
    void comparesWhatIsPrintedWithoutTimesAndInTheOrderOfHosts() {
        Printed ansible = Printed.of("""
                TASK [One] *****************
                ok: [b] => {"delta": "0:00:01", "rc": 0}
                ok: [a] => {
                    "msg": 1
                }

                TASK [Two] ****
                included: /x.yml for b, a
                """);
        Printed bramble = Printed.of("""
                TASK [One] ***
                ok: [a] => {
                    "msg": 2
                }
                ok: [b] => {"delta": "0:00:02", "rc": 0}

                TASK [Two] *******
                included: /x.yml for a, b
                """);
        assertEquals(List.of("  TASK [One] ***", "  -     \"msg\": 1", "  +     \"msg\": 2"), ansible.against(bramble));
        assertEquals(List.of(), ansible.against(ansible));
    }
}
