package bramble.cli;

import bramble.args.Modules;
import bramble.args.Schema;
import bramble.inventory.Group;
import bramble.playbook.Library;
import bramble.playbook.Routes;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Bool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs modules line by line on hosts that one goes to like to a folder: {@code bramble console}, {@code ansible-console}. */
final class ConsoleCommand {
    private static final Map<String, String> WORDS = new TreeMap<>(Map.ofEntries(
            Map.entry("cd", "cd PATTERN: the hosts that lines are for from now on; all without a pattern"),
            Map.entry("list", "list [groups]: these hosts, or all groups"),
            Map.entry("forks", "forks N: how many hosts work at once"),
            Map.entry("become", "become yes|no: as another user"),
            Map.entry("become_user", "become_user NAME: as whom"),
            Map.entry("become_method", "become_method NAME: sudo, su, doas or runuser"),
            Map.entry("remote_user", "remote_user NAME: who logs in"),
            Map.entry("verbosity", "verbosity N: how much is told"),
            Map.entry("check", "check yes|no: change nothing, tell what would change"),
            Map.entry("diff", "diff yes|no: show what changes, line by line"),
            Map.entry("timeout", "timeout SECONDS: how long a module may take; 0 for ever"),
            Map.entry("collections", "collections [NAME...]: whose modules need no full name; those of all others do"),
            Map.entry("shell", "shell COMMAND, !COMMAND: a command in the shell of each host"),
            Map.entry("help", "help [WORD|MODULE]: this list, or what one of them does"),
            Map.entry("exit", "exit: the end, as with Ctrl-D")));

    private final InventoryFlags inventory = new InventoryFlags();
    private final LoginFlags login = new LoginFlags();
    private final RunFlags run = new RunFlags();
    private final Session session;
    private final PrintStream out;
    private String pattern = "all";
    private boolean listHosts;
    private Optional<Integer> taskTimeout = Optional.empty();
    private Optional<String> playbookDir = Optional.empty();
    private List<String> collections = List.of();

    /** Found when they are first asked for: every command's start makes this one, too. */
    private static final class Known {
        static final Modules MODULES = new Modules();
    }

    ConsoleCommand(Session session) {
        this.session = session;
        this.out = session.out();
    }

    Command command() {
        return Command.of("console", "Run modules on hosts, line by line.", this::declare, this::converse);
    }

    private void declare(Syntax syntax) {
        inventory.declare(syntax);
        login.declare(syntax);
        run.declare(syntax);
        syntax.flag(() -> listHosts = true, "list the hosts, and stop", "--list-hosts");
        syntax.flag(() -> {}, "", "--step");
        syntax.value(folder -> playbookDir = Optional.of(folder), "FOLDER",
                "the folder of a playbook, whose modules count too", "--playbook-dir");
        syntax.number(seconds -> taskTimeout = Optional.of(seconds), "SECONDS", "how long a module may take",
                "--task-timeout");
        syntax.optionalWord(text -> pattern = text, "PATTERN");
    }

    private int converse() throws InterruptedException, IOException {
        inventory.allowNoHosts = true;
        var said = ConcurrentHashMap.<Problem>newKeySet();
        Launch launch = session.launch(problem -> {
            if (said.add(problem)) { // each line asks anew who is meant
                session.report(problem);
            }
        });
        Launch.Sources sources = launch.files(inventory);
        List<String> hosts = hosts(launch, sources, pattern);
        if (hosts.isEmpty() && !sources.inventory().hosts().isEmpty()) {
            throw new ProblemException(Source.NONE, PlaybookCommand.NOBODY_LEFT);
        }
        if (listHosts) {
            hosts.forEach(out::println);
            return 0;
        }
        if (run.forks.isEmpty()) {
            run.forks = Optional.of(session.configuration().number(session.compat() ? 5 : 32, "defaults", "forks"));
        }
        out.println(session.compat()
                ? "Welcome to the ansible console. Type help or ? to list commands.\n"
                : "Each line is a module with its arguments, or a command for the shell. `help` lists the rest.\n");
        prompt(hosts.size());
        for (Optional<String> line = line(); line.isPresent(); line = line()) {
            String text = line.get().strip();
            if (text.equals("exit") || text.equals("EOF")) {
                break;
            }
            try {
                answer(text, launch, sources);
            } catch (ProblemException e) {
                session.report(e);
            } catch (UsageException e) {
                out.println(e.getMessage());
            }
            prompt(hosts(launch, sources, pattern).size());
        }
        out.println("\n" + (session.compat() ? "Ansible-console was exited." : "Bye."));
        return 0;
    }

    private List<String> hosts(Launch launch, Launch.Sources sources, String wanted) {
        return launch.select(sources.inventory(), wanted, inventory.limit());
    }

    private void prompt(int hosts) {
        String user = login.user.or(() -> session.configuration().text("defaults", "remote_user"))
                .orElse(System.getProperty("user.name"));
        out.print(user + "@" + pattern + " (" + hosts + ")[f:" + run.forks.orElse(0) + "]"
                + (login.become && login.becomeUser.filter(name -> !name.equals("root")).isEmpty() ? "# " : "$ "));
        out.flush();
    }

    /** A line of standard input, read letter by letter: what follows may be for a question that a task asks. */
    private static Optional<String> line() throws IOException {
        var bytes = new ByteArrayOutputStream();
        int letter = System.in.read();
        if (letter < 0) {
            return Optional.empty();
        }
        while (letter >= 0 && letter != '\n') {
            bytes.write(letter);
            letter = System.in.read();
        }
        return Optional.of(bytes.toString(StandardCharsets.UTF_8));
    }

