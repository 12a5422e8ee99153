package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.TaskInfo;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Who shows a run: what {@code stdout_callback} and {@code callbacks_enabled} name, which others call callback plugins. */
final class Callbacks {
    static final List<String> SHOWING = List.of("default", "yaml", "json", "minimal", "oneline", "debug",
            "unixy", "skippy", "null");
    static final List<String> LISTENING = List.of("profile_tasks", "profile_roles", "timer", "junit", "tree",
            "log_plays");
    /** Callbacks that others have, and that need not be. */
    private static final Set<String> NOT_HERE = Set.of("dense", "diy", "selective", "jsonl", "counter_enabled",
            "context_demo", "actionable", "full_skip", "stderr", "aws_resource_actions", "cgroup_perf_recap",
            "cgroup_memory_recap", "elastic", "hipchat", "jabber", "loganalytics", "logdna", "logentries", "logstash",
            "mail", "nrdp", "opentelemetry", "say", "slack", "splunk", "sumologic", "syslog_json",
            "grafana_annotations", "foreman", "osx_say", "print_task", "tasks_only", "timestamp",
            "default_without_diff");

    private static final Set<String> BRIEF = Set.of("default", "yaml", "debug", "skippy", "null");

    private final Session session;
    private final Configuration configuration;
    private final int verbosity;
    private final CallbackSettings settings;

    Callbacks(Session session, int verbosity) {
        this.session = session;
        this.configuration = session.configuration();
        this.verbosity = verbosity;
        this.settings = CallbackSettings.of(configuration, session.compat());
    }

    /** What prints a run of playbooks. */
    Consumer<Event> showing() {
        return showing(named());
    }

    /** How results are written where a live view shows the run; empty where something else is asked for. */
    Optional<ResultForm> live() {
        return switch (named()) {
            case "default" -> Optional.of(ResultForm.of(configuration));
            case "yaml" -> Optional.of(ResultForm.COMMUNITY_YAML);
            case "debug" -> Optional.of(ResultForm.SECTIONS);
            case String _ -> Optional.empty();
        };
    }

    /** Whether results are shown, or kept, with all that is in them, whatever -v says. */
    static boolean detailed(Configuration configuration) {
        return !configuration.words("defaults", "callbacks_enabled").isEmpty()
                || configuration.text("defaults", "stdout_callback").map(Callbacks::plain)
                        .filter(name -> !BRIEF.contains(name)).isPresent();
    }

    /** What prints the results of a single task. */
    Consumer<Event> showingTask(boolean oneLine) {
        String name = loadsForTask() ? named() : "default";
        return showing(oneLine ? "oneline" : name.equals("default") ? "minimal" : name);
    }

    private boolean loadsForTask() {
        return configuration.flag(false, "defaults", "bin_ansible_callbacks");
    }

