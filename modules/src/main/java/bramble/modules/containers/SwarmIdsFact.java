package bramble.modules.containers;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ids of a swarm's secrets or configurations, by name.
 *
 * @param kind secret, config
 */
record SwarmIdsFact(Docker docker, String kind) implements Fact<Map<String, String>> {
    @Override
    public Sh script() {
        return docker.ask(List.of(kind, "ls", "--format", "{{.ID}} {{.Name}}"));
    }

    @Override
    public Map<String, String> parse(Answer answer) {
        var ids = new TreeMap<String, String>();
        answer.text().lines().map(line -> line.split(" ", 2)).filter(parts -> parts.length == 2)
                .forEach(parts -> ids.put(parts[1], parts[0]));
        return ids;
    }
}
