package bramble.bench;

import bramble.problem.Source;
import bramble.template.DocumentOptions;
import bramble.template.Scope;
import bramble.template.Scopes;
import bramble.template.Site;
import bramble.template.Templates;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long templates take: read and rendered anew, and rendered again. Run by {@code bench/render/run}. */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Render {
    @Param({"page", "config"})
    public String template = "page";

    private final Templates templates = new Templates(value -> value);
    private String text = "";
    private Scope scope = Scopes.EMPTY;
    private long round;

    /** Reads the template and the values that it is rendered with. */
    @Setup
    public void read() throws IOException {
        Path folder = Path.of(System.getProperty("render.folder"));
        text = Files.readString(folder.resolve("templates").resolve(template + ".j2"));
        scope = Scopes.of(values((MapValue) Json.parse(Files.readString(folder.resolve("values.json")))),
                Site.of(folder));
    }

    /** As render.py makes them, too. */
    private static LinkedHashMap<String, Value> values(MapValue written) {
        var values = new LinkedHashMap<>(written.byName());
        int columns = Integer.parseInt(written.get("columns").orElse(None.NONE).toString().replaceAll("\\D", ""));
        int rows = Integer.parseInt(written.get("rows").orElse(None.NONE).toString().replaceAll("\\D", ""));
        int hosts = Integer.parseInt(written.get("hosts").orElse(None.NONE).toString().replaceAll("\\D", ""));
        var table = new ArrayList<List<Integer>>();
        for (int row = 0; row < rows; row++) {
            var cells = new ArrayList<Integer>();
            for (int column = 0; column < columns; column++) {
                cells.add(row * columns + column);
            }
            table.add(cells);
        }
        values.put("table", Value.of(table));
        var all = new ArrayList<Value>();
        for (int i = 0; i < hosts; i++) {
            all.add(MapValue.of("name", "host-" + (hosts - i), "port", 990 + i, "tags",
                    Value.of(List.of("web-" + i, "db"))));
        }
        values.put("hosts", Value.of(all));
        return values;
    }

    /** A template that was read before. */
    @Benchmark
    public String again() {
        return templates.document(text, Source.NONE, DocumentOptions.FILE, scope);
    }

    /** A template that was never seen: its text differs each time. */
    @Benchmark
    public String anew() {
        round++;
        return templates.document(text + round, Source.NONE, DocumentOptions.FILE, scope);
    }
}