    private String named() {
        String written = configuration.text("defaults", "stdout_callback")
                .orElse("default");
        String name = plain(written);
        if (SHOWING.contains(name)) {
            return name;
        }
        if (!NOT_HERE.contains(name) && !brought().contains(name)) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Invalid callback for stdout specified: " + written, Nearest.hint(name, SHOWING)));
        }
        return "default";
    }

    static String plain(String name) {
        return name.replaceFirst("^(ansible\\.(builtin|legacy|posix)|community\\.general)\\.", "");
    }

    private Consumer<Event> showing(String name) {
        return switch (name) {
            case "yaml" -> console(ResultForm.COMMUNITY_YAML, settings);
            case "debug" -> console(ResultForm.SECTIONS, settings);
            case "skippy" -> console(ResultForm.of(configuration), settings.withoutSkipped());
            case "json" -> new JsonConsole(session.out(), notices(), session.folder(),
                    configuration.number(4, "defaults", "json_indent", "ANSIBLE_JSON_INDENT"));
            case "minimal" -> {
                ResultLines lines = lines(ResultForm.of(configuration));
                yield bare(lines, new MinimalConsole(session.out(), lines));
            }
            case "oneline" -> {
                ResultLines lines = lines(ResultForm.JSON);
                yield bare(lines, new OneLineConsole(session.out(), lines));
            }
            case "unixy" -> new UnixyConsole(session.out(), notices(), lines(ResultForm.JSON), settings);
            case "null" -> notices();
            case String _ -> console(ResultForm.of(configuration), settings);
        };
    }

    private Consumer<Event> bare(ResultLines lines, BiConsumer<TaskInfo, HostResult> print) {
        return new BareConsole(session.out(), notices(), lines, print);
    }

    private Notices notices() {
        return new Notices(session.err(), session.colours(), session.compat());
    }

    private ResultLines lines(ResultForm form) {
        return new ResultLines(session.colours(), verbosity, session.compat(), form, diffs(session.colours()));
    }

    /** What shows differences. */
    Diffs diffs(Colours colours) {
        return new Diffs(colours, configuration.number(Diffs.CONTEXT, "diff", "context"));
    }

    /** What prints a run without colours to a stream. */
    Consumer<Event> plain(PrintStream out) {
        var plain = new ResultLines(new Colours(false), verbosity, session.compat(), ResultForm.of(configuration),
                diffs(new Colours(false)));
        return new AnsibleConsole(out, out, session.folder(), plain, settings, session.secrets()::mask);
    }

    private AnsibleConsole console(ResultForm form, CallbackSettings shown) {
        return new AnsibleConsole(session.out(), session.err(), session.folder(), lines(form), shown,
                session.secrets()::mask);
    }

    /** What listens besides, to a run of playbooks. */
    List<Consumer<Event>> listening() {
        var all = new ArrayList<Consumer<Event>>();
        enabled().forEach(name -> listener(name).ifPresent(all::add));
        return all;
    }

    /** @param tree the folder for results, if they are to be kept */
    List<Consumer<Event>> listeningToTask(Optional<String> tree) {
        var all = new ArrayList<Consumer<Event>>();
        tree.ifPresent(folder -> all.add(new TreeFiles(session.folder().resolve(Configuration.home(folder)),
                session::report)));
        if (loadsForTask()) {
            all.addAll(listening());
        }
        return all;
    }

    private List<String> enabled() {
        return configuration.words("defaults", "callbacks_enabled");
    }

    private Optional<Consumer<Event>> listener(String written) {
        return switch (plain(written)) {
            case "profile_tasks" ->
                Optional.of(TaskProfile.ofTasks(session.out(), session.colours(), configuration));
            case "profile_roles" -> Optional.of(TaskProfile.ofRoles(session.out(), session.colours()));
            case "timer" -> Optional.of(new RunTimer(session.out()));
            case "junit" -> Optional.of(new JunitReport(configuration, session.folder(), session.secrets()::mask,
                    session::report));
            case "tree" -> Optional.of(new TreeFiles(configuration
                    .path("callback_tree", "directory", "ANSIBLE_CALLBACK_TREE_DIR")
                    .orElse(Configuration.home("~/.ansible/tree")), session::report));
            case "log_plays" -> Optional.of(new HostLogs(configuration
                    .path("callback_log_plays", "log_folder", "ANSIBLE_LOG_FOLDER")
                    .orElse(Path.of("/var/log/ansible/hosts")), session::report));
            case String _ -> Optional.empty();
        };
    }

    /** Says which callbacks that are asked for have no effect. */
    void tellWhatHasNoEffect(List<Path> playbooks) {
        String shows = configuration.text("defaults", "stdout_callback").orElse("default");
        var brought = new TreeSet<>(brought());
        playbooks.forEach(file -> brought.addAll(
                plugins(file.toAbsolutePath().resolveSibling("callback_plugins"))));
        if (!SHOWING.contains(plain(shows)) && NOT_HERE.contains(plain(shows))) {
            warn("The callback " + shows + " is not part of Bramble: the run is shown by default.",
                    "stdout_callback can be " + String.join(", ", SHOWING) + ".");
        }
        List<String> unknown = enabled().stream().filter(name -> !LISTENING.contains(plain(name))
                && !SHOWING.contains(plain(name)) && !brought.contains(plain(name))).toList();
        if (!unknown.isEmpty()) {
            warn("callbacks_enabled names " + String.join(", ", unknown) + ", which Bramble doesn't have.",
                    "It has " + String.join(", ", LISTENING) + ".");
        }
        if (!brought.isEmpty()) {
            warn("Callback plugins written in Python have no effect: " + String.join(", ", brought) + ".",
                    "Bramble's own are " + String.join(", ", SHOWING) + "; and " + String.join(", ", LISTENING) + ".");
        }
    }

    private void warn(String what, String hint) {
        session.report(Problem.warning(Source.NONE, what, hint));
    }

    private Set<String> brought() {
        var names = new TreeSet<String>();
        configuration.plugins("callback").forEach(folder -> names.addAll(plugins(folder)));
        names.addAll(plugins(session.folder().resolve("callback_plugins")));
        return names;
    }

    private static List<String> plugins(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".py") && !name.startsWith("_"))
                    .map(name -> name.substring(0, name.length() - 3)).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
