package bramble.testkit.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Plays a playbook with each engine on a node with an empty card, then as a dry run over that, then once more. Then it compares what
 * they said of each task, the recaps, the exit codes, and the node's files after each run. (A dry run on the empty card would
 * tell little: there ansible-core fails at the first task that needs what another would have made.)
 */
public final class Comparison implements AutoCloseable {
    private static final long MINUTES = 15;
    private static final List<String> RUNS = List.of("first run", "dry run", "second run");

    private static final String FLAGS = "# flags:";
    private static final String EXIT = ".exit";
    private static final String TREE = ".tree";

    private final Options options;
    private final Path folder;

    /**
     * How to compare.
     *
     * @param home Bramble's folder
     * @param kind the kind of node: {@code python}, or {@code debian}, which has systemd, and gets Python first
     * @param lab the lab's name, and the first three numbers of its addresses
     * @param roots the folders of the node whose files are compared
     * @param ansible what plays a playbook with ansible-core
     * @param bramble what plays a playbook with Bramble, as {@code ansible-playbook} does
     * @param kept the outputs of an earlier comparison, from which ansible-core's part is taken, as far as it is there
     */
    public record Options(Path home, String kind, String lab, String subnet, List<String> roots,
            List<String> ansible, List<String> bramble, Optional<Path> kept) {
        public Options {
            roots = List.copyOf(roots);
            ansible = List.copyOf(ansible);
            bramble = List.copyOf(bramble);
        }
    }

