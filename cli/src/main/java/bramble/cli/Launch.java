package bramble.cli;

import bramble.check.Given;
import bramble.check.PlaybookCheck;
import bramble.check.Report;
import bramble.connection.Passphrases;
import bramble.event.Event;
import bramble.inventory.GroupNames;
import bramble.inventory.Host;
import bramble.inventory.HostPattern;
import bramble.inventory.IgnoredNames;
import bramble.inventory.Inventory;
import bramble.inventory.InventoryReader;
import bramble.inventory.VariableFiles;
import bramble.args.Modules;
import bramble.args.ShellSplit;
import bramble.inventory.Variables;
import bramble.brought.Resident;
import bramble.playbook.Keyword;
import bramble.playbook.Playbook;
import bramble.playbook.PlaybookLoader;
import bramble.playbook.Surroundings;
import bramble.playbook.Tags;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.run.FactCache;
import bramble.run.FactFiles;
import bramble.run.FactRedis;
import bramble.run.Holder;
import bramble.run.KeepableFacts;
import bramble.run.ModuleActions;
import bramble.run.Options;
import bramble.run.PlaybookRun;
import bramble.run.PythonPlugins;
import bramble.run.PythonVariables;
import bramble.run.Resumption;
import bramble.run.Terminal;
import bramble.template.Scope;
import bramble.template.Site;
import bramble.template.Mention;
import bramble.template.Templates;
import bramble.value.Int;
import bramble.value.MapValue;
import bramble.value.Merging;
import bramble.value.Secrets;
import bramble.value.Undefined;
import bramble.value.Value;
import bramble.vault.PasswordSources;
import bramble.vault.Vault;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Puts the engine together from what the command line, the configuration and the environment say. */
final class Launch {
    private final Configuration configuration;
    private final Path folder;
    /** Folders of modules that the command line names. */
    private List<Path> modulePath = List.of();
    private final Terminal person;
    private final Consumer<Problem> problems;
    private final Secrets secrets;
    private final boolean compat;
    private final boolean lenient;
    private final Transports transports;
    private final Modules modules = new Modules();
    /** Runs plugins in Python; it is started when there is one to run. */
    private final Resident python;

    /** @param compat whether inventories that can't be read are left out with a warning, as Ansible does */
    Launch(Configuration configuration, Path folder, Terminal person, Consumer<Problem> problems,
            Secrets secrets, boolean compat) {
        this.configuration = configuration;
        this.folder = folder;
        this.python = new Resident(folder);
        this.person = person;
        this.problems = duplicates(problems);
        this.secrets = secrets;
        this.transports = new Transports(this.problems, new Passphrases(question -> {
            Optional<String> typed = Person.reachable() ? person.ask(question, false) : Optional.empty();
            typed.ifPresent(secrets::add);
            return typed;
        }), Records.pinned(configuration.environment()));
        this.compat = compat;
        this.lenient = compat && !configuration.flag(false, "inventory", "any_unparsed_is_failed");
    }

    /** All that reads the user's files. */
    record Sources(Vault vault, VariableFiles variables, Inventory inventory, MapValue extraVars,
            List<String> sources, List<Path> collections) {
        private static final int MOST = 8;

        /** With the collections beside these playbooks, which those that they import use, too. */
        Sources beside(Path folder, List<String> playbooks) {
            return new Sources(vault, variables, inventory, extraVars, sources, playbooks.stream()
                    .map(name -> folder.resolve(name).toAbsolutePath().normalize().resolveSibling("collections"))
                    .distinct().toList());
        }

        /** What is said of a name that no host of the inventory has. */
        Problem noHost(String name) {
            return Problem.error(Source.NONE, "There is no host " + name + " in the inventory.",
                    severalHosts(name).or(() -> several(name)).orElseGet(
                            () -> Nearest.hint(name, inventory.hosts().stream().map(Host::name).toList())));
        }

        /** Of a group, which may have been meant: its hosts. */
        private Optional<String> severalHosts(String group) {
            List<String> members = inventory.group(group).isEmpty()
                    ? List.of()
                    : inventory.members(group).stream().map(Host::name).toList();
            return inventory.group(group).map(_ -> group + " is a group: name " + (members.isEmpty()
                    ? "a host; it has none."
                    : "hosts, each by itself: " + String.join(", ", members.subList(0, Math.min(MOST, members.size())))
                            + (members.size() > MOST ? ", ..." : "") + "."));
        }

        private static Optional<String> several(String name) {
            return Optional.of("Hosts are named here each by itself; patterns and lists with commas aren't taken.")
                    .filter(_ -> name.matches(".*[*?,:&!~\\[].*"));
        }

        List<Path> allCollections(Configuration configuration) {
            return Stream.concat(collections.stream(), configuration.collections().stream()).toList();
        }
    }

