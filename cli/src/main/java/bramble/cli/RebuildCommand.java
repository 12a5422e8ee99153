package bramble.cli;

import bramble.connection.UnreachableException;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.record.History;
import bramble.run.Options;
import bramble.run.PlaybookRun;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Brings nodes back that died: waits until each answers with its own host key, plays what makes it what it was, looks whether
 * anything is left, and tells what the record had of it and it hasn't now. What was interrupted goes on where it stopped:
 * {@code bramble rebuild}.
 */
final class RebuildCommand {
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final String PLAYBOOKS = "rebuild_playbooks";
    private static final String CARD = "card";
    private static final String RESTORE = "restore";
    private static final String VERIFY = "rebuild_verify";
    private static final Set<String> KEPT = Set.of("backup_paths", "backup_dumps");

    private final InventoryFlags inventory = new InventoryFlags();
    private final LoginFlags login = new LoginFlags();
    private final List<String> playbooks = new ArrayList<>();
    private final List<String> nodes = new ArrayList<>();
    private final Session session;
    private Optional<String> image = Optional.empty();
    private final List<String> devices = new ArrayList<>();
    private boolean yes;
    private boolean force;
    private int minutes = 30;
    private int verbose;
    private boolean anew;
    private boolean dryRun;

    RebuildCommand(Session session) {
        this.session = session;
    }

    Command command() {
        return Command.of("rebuild", "Bring nodes back that died.", this::declare, this::rebuild);
    }

    private void declare(Syntax syntax) {
        inventory.declareSources(syntax);
        login.declare(syntax);
        syntax.value(playbooks::add, "PLAYBOOK",
                "what is played on them (" + PLAYBOOKS + " of the inventory, or what was played last)", "-p",
                "--playbook");
        syntax.value(name -> image = Optional.of(name), "IMAGE",
                "write the new cards first: the image, as \"bramble image write\" takes it", "--image");
        syntax.value(devices::add, "DEVICE",
                "the card, to which --image is written; once for each node, in their order",
                "--device");
        syntax.flag(() -> yes = true, "don't ask before a card is written", "-y", "--yes");
        syntax.flag(() -> force = true, "also to a disk that isn't removable, or a file", "--force");
        syntax.number(number -> minutes = number, "MINUTES", "how long a node may take to answer; 30", "--wait");
        syntax.flag(() -> anew = true, "begin anew what was interrupted", "--anew");
        syntax.flag(() -> dryRun = true, "do nothing; tell what would be done", "-C", "--dry-run", "--check");
        syntax.flag(() -> verbose++, "tell more; -vvv tells most", "-v", "--verbose");
        syntax.words(nodes::add, "NODE", true);
    }

    /**
     * One node's rebuilding.
     *
     * @param playbooks what makes it what it was, as whole paths
     * @param why where that is said
     * @param keeps whether the inventory declares something as the node's state, which is brought back
     * @param verify what has to succeed at the end
     */
    private record Job(String node, List<String> playbooks, String why, boolean keeps, List<String> verify,
            RebuildState state) {
        Job with(RebuildState next) {
            return new Job(node, playbooks, why, keeps, verify, next);
        }

        boolean lacks(String step) {
            return !state.has(step);
        }
    }

    private int rebuild() throws InterruptedException {
        if (image.isEmpty() && !devices.isEmpty()) {
            throw new UsageException("which image is to be written to " + devices.getFirst() + "? Say it with --image");
        }
        if (image.isPresent() && devices.size() != nodes.size()) {
            throw new UsageException("--device is said once for each node: there are " + nodes.size() + " nodes and "
                    + devices.size() + " devices");
        }
        session.beginLog();
        Launch launch = session.launch();
        Launch.Sources sources = launch.files(inventory);
        Map<String, Job> jobs = jobs(launch, sources);
        jobs.values().forEach(this::tell);
        if (dryRun) {
            return 0;
        }
        if (anew) {
            jobs.replaceAll((_, job) -> job.with(job.state.forgotten().of(job.playbooks)));
        }
        return session.interruptible(() -> rebuild(launch, sources, jobs));
    }

