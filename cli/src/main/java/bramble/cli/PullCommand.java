package bramble.cli;

import bramble.galaxy.Git;
import bramble.galaxy.Place;
import bramble.problem.Problem;
import bramble.problem.Source;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Gets playbooks from a git repository, and plays them on this machine: {@code bramble pull}, {@code ansible-pull}. */
final class PullCommand {
    private final Session session;
    /** Flags that are given to the play as they are. */
    private final List<String> passed = new ArrayList<>();
    private final List<String> inventory = new ArrayList<>();
    private final List<String> playbooks = new ArrayList<>();
    private Optional<String> url = Optional.empty();
    private Optional<String> directory = Optional.empty();
    private Optional<String> checkout = Optional.empty();
    private Optional<String> limit = Optional.empty();
    private String connection = "local";
    private String kind = "git";
    private String sleep = "0";
    private boolean purge;
    private boolean onlyIfChanged;
    private boolean force;
    private boolean full;
    private boolean acceptHostKey;
    private boolean verify;
    private boolean clean;
    private boolean trackSubmodules;
    private boolean check;
    private boolean listHosts;

    PullCommand(Session session) {
        this.session = session;
    }

    Command command() {
        return Command.of("pull", "Get playbooks by git, and play them on this machine.", this::declare, this::pull);
    }

    private void declare(Syntax syntax) {
        syntax.value(text -> url = Optional.of(text), "URL", "the repository", "-U", "--url");
        syntax.value(text -> checkout = Optional.of(text), "CHECKOUT", "a branch, tag or commit", "-C", "--checkout");
        syntax.value(text -> directory = Optional.of(text), "DEST", "the folder for it (~/.ansible/pull/HOST)", "-d",
                "--directory");
        syntax.value(inventory::add, "INVENTORY", "an inventory; also one of the repository", "-i", "--inventory",
                "--inventory-file");
        syntax.value(text -> limit = Optional.of(text), "SUBSET", "only these of the hosts (this machine)", "-l",
                "--limit");
        syntax.flag(() -> onlyIfChanged = true, "play only if something new came", "-o", "--only-if-changed");
        syntax.flag(() -> force = true, "play also where the repository can't be got", "-f", "--force");
        syntax.flag(() -> clean = true, "undo what was changed in the folder", "--clean");
        syntax.flag(() -> purge = true, "remove the folder afterwards", "--purge");
        syntax.flag(() -> full = true, "get the whole history", "--full");
        syntax.value(text -> sleep = text, "SLEEP", "first wait a random time of at most so many seconds", "-s",
                "--sleep");
        syntax.flag(() -> acceptHostKey = true, "accept the server's host key, if it is new", "--accept-host-key");
        syntax.flag(() -> verify = true, "play only a commit whose signature is good", "--verify-commit");
        syntax.flag(() -> trackSubmodules = true, "submodules at their newest", "--track-subs");
        syntax.value(text -> kind = text, "MODULE_NAME", "how to get it: git", "-m", "--module-name");
        syntax.flag(() -> check = true, "change nothing; tell what would change", "--check");
        syntax.flag(() -> listHosts = true, "list the hosts, and stop", "--list-hosts");
        syntax.value(text -> connection = text, "CONNECTION", "the connection (local)", "-c", "--connection");
        pass(syntax, "show what changes, line by line", false, "--diff");
        pass(syntax, "tell more; -vvv tells most", false, "-v", "--verbose");
        pass(syntax, "ask for the login's password", false, "-k", "--ask-pass");
        pass(syntax, "ask for the password that becoming takes", false, "-K", "--ask-become-pass");
        pass(syntax, "ask for the vault's password", false, "--ask-vault-password", "--ask-vault-pass");
        pass(syntax, "log in as this user", true, "-u", "--user");
        passFile(syntax, "log in with this private key", "--private-key", "--key-file");
        pass(syntax, "how long a connection may take to open", true, "-T", "--timeout");
        passFile(syntax, "a file with the login's password", "--connection-password-file", "--conn-pass-file");
        passFile(syntax, "a file with the password that becoming takes", "--become-password-file",
                "--become-pass-file");
        passFile(syntax, "a vault's identity and its password's source", "--vault-id");
        passFile(syntax, "a file with the vault's password", "--vault-password-file", "--vault-pass-file");
        passFile(syntax, "variables that are stronger than all others", "-e", "--extra-vars");
        pass(syntax, "only tasks with these tags", true, "-t", "--tags");
        pass(syntax, "no tasks with these tags", true, "--skip-tags");
        passFile(syntax, "folders of modules", "-M", "--module-path");
        for (String name : List.of("--ssh-common-args", "--ssh-extra-args", "--sftp-extra-args", "--scp-extra-args")) {
            pass(syntax, "further arguments, as ssh has them", true, name);
        }
        syntax.words(playbooks::add, "PLAYBOOK.YML", false);
    }