    Secrets secrets() {
        return secrets;
    }

    /** What the configuration says about keys that stand twice in a YAML mapping. */
    private Consumer<Problem> duplicates(Consumer<Problem> told) {
        String mode = configuration.text("defaults", "duplicate_dict_key")
                .orElse("warn");
        return problem -> {
            if (problem.summary().startsWith("Could not match supplied host pattern")) {
                pattern(problem, told);
                return;
            }
            boolean duplicate = problem.summary().contains(YamlReader.DUPLICATE);
            if (duplicate && mode.equals("error")) {
                throw new ProblemException(Problem.error(problem.source(), problem.summary(), problem.hint()));
            }
            if (!duplicate || !mode.equals("ignore")) {
                told.accept(problem);
            }
        };
    }

    /** What the configuration says about patterns that match no host. */
    private void pattern(Problem problem, Consumer<Problem> told) {
        switch (configuration.choice("warning", List.of("warning", "error", "ignore"), "inventory",
                "host_pattern_mismatch")) {
            case "error" ->
                throw new ProblemException(Problem.error(problem.source(), problem.summary(), problem.hint()));
            case "warning" -> told.accept(problem);
            case String _ -> {
                // nobody wants to know
            }
        }
    }

    /** How group names with characters that variables can't have are taken. */
    private GroupNames groupNames() {
        return switch (configuration
                .text("defaults", "force_valid_group_names")
                .orElse("never")) {
            case "always", "true", "True" -> new GroupNames(true, true);
            case "silently" -> new GroupNames(true, false);
            case "ignore" -> new GroupNames(false, false);
            case String _ -> GroupNames.AS_WRITTEN;
        };
    }

    private IgnoredNames ignoredNames() {
        return new IgnoredNames(configuration.found("inventory", "ignore_extensions").isPresent()
                ? configuration.words("inventory", "ignore_extensions")
                : IgnoredNames.USUAL.ends(), configuration.patterns("inventory", "ignore_patterns"));
    }

    Vault vault(InventoryFlags flags) {
        PasswordSources sources = configuration.passwords(this::asked, problems);
        return new Vault(sources.identities(configuration.vaultIds(flags.vaultIds),
                configuration.vaultPasswordFiles(flags.vaultPasswordFiles),
                flags.askVaultPassword || configuration.flag(false, "defaults", "ask_vault_pass")),
                configuration.flag(false, "defaults", "vault_id_match"), secrets);
    }

    Sources files(InventoryFlags flags) {
        return files(flags, List.of());
    }

    /** @param playbooks those that are to be played */
    Sources files(InventoryFlags flags, List<String> playbooks) {
        Vault vault = vault(flags);
        var places = new ArrayList<>(configuration.plugins("vars"));
        playbooks.forEach(name -> places.add(folder.resolve(name).toAbsolutePath().resolveSibling("vars_plugins")));
        var variables = new VariableFiles(folder, vault, problems, merging(), new PythonVariables(python, places,
                configuration.collections(), configuration.words("defaults", "vars_plugins_enabled"), problems));
        List<String> sources = sources(flags);
        Inventory inventory = inventory(variables, sources);
        return new Sources(vault, variables, inventory, ExtraVars.of(flags.extraVars, variables), sources,
                List.of()).beside(folder, playbooks);
    }

    private List<String> sources(InventoryFlags flags) {
        if (!flags.inventory.isEmpty()) {
            return List.copyOf(flags.inventory);
        }
        Optional<String> configured = configuration.text("defaults", "inventory");
        if (configured.isPresent()) {
            Path base = configuration.file().map(Path::toAbsolutePath).map(Path::getParent)
                    .filter(_ -> !configuration.ofEnvironment("ANSIBLE_INVENTORY")).orElse(folder);
            return Arrays.stream(configured.get().split(",", -1)).map(String::strip).filter(text -> !text.isEmpty())
                    .map(text -> base.resolve(Configuration.home(text)).toString()).toList();
        }
        for (String usual : List.of("inventory", "inventory.yml", "inventory.ini", "hosts", "/etc/ansible/hosts")) {
            if (Files.exists(folder.resolve(usual)) && (usual.startsWith("/") || !usual.equals("hosts"))) {
                return List.of(folder.resolve(usual).toString());
            }
        }
        return List.of();
    }