    private int rebuild(Launch launch, Launch.Sources sources, Map<String, Job> jobs) throws Exception {
        if (!write(jobs)) {
            return 2;
        }
        if (!answer(launch, sources, jobs)) {
            return 4;
        }
        for (String playbook : inOrder(jobs)) {
            int code = play(jobs, playbook);
            if (code != 0) {
                return code;
            }
        }
        int code = restore(jobs);
        if (code == 0) {
            code = verify(jobs);
        }
        if (code != 0) {
            return code;
        }
        jobs.values().forEach(this::conclude);
        return 0;
    }

    private Map<String, Job> jobs(Launch launch, Launch.Sources sources) {
        var jobs = new LinkedHashMap<String, Job>();
        var wrong = new ArrayList<Problem>();
        for (String node : new LinkedHashSet<>(nodes)) {
            if (sources.inventory().host(node).isEmpty()) {
                wrong.add(sources.noHost(node));
                continue;
            }
            try {
                jobs.put(node, job(launch, sources, node));
            } catch (ProblemException e) {
                wrong.addAll(e.problems());
            }
        }
        if (!wrong.isEmpty()) {
            throw new ProblemException(wrong);
        }
        return jobs;
    }

    private Job job(Launch launch, Launch.Sources sources, String node) {
        MapValue said = launch.variables(sources, node, session.folder(),
                name -> name.equals(PLAYBOOKS) || name.equals(VERIFY) || KEPT.contains(name));
        boolean keeps = KEPT.stream()
                .anyMatch(name -> !said.get(name).orElse(ListValue.EMPTY).equals(ListValue.EMPTY));
        RebuildState state = RebuildState.of(Records.rebuilds(session.environment()), node);
        List<String> verify = files(node, VERIFY, said);
        if (!playbooks.isEmpty()) {
            return new Job(node, there(node, playbooks), "as you say", keeps, verify, state);
        }
        List<String> wanted = files(node, PLAYBOOKS, said);
        if (!wanted.isEmpty()) {
            return new Job(node, wanted, "as " + PLAYBOOKS + " says", keeps, verify, state);
        }
        if (state.begun() && !anew) {
            return new Job(node, there(node, state.playbooks()), "as it began", keeps, verify, state);
        }
        try (History history = session.history()) {
            History.Run last = history.playedOn(node).stream().filter(RebuildCommand::makes).findFirst()
                    .orElseThrow(() -> new ProblemException(Problem.error(Source.NONE,
                            "Tried to find out what " + node
                                    + " is to become, but its inventory doesn't say it, and no run on it is recorded.",
                            "Name the playbooks with -p, or in the variable " + PLAYBOOKS + ".")));
            List<String> played = there(node, last.playbooks());
            return new Job(node, played, "as in the run " + last.id() + " of "
                    + HistoryCommand.TIME.format(last.started()), keeps, verify, state.of(played));
        }
    }

    /** Whether a run made the node what it was: one that played all of its playbooks, other than those of Bramble that make nothing. */
    private static boolean makes(History.Run run) {
        Set<String> passing = Stream.of("backup.yml", "restore.yml", "verify.yml", "maintenance.yml")
                .map(BackupCommand::own).collect(Collectors.toSet());
        return !passing.containsAll(run.playbooks()) && run.arguments().stream()
                .noneMatch(word -> word.matches("(-t|--tags|--skip-tags|--start-at-task)(=.*)?|-t.+"));
    }

    private List<String> files(String node, String variable, MapValue said) {
        Value value = said.get(variable).orElse(ListValue.EMPTY);
        List<String> names = value instanceof ListValue list
                ? list.items().stream().map(PythonText::of).toList()
                : List.of(PythonText.of(value));
        return there(node, names);
    }

    private List<String> there(String node, List<String> names) {
        return names.stream().map(name -> {
            Path path = session.folder().resolve(Configuration.home(name)).normalize();
            if (!Files.isRegularFile(path)) {
                throw new ProblemException(Source.NONE, "Tried to find the playbook " + name + " for " + node
                        + ", but " + path + " is no file.");
            }
            return path.toString();
        }).toList();
    }

