package bramble.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.args.Schema;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.problem.Source;
import bramble.run.NodeTask;
import bramble.run.NodeTask.Ending;
import bramble.run.Overlay;
import bramble.shell.Answer;
import bramble.shell.Network;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.shell.Terminal;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One case on one node, with the laws that hold for every module: a dry run changes nothing and says what the real run
 * then does; what is planned, and what is done, leaves nothing to do; an unchanged task is one round trip, a changed one
 * two; nothing changes that no effect names.
 */
final class FixtureRun<A extends Record, S> {
    /** Result keys that nobody can foresee. */
    private static final Set<String> MOMENTARY = Set.of("atime", "mtime", "ctime", "start", "end", "delta",
            "backup", "backup_file");

    /** Kind, mode, owner, group, link target and content of everything in the folder, a line each. */
    private static final String SNAPSHOT = """
            cd "$D" && find . | sort | while IFS= read -r f; do
              [ -L "$f" ] || [ -e "$f" ] || continue
              set -f; set -- $(ls -lnd "$f"); set +f
              s=; if [ -L "$f" ]; then s=$(readlink "$f"); elif [ -f "$f" ]; then s=$(md5sum <"$f"); fi
              printf '%s\\t%s\\n' "$f" "$1 $3 $4 $s"
            done""";

    private final TestNode node;
    private final Platform platform;
    private final TaskModule<A, S> module;
    private final Fixture fixture;
    private final String folder;
    private final Path controller;
    private final FixtureServer server;
    private final A args;
    private final boolean settles;

    FixtureRun(TestNode node, Platform platform, TaskModule<A, S> module, Fixture fixture) {
        this.node = node;
        this.platform = platform;
        this.module = module;
        this.fixture = fixture;
        this.settles = !fixture.againChanged();
        for (String tool : fixture.needs()) {
            assumeTrue(platform.has(tool) || node.run(Sh.of("command -v {}", tool)).ok(), () -> "no " + tool);
        }
        this.folder = node.run(Sh.raw("d=$(mktemp -d) && cd \"$d\" && pwd -P")).text().strip();
        this.controller = prepared(fixture.controller());
        this.server = new FixtureServer(node.controller(), controller);
        this.args = Schema.of(module.args()).bind(module.name(), (MapValue) in(fixture.args()),
                new Source(Fixture.file(module), 1, 1),
                new FixtureResources(controller, (MapValue) in(fixture.vars())));
    }