    public Comparison(Options options) {
        this.options = options;
        try {
            this.folder = Files.createTempDirectory("compare");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Why there can be no comparison here; empty where there can. */
    public static Optional<String> obstacle(Path ansible) {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("the lab's nodes need root");
        }
        if (!Files.isExecutable(ansible)) {
            return Optional.of("there is no " + ansible + ": install the package ansible-core");
        }
        return Files.isExecutable(Path.of("/usr/bin/sshpass"))
                ? Optional.empty()
                : Optional.of("there is no /usr/bin/sshpass: install the package sshpass");
    }

    private record Ending(List<Played> runs, List<Tree> trees) {}

    /** Where the engines differ, a line each; nothing where they agree. */
    public List<String> compare(Path playbook) throws InterruptedException {
        Path hosts = playbook.toAbsolutePath().resolveSibling("hosts");
        return Files.exists(hosts) ? language(playbook, hosts) : nodes(playbook);
    }

    /** A playbook beside an inventory is played on this machine, with each of its flags, and all that is printed compared. */
    private List<String> language(Path playbook, Path hosts) throws InterruptedException {
        var found = new ArrayList<String>();
        for (String flags : flags(playbook)) {
            Said ansible = said(new Engine("ansible", options.ansible()), playbook, hosts, flags);
            Said bramble = said(new Engine("bramble", options.bramble()), playbook, hosts, flags);
            var here = new ArrayList<String>();
            if (ansible.code() != bramble.code()) {
                here.add("  exit code: " + ansible.code() + " | " + bramble.code());
            }
            here.addAll(Printed.of(ansible.out()).against(Printed.of(bramble.out())));
            if (!here.isEmpty()) {
                found.add("with " + (flags.isEmpty() ? "no flags" : flags) + ":");
                found.addAll(here);
            }
        }
        return found;
    }

    private static List<String> flags(Path playbook) {
        try {
            List<String> written = Files.readAllLines(playbook).stream().filter(line -> line.startsWith(FLAGS))
                    .map(line -> line.substring(FLAGS.length()).strip()).toList();
            return written.isEmpty() ? List.of("-v") : written;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Said said(Engine engine, Path playbook, Path hosts, String flags) throws InterruptedException {
        String command = String.join(" ", engine.command()) + " -i " + hosts + " " + flags + " "
                + playbook.getFileName();
        Said said = run(List.of("/bin/sh", "-c", command), hosts.resolveSibling(""));
        write(engine.name() + "." + playbook.getFileName() + flags.replaceAll("[^\\w-]+", "."),
                said.out() + said.err());
        return said;
    }

    private List<String> nodes(Path playbook) throws InterruptedException {
        Optional<Ending> kept = options.kept().flatMap(from -> kept(from, playbook));
        Ending ansible = kept.isPresent()
                ? kept.get()
                : play(new Engine("ansible", options.ansible()), playbook);
        Ending bramble = play(new Engine("bramble", options.bramble()), playbook);
        var differences = new Differences();
        for (int i = 0; i < RUNS.size(); i++) {
            differences.runs(RUNS.get(i), ansible.runs().get(i), bramble.runs().get(i));
            differences.trees(RUNS.get(i), ansible.trees().get(i), bramble.trees().get(i));
        }
        return differences.lines();
    }

    /** What an engine printed in its last comparison, for those who look closer. */
    public Path outputs() {
        return folder;
    }

    private Ending play(Engine engine, Path playbook) throws InterruptedException {
        fresh();
        Path inventory = inventory();
        var runs = new ArrayList<Played>();
        var trees = new ArrayList<Tree>();
        for (String run : RUNS) {
            var words = new ArrayList<>(engine.command());
            words.addAll(List.of("-v", "--diff", "-i", inventory.toString()));
            if (run.equals("dry run")) {
                words.add("--check");
            }
            words.add(playbook.toAbsolutePath().toString());
            Said said = run(words, options.home());
            String name = name(engine.name(), playbook, run);
            write(name, said.out() + said.err());
            write(name + EXIT, Integer.toString(said.code()));
            runs.add(Played.of(said.code(), said.out()));
            String tree = onNode(Tree.script(options.roots())).out();
            write(name + TREE, tree);
            trees.add(Tree.of(tree));
        }
        return new Ending(runs, trees);
    }

    private static String name(String engine, Path playbook, String run) {
        return engine + "." + playbook.getFileName() + "." + run.replace(' ', '-');
    }

    /** What ansible-core did in an earlier comparison; nothing if it didn't play the playbook then. */
    private static Optional<Ending> kept(Path from, Path playbook) {
        var runs = new ArrayList<Played>();
        var trees = new ArrayList<Tree>();
        for (String run : RUNS) {
            Path said = from.resolve(name("ansible", playbook, run));
            try {
                runs.add(Played.of(Integer.parseInt(Files.readString(from.resolve(said.getFileName() + EXIT))),
                        Files.readString(said)));
                trees.add(Tree.of(Files.readString(from.resolve(said.getFileName() + TREE))));
            } catch (NoSuchFileException _) {
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Optional.of(new Ending(runs, trees));
    }

    private void fresh() throws InterruptedException {
        Path nodes = write("nodes.tsv", "cmp " + address() + " " + options.kind() + "\n");
        Said up = run(List.of(options.home().resolve("lab/lab").toString(), "up", "--fresh", "--nodes",
                nodes.toString()), options.home());
        if (up.code() != 0) {
            throw new IllegalStateException("Tried to start a node, but " + up.err());
        }
        if (options.kind().equals("debian")) {
            onNode("apt-get install -y -q --no-install-recommends python3 >/dev/null 2>&1");
        }
    }

    private String address() {
        return options.subnet() + ".11";
    }

    private Path inventory() throws InterruptedException {
        String lab = run(List.of(options.home().resolve("lab/lab").toString(), "where"), options.home()).out().strip();
        return write("inventory.yml", """
                all:
                  hosts:
                    node:
                      ansible_host: %s
                      ansible_user: pi
                      ansible_password: raspberry
                      ansible_python_interpreter: /usr/bin/python3
                      ansible_ssh_common_args: -o UserKnownHostsFile=%s/known_hosts
                """.formatted(address(), lab));
    }

    private Said onNode(String script) throws InterruptedException {
        return run(List.of(options.home().resolve("lab/lab").toString(), "ssh", "cmp",
                "sudo sh -c '" + script.replace("'", "'\\''") + "'"), options.home());
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Said(int code, String out, String err) {}

    private Said run(List<String> words, Path in) throws InterruptedException {
        try {
            Path err = folder.resolve("stderr");
            Path out = folder.resolve("stdout");
            var builder = new ProcessBuilder(words).directory(in.toFile()).redirectError(err.toFile())
                    .redirectOutput(out.toFile()).redirectInput(Path.of("/dev/null").toFile());
            builder.environment().putAll(Map.of("BRAMBLE_LAB_NAME", options.lab(), "BRAMBLE_LAB_SUBNET",
                    options.subnet(), "ANSIBLE_NOCOLOR", "1", "ANSIBLE_RETRY_FILES_ENABLED", "0", "BRAMBLE_DATA",
                    folder.resolve("data").toString(), "ANSIBLE_DEPRECATION_WARNINGS", "0", "ANSIBLE_PIPELINING", "1"));
            Process process = builder.start();
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException(words.getFirst() + " took more than " + MINUTES + " minutes");
            }
            return new Said(process.exitValue(), text(out), text(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Takes the node away. */
    @Override
    public void close() {
        try {
            if (Files.exists(folder.resolve("nodes.tsv"))) {
                run(List.of(options.home().resolve("lab/lab").toString(), "down", "--purge"), options.home());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
