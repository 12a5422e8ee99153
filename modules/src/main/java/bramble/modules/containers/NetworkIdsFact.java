package bramble.modules.containers;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.util.List;
import java.util.TreeMap;

/** The names of Docker's networks, by id. */
record NetworkIdsFact(Docker docker) implements Fact<MapValue> {
    @Override
    public Sh script() {
        return docker.ask(List.of("network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}"));
    }

    @Override
    public MapValue parse(Answer answer) {
        var names = new TreeMap<String, Value>();
        answer.text().lines().map(line -> line.split(" ", 2)).filter(parts -> parts.length == 2)
                .forEach(parts -> names.put(parts[0], new Text(parts[1])));
        return MapValue.named(names);
    }
}