    private static Path prepared(String script) {
        try {
            Path folder = Files.createTempDirectory("bramble-controller").toRealPath();
            Process process = new ProcessBuilder("/bin/sh", "-ec", "C=" + folder + "; cd $C; umask 022\n" + script)
                    .inheritIO()
                    .start();
            assertEquals(0, process.waitFor(), "controller");
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Value in(Value value) {
        return Fixture.in(folder, controller.toString(), server.url(), value);
    }

    /** One run of the task: how it ended, and the round trips it took. */
    private record Seen(Ending ending, int trips) {
        boolean changed() {
            return ending instanceof Ending.Done(_, var verdict) && verdict.changed();
        }

        Optional<String> failure() {
            return switch (ending) {
                case Ending.Done(_, var verdict) -> verdict.failure();
                case Ending.Refused(String why, var _) -> Optional.of(why);
                case Ending.Undetermined(String why) -> Optional.of("undetermined: " + why);
            };
        }

        MapValue results() {
            return ending instanceof Ending.Done(_, var verdict) ? verdict.results() : MapValue.EMPTY;
        }

        List<Diff> diffs() {
            return ending instanceof Ending.Done(List<Change> changes, _)
                    ? changes.stream().map(Change::diff).toList()
                    : List.of();
        }

        List<Effect> effects() {
            return ending instanceof Ending.Done(List<Change> changes, _)
                    ? changes.stream().flatMap(change -> change.effects().stream()).toList()
                    : List.of();
        }
    }

    void check() throws IOException, InterruptedException {
        try {
            Answer prepared = script(fixture.given());
            assumeTrue(prepared.status() != 77, () -> "does not apply here: " + prepared.errors());
            assertTrue(prepared.ok(), () -> "given: " + prepared.errors());
            Map<String, String> before = snapshot();
            script("touch \"$D.mark\"");

            var overlay = new Overlay();
            Seen predicted = run(true, overlay);
            assertEquals(before, snapshot(), "the dry run changed something");
            assertEquals("", script("find \"$D\" -newer \"$D.mark\"").text(), "the dry run wrote something");
            boolean determined = !(predicted.ending() instanceof Ending.Undetermined);
            if (determined && predicted.failure().isEmpty() && settles) {
                Seen folded = run(true, overlay);
                assertEquals(List.of(), folded.diffs(), "planned again over its own effects");
                assertEquals(Optional.empty(), folded.failure(), "planned again over its own effects");
            }

            Seen real = run(false, new Overlay());
            expected(real);
            foreseen(predicted, real);
            if (real.failure().isEmpty()) {
                int trips = fixture.trips().orElse(real.diffs().isEmpty() ? 1 : 2);
                assertEquals(trips, real.trips(), "round trips");
            }
            Map<String, String> after = snapshot();
            if (real.failure().isEmpty()) {
                declared(before, after, real);
            } else {
                assertEquals(before, after, "the task failed, and changed something");
            }
            again(real);
            Answer then = script(fixture.then());
            assertTrue(then.ok(), () -> "then: " + then.text() + then.errors());
        } finally {
            server.close();
            node.run(Sh.of("rm -rf {} {}", folder, folder + ".mark"));
            try (Stream<Path> files = Files.walk(controller)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private Seen run(boolean dryRun, Overlay overlay) throws IOException, InterruptedException {
        var trips = new AtomicInteger();
        NodeTask.Asker asker = new NodeTask.Asker() {
            @Override
            public List<Answer> ask(List<Piece> pieces) {
                trips.incrementAndGet();
                return node.ask(pieces);
            }

            @Override
            public Network network() {
                return node.network();
            }

            @Override
            public Terminal terminal() {
                return node.terminal();
            }
        };
        Ending ending = new NodeTask(asker, platform, overlay, dryRun, Sh.raw("")).run(module, args);
        return new Seen(ending, trips.get());
    }

    private void again(Seen real) throws IOException, InterruptedException {
        if (real.failure().isPresent()) {
            return;
        }
        Seen second = run(false, new Overlay());
        if (settles) {
            assertEquals(List.of(), second.diffs(), "run again");
            assertEquals(false, second.changed(), "run again");
            assertEquals(Optional.empty(), second.failure(), "run again");
        } else {
            assertTrue(second.changed(), "run again");
        }
    }

    /** The real run gave what the case says. */
    private void expected(Seen real) {
        if (fixture.fails()) {
            String part = fixture.expect().get("msg").map(this::text).orElse("");
            assertTrue(real.failure().orElse("it did not fail").contains(part),
                    () -> "failed with: " + real.failure() + ", not with: " + part);
            return;
        }
        assertEquals(Optional.empty(), real.failure(), "failure");
        partly("result", in(fixture.partly()), real.results());
        fixture.expect().byName().forEach((name, value) -> {
            Value wanted = in(value);
            switch (name) {
                case "changed" -> assertEquals(wanted, Bool.of(real.changed()), "changed");
                case "diff" -> assertEquals(wanted, shown(real.diffs(), wanted), "diff");
                default -> assertEquals(wanted, real.results().get(name).orElse(new Text("(no " + name + ")")), name);
            }
        });
    }

    /** Whether the value has all that the pattern has. */
    private static void partly(String where, Value pattern, Value actual) {
        if (pattern instanceof MapValue wanted && actual instanceof MapValue map) {
            wanted.byName().forEach((name, value) -> partly(where + "." + name, value,
                    map.get(name).orElse(new Text("(no " + name + ")"))));
        } else if (pattern instanceof ListValue wanted && actual instanceof ListValue list) {
            assertEquals(wanted.items().size(), list.items().size(), where);
            for (int i = 0; i < wanted.items().size(); i++) {
                partly(where + "[" + i + "]", wanted.items().get(i), list.items().get(i));
            }
        } else {
            assertEquals(pattern, actual, where);
        }
    }

    private String text(Value value) {
        return in(value).toString();
    }

    private static Value shown(List<Diff> diffs, Value like) {
        List<MapValue> all = diffs.stream().map(diff -> MapValue.of("before", diff.before(), "after", diff.after()))
                .toList();
        return like instanceof MapValue && all.size() == 1 ? all.getFirst() : new ListValue(all);
    }

    /** The dry run told what the real run then did. */
    private void foreseen(Seen predicted, Seen real) {
        Optional<Value> doubt = fixture.predict().get("undetermined");
        if (doubt.isPresent()) {
            assertTrue(predicted.ending() instanceof Ending.Undetermined(String why) && why.contains(text(doubt.get())),
                    () -> "predicted " + predicted.ending());
            return;
        }
        if (fixture.predict().get("succeeds").isPresent()) {
            assertEquals(Optional.empty(), predicted.failure(), "predicted failure");
            return;
        }
        if (fixture.predict().get("failed").isPresent()) { // sooner than the real run, which had begun
            assertEquals(real.failure(), predicted.failure(), "predicted failure");
            return;
        }
        if (predicted.ending() instanceof Ending.Done(_, var verdict) && verdict.unknown().isPresent()) {
            assertTrue(real.failure().isPresent() || real.changed() == predicted.changed(), "predicted change");
            return; // what it returns, a real run alone tells
        }
        assertEquals(real.failure(), predicted.failure(), "predicted failure");
        assertEquals(real.changed(), predicted.changed(), "predicted change");
        assertEquals(real.diffs(), predicted.diffs(), "predicted diff");
        if (real.failure().isEmpty()) {
            MapValue results = sure(predicted.results());
            assertEquals(comparable(sure(real.results()), results), comparable(asDone(results), results),
                    "predicted results");
        }
    }

    /** Without what is predicted in other words. */
    private MapValue sure(MapValue results) {
        MapValue left = results;
        if (fixture.predict().get("but").orElse(null) instanceof ListValue others) {
            for (Value name : others.items()) {
                left = left.without(PythonText.of(name));
            }
        }
        return left;
    }

    /** What Ansible says in other words in a dry run, in those of a real one. */
    private MapValue asDone(MapValue predicted) {
        return predicted.get("msg").filter(msg -> text(msg).startsWith("Would not run "))
                .map(msg -> predicted.with("msg", text(msg).replaceFirst("^Would", "Did"))).orElse(predicted);
    }

    private static Map<String, Value> comparable(MapValue results, MapValue predicted) {
        return results.byName().entrySet().stream()
                .filter(entry -> !MOMENTARY.contains(entry.getKey())
                        && !(predicted.get(entry.getKey()).orElse(entry.getValue()) instanceof Unknown)
                        && predicted.get(entry.getKey()).isPresent())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Each path that is other than before is named by an effect. */
    private void declared(Map<String, String> before, Map<String, String> after, Seen real) {
        if (real.effects().stream().anyMatch(Effect.Unknown.class::isInstance)) {
            return;
        }
        var paths = new TreeSet<String>(before.keySet());
        paths.addAll(after.keySet());
        String effects = real.effects().toString();
        for (String path : paths) {
            boolean same = Optional.ofNullable(before.get(path)).equals(Optional.ofNullable(after.get(path)));
            String whole = path.equals(".") ? folder : folder + path.substring(1);
            boolean backup = path.endsWith("~"); // its name has the time in it
            boolean gone = !after.containsKey(path) && aboveIsNamed(whole, effects);
            assertTrue(same || backup || gone || effects.contains(whole),
                    () -> "no effect names " + whole + ", which was " + before.get(path) + " and is "
                            + after.get(path));
        }
    }

    private boolean aboveIsNamed(String path, String effects) {
        for (String above = path; above.length() > folder.length(); above = above.substring(0,
                above.lastIndexOf('/'))) {
            if (effects.contains("path=" + above + "]")) {
                return true;
            }
        }
        return false;
    }

    private Map<String, String> snapshot() {
        return script(SNAPSHOT).text().lines().map(line -> line.split("\t", 2)).filter(parts -> parts.length == 2)
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1], (a, b) -> a + b));
    }

    private Answer script(String text) {
        return node
                .run(Sh.of("D={}; C={}; cd \"$D\" || exit; set -e\n{}", folder, controller.toString(), Sh.raw(text)));
    }
}