    private String shown(String path) {
        Path absolute = Path.of(path);
        return absolute.startsWith(session.folder()) ? session.folder().relativize(absolute).toString() : path;
    }

    private void tell(Job job) {
        PrintStream out = session.out();
        out.println(job.node + (job.state.begun() && !anew
                ? ": going on with the rebuilding that began " + HistoryCommand.TIME.format(job.state.began())
                : ":"));
        image.ifPresent(name -> out.println("  write " + name + " to " + devices.get(nodes.indexOf(job.node))
                + ", as its card" + when(job, CARD)));
        out.println("  wait until it answers, with the host key that is known of it" + when(job, "answer"));
        job.playbooks.forEach(name -> out
                .println("  play " + shown(name) + " (" + job.why + ")" + when(job, "play " + name)));
        if (job.keeps) {
            out.println("  bring back what \"bramble backup\" kept of it" + when(job, RESTORE));
        }
        out.println("  look by a dry run whether anything is left");
        job.verify.forEach(name -> out.println("  verify by " + shown(name)));
        out.println("  tell what the record had of it, and it hasn't now");
        out.flush();
    }

    private String when(Job job, String step) {
        return anew ? "" : job.state.when(step).map(time -> ": done " + HistoryCommand.TIME.format(time)).orElse("");
    }

    /** Writes the cards of those that have none yet. Gives whether all have one. */
    private boolean write(Map<String, Job> jobs) throws IOException, InterruptedException {
        List<Job> left = image.isEmpty() ? List.of() : jobs.values().stream().filter(job -> job.lacks(CARD)).toList();
        if (left.isEmpty()) {
            return true;
        }
        List<String> owners = left.stream().map(Job::node).toList();
        int code = new ImageWrite(session, inventory).write(image.orElseThrow(),
                owners.stream().map(node -> devices.get(nodes.indexOf(node))).toList(), owners, yes, force);
        if (code != 0) {
            return false;
        }
        done(jobs, left, CARD);
        owners.forEach(node -> say("Put the card into " + node + ", and switch it on."));
        return true;
    }

