package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import bramble.record.History;
import bramble.testkit.Lab;
import bramble.value.Int;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A lab of fresh nodes on which roles are proved: what such proofs have in common. */
final class RoleLab implements AutoCloseable {
    static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    private static final long LONGEST = TimeUnit.MINUTES.toSeconds(2);

    /** What the changes of these are called, the node says once it knows what came before. */
    static final Set<String> WORDED_BY_THE_NODE = Set.of("apt", "package");

    private final String name;
    private final String subnet;
    private final Path scratch;
    private final Path inventory;
    private final Cli cli;

    private RoleLab(String name, String subnet, Path scratch, Path inventory) {
        this.name = name;
        this.subnet = subnet;
        this.scratch = scratch;
        this.inventory = inventory;
        cli = new Cli(PROJECT, scratch.resolve("data"));
    }

    /**
     * @param name that no other lab has, at most 9 letters
     * @param subnet the first three numbers of addresses that no other lab has
     * @param nodes a line for each: its name, the end of its address with the dot, its kind, its groups
     */
    static RoleLab up(String name, String subnet, Path scratch, String nodes) {
        Lab.needsRoot();
        var lab = new RoleLab(name, subnet, scratch, Path.of("/var/lib/bramble-lab", name, "inventory.yml"));
        lab.write("nodes", nodes.replace(" .", " " + subnet + "."));
        Ended ended = lab.tried(PROJECT.resolve("lab/lab").toString(), "up", "--fresh", "--nodes",
                scratch.resolve("nodes").toString());
        if (ended.code() != 0) {
            lab.close();
            fail(ended.printed());
        }
        return lab;
    }

    /** No nodes but those of an inventory, which the test made itself. */
    static RoleLab without(Path scratch, Path inventory) {
        Lab.needsRoot();
        return new RoleLab("", "", scratch, inventory);
    }

