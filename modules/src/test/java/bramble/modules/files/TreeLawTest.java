package bramble.modules.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.args.Schema;
import bramble.module.AnyModule;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.module.TaskModule;
import bramble.problem.Source;
import bramble.run.NodeTask;
import bramble.run.NodeTask.Ending;
import bramble.run.Overlay;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.testkit.LocalNode;
import bramble.testkit.NoFiles;
import bramble.value.EscapedBytes;
import bramble.value.MapValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The law of the predicted tree: whatever a row of tasks would do, every view of every path is predicted as it then is, and
 * every task is predicted as it then goes.
 */
class TreeLawTest {
    private static final List<String> NAMES = List.of("a", "b", "a/b", "a/b/c", "l", "l/b", "m", "m/c");
    private static final int ROWS = 40;

    /** One task of a row. */
    private record Step(AnyModule module, MapValue args) {}

    private final LocalNode node = LocalNode.plain();
    private final Random random = new Random(20);

    @Test
    void everyViewIsPredicted() throws Exception {
        int known = 0;
        for (int row = 0; row < ROWS; row++) {
            String folder = node.run(Sh.raw("d=$(mktemp -d) && cd \"$d\" && pwd -P")).text().strip();
            Sh start = Sh.of("cd {} && {}", folder, Sh.raw(start()));
            node.run(start);
            List<Step> steps = steps(folder);
            String story = "row " + row + ": " + start + "\n" + steps;
            var overlay = new Overlay();
            List<String> predictedEndings = endings(steps, overlay, true);
            Map<Fact<?>, Object> predicted = new LinkedHashMap<>();
            for (Fact<?> fact : facts(folder)) {
                predicted.put(fact, view(overlay, fact));
            }
            List<String> realEndings = endings(steps, new Overlay(), false);
            assertEquals(realEndings, predictedEndings, story);
            predicted.values().removeIf(Maybe.NotKnown.class::isInstance); // said to be unknown, which is no lie
            known += predicted.size();
            predicted.forEach((fact, value) -> assertEquals(settled(node.read(fact)), settled(value),
                    () -> fact + " after " + story));
            node.run(Sh.of("rm -rf {}", folder));
        }
        node.close();
        assertTrue(known > ROWS * 0.97 * facts("").size(), "only " + known + " answers were predicted");
    }

    private String start() {
        var script = new StringBuilder(":");
        for (String command : List.of("mkdir -p a/b", "echo one >a/b/c", "echo two >b", "ln -s a l", "ln -s l/b m",
                "ln -s nowhere m",
                "mkdir m")) {
            if (random.nextInt(3) > 0) {
                script.append("; ").append(command).append(" 2>/dev/null");
            }
        }
        return script.toString();
    }

    private List<Step> steps(String folder) {
        var steps = new ArrayList<Step>();
        for (int i = 0; i < 4; i++) {
            String path = folder + "/" + NAMES.get(random.nextInt(NAMES.size()));
            String other = NAMES.get(random.nextInt(NAMES.size()));
            steps.add(switch (random.nextInt(8)) {
                case 0 -> new Step(new FileModule(), MapValue.of("path", path, "state", "absent"));
                case 1 -> new Step(new FileModule(), MapValue.of("path", path, "state", "directory", "mode", "0750"));
                case 2 -> new Step(new FileModule(),
                        MapValue.of("path", path, "state", "link", "src", folder + "/" + other, "force",
                                random.nextBoolean()));
                case 3 -> new Step(new FileModule(), MapValue.of("path", path, "mode", "u+x"));
                case 4 -> new Step(new LineinfileModule(),
                        MapValue.of("path", path, "line", "three", "create", random.nextBoolean()));
                case 5 -> new Step(new ReplaceModule(), MapValue.of("path", path, "regexp", "o", "replace", "00"));
                default -> new Step(new CopyModule(),
                        MapValue.of("dest", path, "content", "text " + i, "follow", random.nextBoolean()));
            });
        }
        return steps;
    }

    private List<String> endings(List<Step> steps, Overlay overlay, boolean dryRun) throws Exception {
        var endings = new ArrayList<String>();
        for (Step step : steps) {
            var task = new NodeTask(node::ask, node.platform(), dryRun ? overlay : new Overlay(), dryRun, Sh.raw(""));
            endings.add(switch (run(task, (TaskModule<?, ?>) step.module(), step.args())) {
                case Ending.Done(var changes, var verdict) ->
                    verdict.failure().map(why -> "failed: " + why)
                            .orElse(changes.stream().map(change -> change.diff()).toList().toString());
                case Ending.Refused(String why, var _) -> "failed: " + why;
                case Ending.Undetermined(String why) -> "undetermined: " + why;
            });
        }
        return endings;
    }

    private static <A extends Record, S> Ending run(NodeTask task, TaskModule<A, S> module, MapValue args)
            throws Exception {
        return task.run(module, Schema.of(module.args()).bind(module.name(), args, Source.NONE, new NoFiles()));
    }

    private List<Fact<?>> facts(String folder) {
        var facts = new ArrayList<Fact<?>>();
        for (String name : NAMES) {
            String path = folder + "/" + name;
            facts.addAll(List.of(new PathFact(path), new ContentFact(path), new DigestFact(path), new ListingFact(path),
                    new TreeFact(path)));
        }
        facts.add(new TreeFact(folder));
        return facts;
    }

    @SuppressWarnings("unchecked") // a redirected fact is of the same type
    private <V> Object view(Overlay overlay, Fact<V> fact) {
        Fact<V> asked = (Fact<V>) overlay.redirected(fact);
        return overlay.over(asked, node.read(asked)).value();
    }

    /**
     * What is left of an answer without what nobody can foresee: numbers and times of inodes, sizes of folders; and, of
     * what isn't there, which name it would have behind links that lead nowhere.
     */
    private static Object settled(Object value) {
        return switch (value) {
            case Maybe.Known<?>(Object known) -> settled(known);
            case Placed placed when placed.missing() -> "nothing";
            case PathState.File(String real, Inode inode) ->
                "file " + real + " " + inode.octal() + " " + inode.user() + " " + inode.size();
            case PathState.Directory(String real, Inode inode) ->
                "directory " + real + " " + inode.octal() + " " + inode.group();
            case PathState.Link(String real, _, String target, PathState destination) ->
                "link " + real + " " + target + " to " + settled(destination.followed());
            case FileContent.Bytes(String real, Content content) ->
                real + " with " + EscapedBytes.decode(content.bytesOf());
            case FileContent.Unreadable(String real, _) -> "unreadable " + real;
            case TreeFact.Tree(String real, boolean missing, List<PathState.Present> entries, _) ->
                real + (missing ? " missing" : "") + entries.stream().map(entry -> entry instanceof PathState.Link link
                        ? "link " + link.real() + " " + link.target()
                        : settled(entry)).toList();
            default -> value.toString();
        };
    }
}