    private void answer(String line, Launch launch, Launch.Sources sources) throws InterruptedException {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        String[] parts = line.split("\\s+", 2);
        String rest = parts.length > 1 ? parts[1].strip() : "";
        switch (parts[0]) {
            case "help", "?" -> help(rest);
            case "collections" -> collections = rest.isEmpty() ? List.of() : List.of(rest.split("[\\s,]+", -1));
            case "cd" -> go(rest, launch, sources);
            case "list" -> {
                if (rest.equals("groups")) {
                    sources.inventory().groups().stream().map(Group::name).sorted().forEach(out::println);
                } else {
                    hosts(launch, sources, pattern).forEach(out::println);
                }
            }
            case "forks" -> number("forks", rest, 1, value -> run.forks = Optional.of(value));
            case "verbosity" -> number("verbosity", rest, 0, value -> {
                run.verbose = value;
                out.println("verbosity level set to " + value);
            });
            case "timeout" -> number("timeout", rest, 0,
                    value -> taskTimeout = Optional.of(value).filter(seconds -> seconds > 0));
            case "become" -> flag("become", rest, value -> login.become = value);
            case "check" -> {
                flag("check", rest, value -> run.check = value);
                told("check", rest, run.check);
            }
            case "diff" -> {
                flag("diff", rest, value -> run.diff = value);
                told("diff", rest, run.diff);
            }
            case "become_user" -> word("become_user", rest, value -> login.becomeUser = Optional.of(value));
            case "become_method" -> word("become_method", rest, value -> login.becomeMethod = Optional.of(value));
            case "remote_user" -> word("remote_user", rest, value -> login.user = Optional.of(value));
            case "shell" -> play(launch, sources, "shell", rest);
            case String name -> {
                if (line.startsWith("!")) {
                    play(launch, sources, "shell", line.substring(1).strip());
                } else if (line.startsWith("?")) {
                    help(line.substring(1).strip());
                } else {
                    Optional<String> module = module(name);
                    play(launch, sources, module.orElse("shell"), module.isPresent() ? rest : line);
                }
            }
        }
    }

    /** The module that a word means: Bramble's, or one that is brought. */
    private Optional<String> module(String name) {
        if (Known.MODULES.find(name).isPresent()) {
            return Optional.of(name);
        }
        var folders = new ArrayList<>(session.configuration().library());
        var paths = new ArrayList<>(session.configuration().collections());
        playbookDir.map(Configuration::home).map(session.folder()::resolve).ifPresent(folder -> {
            folders.add(folder.resolve("library"));
            paths.add(folder.resolve("collections"));
        });
        var library = new Library(folders, List.of(), paths, new Routes());
        return Stream.concat(Stream.of(name), collections.stream().map(collection -> collection + "." + name))
                .filter(one -> Known.MODULES.find(one).isPresent() || library.find(one).isPresent()
                        || (one.matches("\\w+\\.\\w+\\.[\\w.]+") && library.way(one).file().isPresent()))
                .findFirst();
    }

    private void play(Launch launch, Launch.Sources sources, String module, String arguments)
            throws InterruptedException {
        if (hosts(launch, sources, pattern).isEmpty()) {
            out.println("No hosts found");
            return;
        }
        var _ = new ExecCommand(session, inventory, login, run).within(taskTimeout, playbookDir).execute(launch,
                sources, pattern, module, arguments);
        out.flush();
    }

    private void go(String wanted, Launch launch, Launch.Sources sources) {
        String next = wanted.isEmpty() || wanted.equals("*") || wanted.equals("/") || wanted.equals("/*")
                ? "all"
                : wanted.replaceFirst("^/", "");
        if (next.equals("..")) {
            next = "all";
        }
        if (hosts(launch, sources, next).isEmpty()) {
            out.println("no host matched");
        } else {
            pattern = next;
        }
    }

    private void help(String word) {
        if (word.isEmpty()) {
            WORDS.values().forEach(line -> out.println("  " + line));
            out.println(
                    "All else is a module with its arguments, or a command for the shell. `help MODULE` tells of one.");
        } else if (WORDS.containsKey(word)) {
            out.println(WORDS.get(word));
        } else {
            Known.MODULES.find(word).ifPresentOrElse(module -> {
                out.println(Schema.of(module.args()).doc().value());
                out.println("Parameters:");
                Schema.of(module.args()).arguments().stream().filter(argument -> !argument.rest())
                        .forEach(argument -> out.println("  " + argument.name() + "  " + argument.doc()));
            }, () -> out.println("*** No help on " + word));
        }
    }

    private void number(String name, String text, int least, Consumer<Integer> set) {
        if (text.isEmpty()) {
            out.println("Usage: " + name + " <number>");
        } else if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < least) {
            out.println("Tried to set " + name + ", but \"" + text + "\" is no number from " + least + " on.");
        } else {
            set.accept(Integer.parseInt(text));
        }
    }

    private void flag(String name, String text, Consumer<Boolean> set) {
        if (text.isEmpty()) {
            out.println("Please specify a " + name + " value, e.g. `" + name + " yes`");
        } else {
            KnownSetting.flag(text).ifPresentOrElse(value -> set.accept(value == Bool.TRUE), () -> out.println(
                    "Tried to set " + name + ", but \"" + text + "\" is neither yes nor no."));
        }
    }

    private void told(String name, String text, boolean now) {
        if (!text.isEmpty()) {
            out.println(name + " mode changed to " + (now ? "True" : "False"));
        }
    }

    private void word(String name, String text, Consumer<String> set) {
        if (text.isEmpty()) {
            out.println("Please specify a " + name.replace("_", " ") + ", e.g. `" + name
                    + (name.endsWith("method") ? " su`" : " jenkins`"));
        } else {
            set.accept(text);
        }
    }
}