    /** Makes a file, a playbook say, in the folder of the test. */
    Path write(String file, String text) {
        try {
            return Files.writeString(scratch.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Plays a playbook, of the test's folder or one with a path, with the roles of the project. */
    Cli.Said play(String book, String... more) {
        var words = new ArrayList<>(List.of("run", "-i", inventory.toString()));
        words.addAll(List.of(more));
        words.add(scratch.resolve(book).toString());
        return cli.call(Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()), words);
    }

    /** Calls another command with the inventory of the lab. */
    Cli.Said bramble(String command, String... more) {
        var words = new ArrayList<>(List.of(command, "-i", inventory.toString()));
        words.addAll(List.of(more));
        return cli.call(Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()), words);
    }

    /** Plays a playbook that has to succeed. */
    Cli.Said plays(String book, String... more) {
        Cli.Said said = play(book, more);
        assertEquals(0, said.code(), said::toString);
        return said;
    }

    /**
     * Plays a playbook three times: a dry run that foretells each change of the first run and nothing that it then does
     * differently (what comes with a package it can't know), that first run, and a second one that changes nothing.
     *
     * @param undetermined of how many tasks, on each of their nodes, the dry run may at most say that it doesn't know
     * @return what the dry run said
     */
    Cli.Said settles(int undetermined, String book, String... more) {
        var dry = new ArrayList<>(List.of(more));
        dry.addAll(List.of("--check", "--diff"));
        Cli.Said said = plays(book, dry.toArray(String[]::new));
        Map<String, History.Entry> foretold = entries();
        plays(book, more);
        Map<String, History.Entry> real = entries();
        var differences = new ArrayList<String>();
        foretold.forEach((task, before) -> {
            if (before.outcome().equals("UNDETERMINED")) {
                return;
            }
            String outcome = real.containsKey(task) ? Objects.requireNonNull(real.get(task)).outcome() : "not there";
            if (!before.outcome().replace("WOULD_CHANGE", "CHANGED").equals(outcome)) {
                differences.add(task + ": predicted " + before.outcome() + ", but " + outcome);
            } else if (before.outcome().equals("WOULD_CHANGE") && !WORDED_BY_THE_NODE.contains(before.module())) {
                Value made = Objects.requireNonNull(real.get(task)).changes();
                if (!agree("", before.changes(), made)) {
                    differences.add(task + ": predicted " + Json.compact(before.changes()) + ", but made "
                            + Json.compact(made));
                }
            }
        });
        real.forEach((task, entry) -> {
            if (entry.outcome().equals("CHANGED") && !foretold.containsKey(task)) {
                differences.add(task + ": not predicted, but CHANGED");
            }
        });
        assertEquals(List.of(), differences);
        List<String> unknown = with(foretold, "UNDETERMINED").stream()
                .filter(task -> Objects.requireNonNull(foretold.get(task)).item().isEmpty()).toList();
        assertTrue(unknown.size() <= undetermined,
                () -> unknown.size() + " instead of at most " + undetermined + " are not determined: " + unknown);
        assertTrue(foretold.values().stream().anyMatch(entry -> entry.outcome().equals("WOULD_CHANGE")));
        plays(book, more);
        assertEquals(List.of(), with(entries(), "CHANGED"));
        return said;
    }

    private static List<String> with(Map<String, History.Entry> entries, String outcome) {
        return entries.entrySet().stream().filter(entry -> entry.getValue().outcome().equals(outcome))
                .map(Map.Entry::getKey).toList();
    }

    /**
     * Whether a prediction came true: it may say less than is known afterwards, nothing of what a package brings and is replaced or edited,
     * and give an account that is still to be made by its name, not its number.
     */
    private static boolean agree(String key, Value predicted, Value made) {
        return switch (predicted) {
            case MapValue map when made instanceof MapValue others -> map.byName().entrySet().stream()
                    .allMatch(entry -> others.get(entry.getKey())
                            .filter(value -> agree(entry.getKey(), entry.getValue(), value)).isPresent());
            case ListValue list when made instanceof ListValue others && list.items().size() == others.items().size() ->
                IntStream.range(0, list.items().size())
                        .allMatch(i -> agree("", list.items().get(i), others.items().get(i)));
            case Text(String text) when (text.isEmpty() && key.equals("before")) || text.startsWith("(unknown: ") ->
                true;
            case Text _ when made instanceof Int -> key.equals("owner") || key.equals("group");
            default -> predicted.equals(made);
        };
    }

    /** What became of each task, and of each item of a loop, on each host in the last run. */
    private Map<String, History.Entry> entries() {
        var entries = new TreeMap<String, History.Entry>();
        try (var history = new History(scratch.resolve("data/runs.db"))) {
            history.entries(history.runs(1).getFirst().id()).forEach(entry -> entries.put(entry.position() + " "
                    + entry.task() + " on " + entry.host() + entry.item().map(item -> ", " + item).orElse(""), entry));
        }
        return entries;
    }

    /** Runs a command as root on a node, which has to succeed, and gives what it prints. */
    String on(String node, String command) {
        return lab("ssh", node, "sudo sh -c '" + command.replace("'", "'\\''") + "'");
    }

    /** Runs a command of this machine in the network of a node, or in one that {@link #network} made. */
    String inside(String node, String... command) {
        var words = new ArrayList<>(List.of("ip", "netns", "exec", netns(node)));
        words.addAll(List.of(command));
        return run(words.toArray(String[]::new));
    }

    /** Makes a network namespace, which goes with the lab. */
    void network(String other) {
        run("ip", "netns", "add", netns(other));
        run("ip", "-n", netns(other), "link", "set", "lo", "up");
    }

    /** Lays a cable between an interface of one and an interface of another, up but without addresses. */
    void cable(String one, String itsEnd, String other, String otherEnd) {
        run("ip", "-n", netns(one), "link", "add", itsEnd, "type", "veth", "peer", "name", otherEnd, "netns",
                netns(other));
        run("ip", "-n", netns(one), "link", "set", itsEnd, "up");
        run("ip", "-n", netns(other), "link", "set", otherEnd, "up");
    }

    private String netns(String node) {
        return name + "-" + node;
    }

    /** Runs a command of this machine, which has to succeed, and gives what it prints. */
    String run(String... words) {
        Ended ended = tried(words);
        assertEquals(0, ended.code(), () -> String.join(" ", words) + ": " + ended.printed());
        return ended.printed();
    }

    /** How a command ended. */
    record Ended(int code, String printed) {}

    /** Runs a command of this machine that may fail. */
    Ended tried(String... words) {
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        if (!name.isEmpty()) {
            builder.environment().put("BRAMBLE_LAB_NAME", name);
            builder.environment().put("BRAMBLE_LAB_SUBNET", subnet);
        }
        try {
            Path said = Files.createTempFile(scratch, "said", ".log"); // what a command leaves running may keep a pipe open
            Process process = builder.redirectOutput(said.toFile()).start();
            process.getOutputStream().close();
            if (!process.waitFor(LONGEST, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail(String.join(" ", words) + " does not end");
            }
            return new Ended(process.exitValue(), new String(Files.readAllBytes(said), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Calls the lab's own command, which has to succeed. */
    String lab(String... words) {
        var all = new ArrayList<>(List.of(PROJECT.resolve("lab/lab").toString()));
        all.addAll(List.of(words));
        return run(all.toArray(String[]::new));
    }

    @Override
    public void close() {
        if (!name.isEmpty()) {
            lab("down", "--purge");
        }
    }
}
