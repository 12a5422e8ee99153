package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.shell.Answer;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.testkit.Lab;
import bramble.testkit.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts that outlive a run in a real Redis server, with a password, on a lab node. */
class FactRedisIT {
    private static final String SUBNET = "10.77.92";

    @TempDir
    Path folder = Path.of("");

    @Test
    void factsOutliveARun() throws IOException {
        try (Lab lab = Lab.up("redis", SUBNET)) {
            TestNode node = lab.nodes().getFirst();
            on(node, "apt-get -q -y install --no-install-recommends redis-server >/dev/null 2>&1");
            on(node, "redis-server --daemonize yes --port 7000 --bind 0.0.0.0 --requirepass sesame >/dev/null");
            Files.writeString(folder.resolve("ansible.cfg"), """
                    [defaults]
                    fact_caching=redis
                    fact_caching_connection=%s.11:7000:3:sesame
                    """.formatted(SUBNET));
            holds("set_fact: {kept: {deep: [1, 'ü']}, cacheable: true}");
            assertEquals("ansible_factsn1\n", on(node, "redis-cli -p 7000 -a sesame -n 3 keys '*' 2>/dev/null"));
            holds("assert: {that: \"kept.deep == [1, 'ü']\"}");
            holds("assert: {that: kept is undefined}", "--flush-cache");
            assertEquals("\n", on(node, "redis-cli -p 7000 -a sesame -n 3 keys '*' 2>/dev/null"));
        }
    }

    private static String on(TestNode node, String command) {
        Answer answer = node.ask(List.of(Piece.free(Sh.raw(command)))).getFirst();
        assertTrue(answer.ok(), () -> command + ": " + answer.text() + answer.errors());
        return answer.text();
    }

    private void holds(String task, String... more) throws IOException {
        Files.writeString(folder.resolve("site.yml"),
                "- hosts: n1\n  gather_facts: false\n  connection: local\n  tasks:\n    - " + task + "\n");
        var words = new java.util.ArrayList<>(List.of("run", "-i", "n1,", "site.yml"));
        words.addAll(List.of(more));
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(words);
        assertEquals(0, said.code(), said::toString);
        assertEquals("", said.err(), said::toString);
    }
}