    /** Waits for all at once. Gives whether all answer. */
    private boolean answer(Launch launch, Launch.Sources sources, Map<String, Job> jobs) throws InterruptedException {
        List<Job> silent = jobs.values().stream().filter(job -> job.lacks("answer")).toList();
        Options options = launch.options(inventory, login, new RunFlags(), sources, Optional.empty(), false);
        var run = new PlaybookRun(launch.parts(sources, options, Continued.nothing(session.seal()), session.folder()));
        Instant deadline = Instant.now().plus(Duration.ofMinutes(minutes));
        var answered = ConcurrentHashMap.<String>newKeySet();
        var threads = new ArrayList<Thread>();
        var all = new CountDownLatch(silent.size());
        for (Job job : silent) {
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    if (answers(run, job.node, deadline)) {
                        answered.add(job.node);
                    }
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                } finally {
                    all.countDown();
                }
            }));
        }
        try {
            all.await();
        } finally {
            threads.forEach(Thread::interrupt);
        }
        done(jobs, silent.stream().filter(job -> answered.contains(job.node)).toList(), "answer");
        return answered.size() == silent.size();
    }

    private boolean answers(PlaybookRun run, String node, Instant deadline) throws InterruptedException {
        String last = "";
        while (true) {
            try {
                run.reach(node, session.folder());
                say(node + " answers.");
                return true;
            } catch (UnreachableException e) {
                String why = String.valueOf(e.getMessage());
                if (e.byStranger() || Instant.now().isAfter(deadline)) {
                    session.report(Problem.error(Source.NONE, node + ": " + why + ".", e.byStranger()
                            ? "Nothing was done on it."
                            : "It was waited for " + minutes + " minutes; the same command goes on."));
                    return false;
                }
                if (!why.equals(last)) {
                    say(node + ": waiting. " + why + ".");
                    last = why;
                }
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES.toMillis());
        }
    }

    private synchronized void say(String text) {
        session.out().println(text);
        session.out().flush();
    }

    /** The playbooks of all, each once, in an order that keeps that of each node. */
    private static List<String> inOrder(Map<String, Job> jobs) {
        var all = new LinkedHashSet<String>();
        jobs.values().forEach(job -> all.addAll(job.playbooks));
        return List.copyOf(all);
    }

    private int play(Map<String, Job> jobs, String playbook) throws InterruptedException {
        String step = "play " + playbook;
        List<Job> left = jobs.values().stream().filter(job -> job.playbooks.contains(playbook) && job.lacks(step))
                .toList();
        if (left.isEmpty()) {
            return 0;
        }
        int code = play(left, playbook, new RunFlags(), stopped(left, playbook));
        return code == 0 ? done(jobs, left, step) : code;
    }

    /** Notes down that a step is done; gives the exit code of that. */
    private static int done(Map<String, Job> jobs, List<Job> some, String step) {
        some.forEach(job -> jobs.put(job.node, job.with(job.state.with(step))));
        return 0;
    }

    /** Whether this rebuilding began to play it before, and didn't come to its end. */
    private boolean stopped(List<Job> left, String playbook) {
        Instant began = left.stream().map(job -> job.state.began()).min(Instant::compareTo).orElseThrow();
        try (History history = session.history()) {
            List<History.Run> runs = history.last(List.of(playbook));
            return !runs.isEmpty() && !runs.getLast().goesOn() && runs.getLast().started().isAfter(began)
                    && runs.getLast().exitCode().orElse(1) != 0;
        }
    }

    private int play(List<Job> some, String playbook, RunFlags flags, boolean resume) throws InterruptedException {
        List<String> names = some.stream().map(Job::node).toList();
        var words = new ArrayList<>(List.of("run"));
        inventory.inventory.forEach(source -> words.addAll(List.of("-i", source)));
        words.addAll(List.of("-l", String.join(",", names), shown(playbook)));
        flags.verbose = verbose;
        return new PlaybookCommand(session.in(session.folder(), words), inventory.only(names), login, flags)
                .play(List.of(shown(playbook)), resume);
    }

    private int restore(Map<String, Job> jobs) throws InterruptedException {
        List<Job> left = jobs.values().stream().filter(job -> job.keeps && job.lacks(RESTORE)).toList();
        int code = left.isEmpty() ? 0 : play(left, BackupCommand.own("restore.yml"), new RunFlags(), false);
        return code == 0 ? done(jobs, left, RESTORE) : code;
    }

    private int verify(Map<String, Job> jobs) throws InterruptedException {
        for (String playbook : inOrder(jobs)) {
            var dry = new RunFlags();
            dry.check = true;
            dry.detailed = true;
            List<Job> some = jobs.values().stream().filter(job -> job.playbooks.contains(playbook)).toList();
            int code = play(some, playbook, dry, false);
            if (code == 3) {
                session.report(Problem.warning(Source.NONE, "Another run of " + shown(playbook)
                        + " would change something again, as the dry run above shows.", ""));
            } else if (code != 0) {
                return code;
            }
        }
        var books = new LinkedHashSet<String>();
        jobs.values().forEach(job -> books.addAll(job.verify));
        for (String playbook : books) {
            int code = play(jobs.values().stream().filter(job -> job.verify.contains(playbook)).toList(), playbook,
                    new RunFlags(), false);
            if (code != 0) {
                return code;
            }
        }
        return 0;
    }

    private void conclude(Job job) {
        try (History history = session.history()) {
            var report = RebuildReport.of(history.changesOf(job.node, Integer.MAX_VALUE),
                    history.since(job.node, job.state.began()),
                    job.state.began());
            say(job.node + " is back, after " + Duration.between(job.state.began(), Instant.now()).toSeconds()
                    + " seconds.");
            report.lines().forEach(line -> say("  " + line));
        }
        job.state.forgotten();
    }
}