    private void pass(Syntax syntax, String description, boolean valued, String... names) {
        if (valued) {
            syntax.value(text -> passed.addAll(List.of(names[names.length - 1], text)), "VALUE", description, names);
        } else {
            syntax.flag(() -> passed.add(names[names.length - 1]), description, names);
        }
    }

    /** A value that may name a file of the folder one is in; what is played is played in another. */
    private void passFile(Syntax syntax, String description, String... names) {
        String name = names[names.length - 1];
        syntax.value(text -> passed.addAll(List.of(name, switch (name) {
            case "--extra-vars" -> text.startsWith("@") ? "@" + here(text.substring(1)) : text;
            case "--vault-id" -> text.substring(0, text.indexOf('@') + 1) + here(text.substring(text.indexOf('@') + 1));
            case "--module-path" -> Arrays.stream(text.split(":", -1)).map(this::here)
                    .collect(Collectors.joining(":"));
            case String _ -> here(text);
        })), "VALUE", description, names);
    }

    /** The whole path of a file that is there; other words stay. */
    private String here(String text) {
        Path path = session.folder().resolve(Configuration.home(text));
        return !text.isEmpty() && Files.exists(path) ? path.toString() : text;
    }

    private int pull() throws Exception {
        String repository = url.orElseThrow(() -> UsageException.options("which repository? Say it with -U",
                "URL for repository not specified, use -h for help"));
        if (!kind.equals("git")) {
            throw UsageException.options("playbooks are got by git, not by " + kind,
                    "Unsupported repo module " + kind + ", choices are git");
        }
        Path folder = directory.map(text -> session.folder().resolve(Configuration.home(text)).normalize())
                .orElseGet(() -> session.configuration().home().resolve("pull").resolve(hostName()));
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw UsageException.options(folder + " is no folder to get the repository into",
                    folder + " is not a valid or accessible directory.");
        }
        if (!sleep.matches("\\d{1,9}")) {
            throw UsageException.options("argument -s/--sleep: expected a whole number, but found \"" + sleep + "\"",
                    sleep + " is not a number.");
        }
        if (session.compat()) {
            session.out().println("Starting Ansible Pull at " + DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss",
                    Locale.ROOT).format(ZonedDateTime.now(ZoneId.systemDefault())));
            session.out().println(String.join(" ", words()));
        }
        if (!sleep.equals("0")) {
            TimeUnit.SECONDS.sleep(ThreadLocalRandom.current().nextInt(Integer.parseInt(sleep) + 1));
        }
        if (listHosts) {
            return new ExecCommand(session).command().call(git(repository, folder, true));
        }
        Optional<String> before = commit(folder);
        int got = new ExecCommand(session.in(session.folder(), List.of("exec"))).command()
                .call(git(repository, folder, false));
        boolean fresh = !before.equals(commit(folder));
        if (got != 0) {
            if (!force) {
                return got;
            }
            session.report(Problem.warning(Source.NONE,
                    "Unable to update repository. Continuing with (forced) run of playbook.", ""));
        } else if (onlyIfChanged && !fresh) {
            session.out().println("Repository has not changed, quitting.");
            return 0;
        }
        try {
            return play(folder);
        } finally {
            if (purge) {
                Place.remove(folder);
            }
        }
    }

    /** The words of the call, without passwords in addresses. */
    private List<String> words() {
        var words = new ArrayList<>(session.arguments());
        words.set(0, "ansible-pull");
        return words.stream().map(bramble.galaxy.Web::shown).toList();
    }

    /** The commit that is checked out in a folder. */
    private static Optional<String> commit(Path folder) {
        if (!Files.isDirectory(folder.resolve(".git"))) {
            return Optional.empty();
        }
        Git.Said said = Git.call(folder, "", List.of("rev-parse", "HEAD"));
        return said.code() == 0 ? Optional.of(said.text().strip()) : Optional.empty();
    }

    /** How a single module gets the repository. */
    private List<String> git(String repository, Path folder, boolean onlyList) {
        hidePassword(repository);
        var arguments = new StringBuilder("name=").append(quoted(repository)).append(" dest=")
                .append(quoted(folder.toString()));
        checkout.ifPresent(version -> arguments.append(" version=").append(quoted(version)));
        if (acceptHostKey) {
            arguments.append(" accept_hostkey=yes");
        }
        if (verify) {
            arguments.append(" verify_commit=yes");
        }
        if (clean) {
            arguments.append(" force=yes");
        }
        if (trackSubmodules) {
            arguments.append(" track_submodules=yes");
        }
        if (!full) {
            arguments.append(" depth=1");
        }
        var words = new ArrayList<>(List.of("-i", "localhost,", "-c", "local", "-m", "git", "-a",
                arguments.toString()));
        if (onlyList) {
            words.add("--list-hosts");
        }
        words.add("localhost");
        return words;
    }

    private void hidePassword(String repository) {
        String user = repository.replaceFirst("^[a-z+]+://([^/@]*)@.*$", "$1");
        int colon = user.indexOf(':');
        if (!user.equals(repository) && colon >= 0) {
            session.hide(user.substring(colon + 1));
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    private int play(Path folder) throws Exception {
        List<String> names = chosen(folder);
        if (names.isEmpty()) {
            throw UsageException.options("there is no playbook to play", "Could not find a playbook to run.");
        }
        var words = new ArrayList<>(passed);
        for (String one : inventory.isEmpty() ? usual() : inventory) {
            words.addAll(List.of("-i", one.contains(",") ? one : here(one)));
        }
        words.addAll(List.of("-c", connection, "-l", limit.orElse(String.join(",", "localhost", hostName(),
                "127.0.0.1")), "--allow-no-hosts"));
        if (check) {
            words.add("--check");
        }
        words.add("--");
        words.addAll(names);
        var run = new ArrayList<>(List.of("run"));
        run.addAll(words);
        return new PlaybookCommand(session.in(folder, run)).command().call(words);
    }

    /** Where nobody names an inventory: that of the configuration, or this machine alone. */
    private List<String> usual() {
        return session.configuration().text("defaults", "inventory").isPresent()
                || Files.exists(Path.of("/etc/ansible/hosts")) ? List.of() : List.of("localhost,");
    }

    /** The playbooks that were named; else the one that is called like this machine, or local.yml. */
    private List<String> chosen(Path folder) {
        if (!playbooks.isEmpty()) {
            List<String> missing = playbooks.stream().filter(name -> !Files.isRegularFile(folder.resolve(name)))
                    .toList();
            missing.forEach(name -> session.report(Problem.warning(Source.NONE,
                    folder.resolve(name) + ": File does not exist", "")));
            return missing.isEmpty() ? List.copyOf(playbooks) : List.of();
        }
        List<String> usual = List.of(hostName() + ".yml", hostName().replaceFirst("\\..*$", "") + ".yml", "local.yml")
                .stream().distinct().toList();
        Optional<String> first = usual.stream().filter(name -> Files.isRegularFile(folder.resolve(name))).findFirst();
        if (first.isEmpty()) {
            session.report(Problem.warning(Source.NONE, "None of the usual playbooks is in " + folder + ": "
                    + String.join(", ", usual) + ".", "Name the playbook behind the flags."));
        }
        return first.stream().toList();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return Transports.hostName();
        }
    }
}