    private Inventory inventory(VariableFiles variables, List<String> sources) {
        var errors = new ArrayList<Problem>();
        Inventory inventory = new InventoryReader(folder, variables, problem -> {
            boolean nothing = problem.summary().startsWith("No inventory was parsed");
            if (nothing && configuration.flag(false, "inventory", "unparsed_is_failed")) {
                errors.add(Problem.error(Source.NONE, "No inventory was parsed", "Name one with -i."));
            } else if (nothing && silent()) {
                return;
            } else if (problem.severity() == Problem.Severity.WARNING && !(nothing && !errors.isEmpty())) {
                problems.accept(nothing && !compat
                        ? Problem.warning(Source.NONE, problem.summary(),
                                "Name one with -i, or write your hosts into inventory.yml in this folder.")
                        : problem);
            } else if (problem.severity() == Problem.Severity.WARNING) {
                return; // the errors say why
            } else if (lenient) {
                problems.accept(Problem.warning(problem.source(), "Unable to parse " + folder.resolve(
                        problem.source().file()) + " as an inventory source: " + problem.summary(), problem.hint()));
            } else {
                errors.add(problem);
            }
        }, groupNames(), ignoredNames()).read(sources);
        if (!errors.isEmpty()) {
            throw new ProblemException(errors);
        }
        if (!compat) {
            LoginVariables.check(inventory, problems);
        }
        return inventory;
    }

    /** Whether nobody wants to know that there is no inventory. */
    private boolean silent() {
        return !configuration.flag(true, "inventory", "inventory_unparsed_warning")
                || !configuration.flag(true, "defaults", "localhost_warning");
    }

    Options options(InventoryFlags inventory, LoginFlags login, RunFlags run, Sources files, Optional<String> startAt,
            boolean step, boolean detailed) {
        modulePath = Configuration.folders(run.modulePath, folder);
        return new Options(files.extraVars, tags(run), inventory.limit(), run.check, run.diff || always("diff"),
                run.forks.orElse(configuration.number(32, "defaults", "forks")),
                run.forceHandlers || configuration.flag(false, "defaults", "force_handlers"),
                startAt, step,
                inventory.allowNoHosts, run.verbose, files.sources, login(login), privilege(login),
                configuration.text("defaults", "strategy")
                        .map(name -> name.replaceFirst("^mitogen_", ""))
                        .orElse("linear"),
                gathering(),
                configuration.flag(false, "defaults", "any_errors_fatal"), habits(detailed));
    }

    private Options.Habits habits(boolean detailed) {
        return new Options.Habits(
                configuration.flag(true, "defaults", "error_on_missing_handler"),
                configuration.flag(true, "defaults", "inject_facts_as_vars"),
                configuration.flag(false, "defaults", "no_log"),
                configuration.text("defaults", "ansible_managed").orElse(Options.Habits.MANAGED),
                configuration.file().map(path -> path.toAbsolutePath().toString()), merging(),
                configuration.text("defaults", "facts_modules")
                        .map(list -> List.of(list.strip().split("\\s*,\\s*", -1))).orElse(List.of("smart")),
                configuration.flag(true, "defaults", "validate_action_group_metadata"), compat,
                new Options.Debugging(
                        configuration.flag(false, "defaults", "enable_task_debugger"),
                        configuration.flag(true, "defaults", "task_debugger_ignore_errors")),
                usual(), configuration.flag(false, "ssh_connection", "pipelining"),
                configuration.text("defaults", "remote_tmp", "ANSIBLE_REMOTE_TMP", "ANSIBLE_REMOTE_TEMP"),
                Optional.of(Records.folder(configuration.environment()).toAbsolutePath()), detailed);
    }

