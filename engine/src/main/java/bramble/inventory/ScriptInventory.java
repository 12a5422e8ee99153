package bramble.inventory;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Asks an executable for an inventory: {@code --list}, and {@code --host NAME} where that gave no variables of hosts. */
final class ScriptInventory {
    private static final List<String> PARTS = List.of("hosts", "vars", "children");

    private final Path script;
    private final String file;
    private final Source source;
    private final Draft draft;

    private ScriptInventory(Path script, String file, Draft draft) {
        this.script = script;
        this.file = file;
        this.source = Source.file(file);
        this.draft = draft;
    }

    /** @throws ProblemException where it fails, or what it prints is no inventory */
    static void read(Path script, String file, Draft draft) {
        new ScriptInventory(script, file, draft).read();
    }

    private void read() {
        Map<String, Value> groups = mapping(json("--list"), "what it printed").byName();
        Optional<MapValue> known = Optional.ofNullable(groups.get("_meta"))
                .flatMap(meta -> mapping(meta, "_meta").get("hostvars")).map(all -> mapping(all, "_meta.hostvars"));
        groups.forEach((name, group) -> {
            if (!name.equals("_meta")) {
                group(name, group);
            }
        });
        var hosts = new LinkedHashMap<String, Value>(known.map(MapValue::byName).orElse(Map.of()));
        if (known.isEmpty()) {
            draft.hostsOf(file).forEach(host -> hosts.put(host, json("--host", host)));
        }
        hosts.forEach((host, variables) -> draft.hostVariables(host,
                Variables.of(mapping(variables, "the variables of the host " + host), source)));
    }

    private void group(String name, Value group) {
        draft.group(name, source);
        MapValue parts = switch (group) {
            case MapValue map when PARTS.stream().anyMatch(part -> map.get(part).isPresent()) -> map;
            case MapValue map -> MapValue.of("hosts", List.of(name), "vars", map);
            case Value hosts -> MapValue.of("hosts", hosts);
        };
        parts.get("hosts").ifPresent(hosts -> names(hosts, "the hosts of the group " + name)
                .forEach(host -> draft.host(host, name, file, source)));
        parts.get("vars").ifPresent(variables -> draft.groupVariables(name,
                Variables.of(mapping(variables, "the vars of the group " + name), source)));
        parts.get("children")
                .ifPresent(children -> names(children, "the children of the group " + name).forEach(child -> {
                    draft.group(child, source);
                    draft.child(name, child, source);
                }));
    }

    private List<String> names(Value value, String what) {
        return switch (value) {
            case ListValue list -> list.items().stream()
                    .map(item -> item instanceof Template(String text, _) ? text : PythonText.of(item)).toList();
            case Value _ ->
                throw new ProblemException(source, "Tried to read " + what + " from the inventory script, but it is "
                        + "no list.");
        };
    }

    private MapValue mapping(Value value, String what) {
        return switch (value) {
            case MapValue map -> map;
            case Value _ ->
                throw new ProblemException(source, "Tried to read " + what + " from the inventory script, but it is "
                        + "no JSON object.");
        };
    }

    private Value json(String... arguments) {
        String output = run(arguments);
        String call = String.join(" ", arguments);
        if (output.isBlank() && arguments.length > 1) {
            return MapValue.EMPTY;
        }
        return templates(Json.tryParse(output).orElseThrow(() -> new ProblemException(Problem.error(source,
                "Tried to read what the inventory script prints for " + call + ", but it is no JSON.",
                "Run it by hand to see what it prints."))));
    }

    /** A script is the user's own, so text in its output is a template as in any other inventory. */
    private Value templates(Value value) {
        return switch (value) {
            case Text(String text) -> Template.of(text, source);
            case ListValue list -> new ListValue(list.items().stream().map(this::templates).toList());
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, entry) -> entries.put(key, templates(entry)));
                yield new MapValue(entries);
            }
            case Value other -> other;
        };
    }

    private String run(String... arguments) {
        var command = new java.util.ArrayList<>(List.of(script.toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            var complaint = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()),
                    task -> Thread.ofVirtual().start(task));
            String output = text(process.getInputStream());
            int code = process.waitFor();
            if (code != 0) {
                String said = complaint.join().strip().lines().reduce("", (_, last) -> last);
                throw new ProblemException(
                        Problem.error(source, "Tried to run the inventory script, but it ended with exit "
                                + "code " + code + ".", said.isEmpty() ? "" : "It said: " + said));
            }
            return output;
        } catch (IOException _) {
            throw new ProblemException(
                    Problem.error(source, "Tried to run the inventory script, but it can't be started.",
                            Files.isExecutable(script)
                                    ? "Is the program on its first line (#!) there?"
                                    : "Make it executable: chmod +x."));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ProblemException(source, "Tried to run the inventory script, but was interrupted.");
        }
    }

    private static String text(java.io.InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException _) {
            return "";
        }
    }
}