    /** Values of keywords that playbooks don't give. */
    private Map<Keyword, Value> usual() {
        var usual = new EnumMap<Keyword, Value>(Keyword.class);
        Map.of(Keyword.TIMEOUT, "task_timeout", Keyword.POLL, "poll_interval", Keyword.GATHER_TIMEOUT, "gather_timeout")
                .forEach((keyword, setting) -> {
                    int seconds = configuration.number(0, "defaults", setting);
                    if (seconds > 0) {
                        usual.put(keyword, Int.of(seconds));
                    }
                });
        List<String> subset = configuration.words("defaults", "gather_subset");
        if (!subset.isEmpty()) {
            usual.put(Keyword.GATHER_SUBSET, Value.texts(subset));
        }
        configuration.text("defaults", "fact_path")
                .ifPresent(path -> usual.put(Keyword.FACT_PATH, Value.text(path)));
        return usual;
    }

    private Options.Gathering gathering() {
        return switch (configuration.choice("implicit", List.of("implicit", "explicit", "smart"), "defaults",
                "gathering")) {
            case "explicit" -> Options.Gathering.EXPLICIT;
            case "smart" -> Options.Gathering.SMART;
            case String _ -> Options.Gathering.IMPLICIT;
        };
    }

    /** Where facts are kept beyond the run. */
    private FactCache facts() {
        String plugin = configuration.text("defaults", "fact_caching").orElse("memory");
        return switch (plugin.replaceFirst("^(ansible\\.builtin|community\\.general)\\.", "")) {
            case "memory" -> FactCache.NONE;
            case "jsonfile" -> new FactFiles(configuration
                    .path("defaults", "fact_caching_connection")
                    .orElseThrow(() -> new ProblemException(Source.NONE,
                            "Tried to keep facts in files, but fact_caching_connection names no folder.")),
                    configuration.text("defaults", "fact_caching_prefix").orElse(""),
                    lifetime(), new KeepableFacts(secrets), problems);
            case "redis" -> {
                var server = FactRedis.Server.of(configuration
                        .text("defaults", "fact_caching_connection")
                        .orElse("localhost:6379:0"));
                server.password().ifPresent(secrets::add);
                yield new FactRedis(server,
                        configuration.text("defaults", "fact_caching_prefix")
                                .orElse("ansible_facts"),
                        lifetime(), new KeepableFacts(secrets), why -> problems.accept(Problem.warning(Source.NONE, why,
                                "fact_caching and fact_caching_connection of ansible.cfg ask for it.")));
            }
            case String other -> throw new ProblemException(Source.NONE, "Tried to keep facts by the cache \"" + other
                    + "\", but there are only memory, jsonfile and redis.");
        };
    }

    private Duration lifetime() {
        return Duration.ofSeconds(
                configuration.number(86400, "defaults", "fact_caching_timeout"));
    }

    private Merging merging() {
        return switch (configuration.text("defaults", "hash_behaviour").orElse("replace")) {
            case "replace" -> Merging.REPLACE;
            case "merge" -> Merging.MERGE;
            case String other -> throw new ProblemException(Source.NONE,
                    "Tried to read the setting hash_behaviour, but \"" + other + "\" is neither replace nor merge.");
        };
    }

    private boolean always(String what) {
        return configuration.flag(false, what, "always");
    }

    /** What the command line says; where it is silent, the configuration. */
    private Tags tags(RunFlags run) {
        return tags(run.tags.isEmpty() ? configuration.words("tags", "run") : run.tags,
                run.skipTags.isEmpty() ? configuration.words("tags", "skip") : run.skipTags);
    }

    Tags tags(List<String> only, List<String> skip) {
        return new Tags(words(only), words(skip));
    }

    private static Set<String> words(List<String> lists) {
        var words = new LinkedHashSet<String>();
        lists.forEach(list -> Arrays.stream(list.split(",", -1)).map(String::strip).filter(word -> !word.isEmpty())
                .forEach(words::add));
        return words;
    }

    private Options.Login login(LoginFlags flags) {
        Optional<String> password = flags.password(person, folder, configuration);
        password.ifPresent(secrets::add);
        var words = new Options.SshWords(
                ssh(List.of(), "ssh_args"),
                ssh(flags.commonArgs, "ssh_common_args"),
                ssh(flags.extraArgs, "ssh_extra_args"),
                configuration.text("ssh_connection", "ssh_executable"));
        return new Options.Login(
                flags.connection.or(() -> configuration.text("defaults", "transport"))
                        .orElse("smart"),
                flags.user.or(() -> configuration.text("defaults", "remote_user")), password,
                flags.privateKey.map(Configuration::home)
                        .or(() -> configuration.path("defaults", "private_key_file")),
                configuration.number(0, "defaults", "remote_port"),
                Duration.ofSeconds(
                        flags.timeout.orElse(configuration.number(10, "ssh_connection", "timeout"))),
                configuration.flag(true, "ssh_connection", "host_key_checking"), words);
    }

    /** The words for ssh that flags say; without them, the configuration's. */
    private List<String> ssh(List<String> flags, String setting) {
        return (flags.isEmpty() ? configuration.text("ssh_connection", setting).stream().toList() : flags)
                .stream().flatMap(text -> split(text).stream()).toList();
    }

    private static List<String> split(String text) {
        try {
            return ShellSplit.words(text);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to read the arguments for ssh \"" + text + "\", but: " + e.getMessage() + ".");
        }
    }

    private Options.Privilege privilege(LoginFlags flags) {
        String method = flags.becomeMethod.or(() -> configuration.text("privilege_escalation", "become_method"))
                .orElse("sudo");
        Optional<String> password = flags.becomePassword(person, folder, configuration)
                .or(() -> configuration.become(method, "pass"));
        password.ifPresent(secrets::add);
        return new Options.Privilege(
                flags.become || configuration.flag(false, "privilege_escalation", "become"), method,
                flags.becomeUser.or(() -> configuration.become(method, "user")).orElse("root"), password,
                configuration.become(method, "flags").orElse(""), configuration.become(method, "exe"),
                configuration.flag(false, "privilege_escalation", "become_allow_same_user"));
    }

    private String asked(String question) {
        return Person.password(person, question);
    }

    /** @param home in which programs of this machine start */
    PlaybookRun.Parts parts(Sources files, Options options, Resumption resumption, Path home) {
        Surroundings.Reader reader = path -> files.vault.openFile(Files.readString(path), path.toString());
        return new PlaybookRun.Parts(files.inventory, () -> inventory(files.variables, files.sources),
                files.variables, loader(files, reader), reader, templates(files), modules, secrets, options, person,
                resumption, facts(), python, configuration.plugins("connection"), holder(),
                address -> () -> transports.connect(address, home), bramble.args.FirstStarts.NONE);
    }

    /** What variables of a host come to outside of a play; see {@link PlaybookRun#variables}. */
    MapValue variables(Sources files, String host, Path home, Predicate<String> wanted) {
        Options options = options(new InventoryFlags(), new LoginFlags(), new RunFlags(), files, Optional.empty(),
                false, false);
        return new PlaybookRun(parts(files, options, Resumption.NONE, home)).variables(host, home, wanted);
    }

    /** Forgets what is kept of the inventory's hosts. */
    void forgetFacts(Sources files) {
        FactCache facts = facts();
        files.inventory.hosts().forEach(host -> facts.forget(host.name()));
    }

    /** A loader of playbooks, over files that the reader gives. */
    PlaybookLoader loader(Sources files, Surroundings.Reader reader) {
        Templates templates = templates(files);
        return new PlaybookLoader(surroundings(files, reader, templates), problems);
    }

    /** Looks at playbooks without playing them. */
    Report check(Sources files, List<String> names, Tags tags) {
        Surroundings.Reader reader = path -> files.vault.openFile(Files.readString(path), path.toString());
        List<Path> playbooks = names.stream().map(folder::resolve).toList();
        var inventory = files.inventory.besidePlaybook(Optional.ofNullable(playbooks.getFirst().getParent())
                .map(Path::toString).orElse(""));
        var plugins = Stream.of("filter", "test", "lookup").flatMap(kind -> configuration.plugins(kind).stream())
                .toList();
        return new PlaybookCheck(new Given(loader(files, reader), modules, templates(files), inventory,
                files.extraVars,
                path -> files.variables.read(shown(path)), reader, tags, plugins, folder)).check(playbooks);
    }

    private String shown(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        return absolute.startsWith(folder) ? folder.relativize(absolute).toString() : absolute.toString();
    }

    Templates templates(Sources files) {
        return new Templates(files.vault::open,
                configuration.flag(false, "defaults", "jinja2_native"),
                new PythonPlugins(python, files.allCollections(configuration), configuration::plugins));
    }

    private Surroundings surroundings(Sources files, Surroundings.Reader reader, Templates templates) {
        return new Surroundings(folder, configuration.roles(), files.allCollections(configuration),
                Stream.concat(modulePath.stream(), configuration.library().stream()).toList(),
                configuration.plugins("action"), new ModuleActions(modules), reader,
                (value, layers) -> templates.resolve(value, new LoadScope(layers, files.extraVars, folder)),
                name -> templates.names(Mention.Kind.LOOKUP).contains(name) || configuration.plugins("lookup").stream()
                        .anyMatch(plugins -> Files.isRegularFile(plugins.resolve(name + ".py"))));
    }

    private static String holder() {
        String user = System.getProperty("user.name");
        return Holder.of(user + "@" + Transports.hostName() + " since " + Instant.now());
    }

    List<Playbook> playbooks(PlaybookLoader loader, List<String> names) {
        var playbooks = new ArrayList<Playbook>();
        for (String name : names) {
            Path file = folder.resolve(name);
            isThere(name);
            playbooks.add(loader.load(file));
        }
        return playbooks;
    }

    /** The file of a playbook that is named as part of a collection, {@code my.collection.site}; others as they are. */
    String inCollection(String name) {
        if (!name.matches("\\w+(\\.\\w+){2,}") || Files.exists(folder.resolve(name))) {
            return name;
        }
        String[] words = name.split("\\.");
        String path = String.join("/", "ansible_collections", words[0], words[1], "playbooks",
                String.join("/", List.of(words).subList(2, words.length)));
        return configuration.collections().stream().flatMap(root -> Stream.of(".yml", ".yaml")
                .map(ending -> root.resolve(path + ending))).filter(Files::isRegularFile).findFirst()
                .map(Path::toString).orElse(name);
    }

    /** @throws ProblemException where there is no playbook of that name */
    void isThere(String name) {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            throw new ProblemException(Problem.error(Source.NONE, "the playbook: " + name + " could not be found",
                    beside(file)));
        }
        if (Files.isDirectory(file)) {
            throw new ProblemException(Source.NONE, "the playbook: " + name + " does not appear to be a file");
        }
    }

    /** The nearest name in the folder of a file that isn't there. */
    private static String beside(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            return "";
        }
        try (Stream<Path> files = Files.list(parent)) {
            return Nearest.hint(String.valueOf(file.getFileName()),
                    files.map(other -> String.valueOf(other.getFileName())).toList());
        } catch (IOException e) {
            return "";
        }
    }

    static Event.RunStarted started(String id, String command, List<String> arguments, List<String> playbooks,
            Optional<String> commit, boolean dryRun) {
        return new Event.RunStarted(Instant.now(), id, command, arguments, playbooks, commit,
                System.getProperty("user.name"),
                dryRun);
    }

    /** Whether a limit names a host of the inventory, if it has any: this machine alone, if it isn't one of them, is nobody. */
    boolean leavesSomebody(Inventory inventory, String limit) {
        return inventory.hosts().isEmpty() || HostPattern.limit(limit, folder).select(inventory, problems).stream()
                .anyMatch(inventory.hosts()::contains);
    }

    List<String> select(Inventory inventory, String pattern, Optional<String> limit) {
        List<String> hosts = HostPattern.of(pattern, Source.NONE).select(inventory, problems).stream()
                .map(bramble.inventory.Host::name).toList();
        if (limit.isEmpty()) {
            return hosts;
        }
        Set<String> only = new LinkedHashSet<>(
                HostPattern.limit(limit.get(), folder).select(inventory, problems).stream()
                        .map(bramble.inventory.Host::name).toList());
        return hosts.stream().filter(only::contains).toList();
    }

    /** What is known when playbooks are loaded: extra vars, and the variables of plays and roles around. */
    private record LoadScope(List<Variables> layers, MapValue extraVars, Path folder) implements Scope {
        @Override
        public Value get(String name) {
            Optional<Value> extra = extraVars.get(name);
            if (extra.isPresent()) {
                return extra.get();
            }
            for (int i = layers.size() - 1; i >= 0; i--) {
                Optional<Value> value = layers.get(i).values().get(name);
                if (value.isPresent()) {
                    return value.get();
                }
            }
            return new Undefined("'" + name + "' is undefined", Source.NONE);
        }

        @Override
        public Set<String> names() {
            var names = new LinkedHashSet<>(extraVars.byName().keySet());
            layers.forEach(layer -> names.addAll(layer.values().byName().keySet()));
            return names;
        }

        @Override
        public Site site() {
            return Site.of(folder);
        }
    }

}
