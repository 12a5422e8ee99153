package bramble.cli;

import bramble.connection.UnreachableException;
import bramble.event.Event;
import bramble.image.Disk;
import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.record.History;
import bramble.run.Options;
import bramble.run.PlaybookRun;
import bramble.shell.Answer;
import bramble.shell.NoShellException;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.shell.Shell;
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
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Brings nodes back that died: waits until each answers with its own host key, plays what makes it what it was, looks whether
 * anything is left, and tells what the record had of it and it hasn't now. What was interrupted goes on where it stopped:
 * {@code bramble rebuild}.
 */
final class RebuildCommand {
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    /** What times of a node's start may be wrong by. */
    private static final Duration LEEWAY = Duration.ofSeconds(2);
    /** Of a second, in /proc: the same on all machines. */
    private static final int TICKS = 100;
    private static final String PLAYBOOKS = "rebuild_playbooks";
    private static final String BEGUN = "begin";
    private static final String CARD = "card";
    private static final String ANSWER = "answer";
    private static final String RESTORE = "restore";
    private static final String BACK = "back";
    private static final int CHANGES = 3;
    private static final String VERIFY = "rebuild_verify";
    private static final String FOLDER = "backup_folder";
    private static final Set<String> KEPT = Set.of("backup_paths", "backup_dumps");

    private final InventoryFlags inventory = new InventoryFlags();
    private final LoginFlags login = new LoginFlags();
    private final List<String> playbooks = new ArrayList<>();
    private final List<String> nodes = new ArrayList<>();
    private final Session session;
    /** The nodes on which something failed. */
    private final Set<String> behind = new LinkedHashSet<>();
    private Optional<String> image = Optional.empty();
    private final List<String> devices = new ArrayList<>();
    private boolean yes;
    private boolean force;
    private boolean restore;
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
        syntax.flag(() -> restore = true,
                "bring back what \"bramble backup\" kept of them, also where --image isn't said",
                "--restore");
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
     * @param card the step of writing its card; empty if none is written
     * @param keeps whether the inventory declares something as the node's state
     * @param backup where what was kept of it last is
     * @param verify what has to succeed at the end
     */
    private record Job(String node, List<String> playbooks, String why, Optional<String> card, boolean keeps,
            Optional<Path> backup, List<String> verify, RebuildState state) {
        Job with(RebuildState next) {
            return new Job(node, playbooks, why, card, keeps, backup, verify, next);
        }

        /** Whether it has lost what it had: its card was, or is to be, written in this rebuilding. */
        boolean lost() {
            return card.isPresent() || state.done().keySet().stream().anyMatch(step -> step.startsWith(CARD));
        }

        boolean lacks(String step) {
            return !state.has(step);
        }
    }

    private int rebuild() throws IOException, InterruptedException {
        if (image.isEmpty() && !devices.isEmpty()) {
            throw new UsageException("which image is to be written to " + devices.getFirst() + "? Say it with --image");
        }
        if (image.isPresent() && devices.size() != nodes.size()) {
            throw new UsageException(
                    "--device is said once for each node: there " + (nodes.size() == 1 ? "is " : "are ")
                            + counted(nodes, " node") + " and "
                            + counted(devices, " device"));
        }
        nodes.stream().filter(node -> Collections.frequency(nodes, node) > 1).findFirst().ifPresent(node -> {
            throw new UsageException(node + " is named twice");
        });
        if (minutes < 0) {
            throw new UsageException("--wait has minutes, 0 or more, not " + minutes);
        }
        session.beginLog();
        Launch launch = session.launch();
        Launch.Sources sources = launch.files(inventory);
        Map<String, Job> jobs = jobs(launch, sources);
        if (!anew) {
            leaveWhatIsBack(jobs);
        }
        jobs.values().forEach(this::tell);
        if (dryRun) {
            return write(jobs);
        }
        if (anew) {
            jobs.replaceAll((_, job) -> job.with(job.state.forgotten().of(job.playbooks)));
        }
        session.goesOnBy(again());
        return session.interruptible(() -> rebuild(launch, sources, jobs));
    }

    private static String counted(List<String> things, String what) {
        return things.size() + what + (things.size() == 1 ? "" : "s");
    }

    private String again() {
        return "bramble rebuild " + session.same(Set.of("--anew"));
    }

    /** Of nodes of which some are under way, those that came back already are left alone: an earlier call of this saw to them. */
    private void leaveWhatIsBack(Map<String, Job> jobs) {
        if (jobs.values().stream().anyMatch(job -> job.state.begun() && job.lacks(BACK))) {
            jobs.values().removeIf(job -> {
                job.state.when(BACK).ifPresent(
                        time -> say(job.node + ": is back already, since " + HistoryCommand.TIME.format(time)));
                return !job.lacks(BACK);
            });
        } else {
            jobs.replaceAll((_, job) -> job.lacks(BACK) ? job : job.with(job.state.fresh().of(job.playbooks)));
        }
    }

    /** Each node on its own: one that fails stays behind, and the others go on. */
    private int rebuild(Launch launch, Launch.Sources sources, Map<String, Job> jobs) throws Exception {
        int code = write(jobs);
        code = Math.max(code, answer(launch, sources, jobs));
        for (String playbook : inOrder(jobs, Job::playbooks)) {
            code = Math.max(code, play(jobs, playbook));
        }
        code = Math.max(code, restore(jobs));
        code = Math.max(code, verify(jobs));
        jobs.values().forEach(this::conclude);
        if (code == 0) {
            nodes.forEach(node -> RebuildState.of(Records.rebuilds(session.environment()), node).forgotten());
        } else if (!behind.isEmpty()) {
            say("Not back: " + String.join(", ", behind) + ". The same command" + (anew ? ", without --anew," : "")
                    + " goes on with " + (behind.size() == 1 ? "it." : "them."));
        }
        return code;
    }

    /** Leaves some behind; gives the exit code of that. */
    private int leave(Map<String, Job> jobs, List<String> some, int code) {
        for (String node : some) {
            Optional.ofNullable(jobs.remove(node)).ifPresent(job -> job.state.with(BEGUN));
            behind.add(node);
        }
        return some.isEmpty() ? 0 : code;
    }

    private Map<String, Job> jobs(Launch launch, Launch.Sources sources) {
        var jobs = new LinkedHashMap<String, Job>();
        var wrong = new ArrayList<Problem>();
        for (String node : nodes) {
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
                name -> name.equals(PLAYBOOKS) || name.equals(VERIFY) || name.equals(FOLDER) || KEPT.contains(name));
        boolean keeps = KEPT.stream()
                .anyMatch(name -> !said.get(name).orElse(ListValue.EMPTY).equals(ListValue.EMPTY));
        RebuildState state = RebuildState.of(Records.rebuilds(session.environment()), node);
        Optional<Path> backup = keeps ? newest(node, said) : Optional.empty();
        if (keeps && restore && backup.isEmpty()) {
            throw new ProblemException(
                    Problem.error(Source.NONE, "Tried to find what \"bramble backup\" kept of " + node
                            + ", but there is none in " + backups(said) + ".", ""));
        }
        Optional<String> card = image.map(name -> card(name, devices.get(nodes.indexOf(node))));
        List<String> verify = files(node, VERIFY, said);
        if (!playbooks.isEmpty()) {
            List<String> named = there(node, playbooks);
            return new Job(node, named, "as you say", card, keeps, backup, verify, state.of(named));
        }
        List<String> wanted = files(node, PLAYBOOKS, said);
        if (!wanted.isEmpty()) {
            return new Job(node, wanted, "as " + PLAYBOOKS + " says", card, keeps, backup, verify, state.of(wanted));
        }
        if (!state.playbooks().isEmpty() && !anew) {
            return new Job(node, there(node, state.playbooks()), "as it began", card, keeps, backup, verify, state);
        }
        try (History history = session.history()) {
            History.Run last = history.playedOn(node).stream().filter(RebuildCommand::makes).findFirst()
                    .orElseThrow(() -> new ProblemException(Problem.error(Source.NONE,
                            "Tried to find out what " + node
                                    + " is to become, but its inventory doesn't say it, and no run on it is recorded.",
                            "Name the playbooks with -p, or in the variable " + PLAYBOOKS + ".")));
            List<String> played = there(node, last.playbooks());
            return new Job(node, played, "as in the run " + last.id() + " of "
                    + HistoryCommand.TIME.format(last.started()), card, keeps, backup, verify, state.of(played));
        }
    }

    private Path backups(MapValue said) {
        return said.get(FOLDER).map(folder -> session.folder().resolve(Configuration.home(PythonText.of(folder))))
                .orElseGet(() -> Records.backups(session.environment()));
    }

    private Optional<Path> newest(String node, MapValue said) {
        Path folder = backups(said).resolve(node);
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(one -> String.valueOf(one.getFileName()).matches("20.*Z")).max(Path::compareTo);
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to look into " + folder + ", but " + FileTrouble.why(e) + ".");
        }
    }

    /** The step of writing a card: that of another image, or to another device, is another step. */
    private String card(String name, String device) {
        Path file = session.folder().resolve(name);
        Path place = session.folder().resolve(device);
        String which = name;
        try {
            if (Files.isRegularFile(file)) {
                which = file.toRealPath() + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
            }
            place = Files.exists(place) ? place.toRealPath() : place;
        } catch (IOException _) {
            // told where it is written
        }
        return CARD + " " + which + " " + place + " " + Disk.Found.here().serial(place);
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
                + ", as its card" + job.card.map(step -> when(job, step)).orElse("")));
        out.println("  wait until it answers, with the host key that is known of it" + when(job, ANSWER));
        job.playbooks.forEach(name -> out
                .println("  play " + shown(name) + " (" + job.why + ")" + when(job, "play " + name)));
        if (job.keeps && !restores(job)) {
            out.println("  leave its state as it is (--restore brings back what \"bramble backup\" kept of it)");
        } else if (job.keeps) {
            out.println(job.backup
                    .map(place -> "  bring back what \"bramble backup\" kept of it, " + place + when(job, RESTORE))
                    .orElse("  bring nothing back: there is no backup of it"));
        }
        out.println("  look by a dry run whether anything is left");
        job.verify.forEach(name -> out.println("  verify by " + shown(name)));
        out.println("  tell what the record had of it, and it hasn't now");
        out.flush();
    }

    /** Whether what was kept of a node is brought back: never over what it has, unless that is said. */
    private boolean restores(Job job) {
        return job.keeps && (restore || job.lost());
    }

    private String when(Job job, String step) {
        return anew ? "" : job.state.when(step).map(time -> ": done " + HistoryCommand.TIME.format(time)).orElse("");
    }

    /** Writes the cards of those that have none yet, or tells of it; gives the exit code. */
    private int write(Map<String, Job> jobs) throws IOException, InterruptedException {
        List<String> owners = image.isEmpty()
                ? List.of()
                : jobs.values().stream().filter(job -> job.card.filter(job::lacks).isPresent()).map(Job::node).toList();
        if (owners.isEmpty()) {
            return 0;
        }
        Set<String> written = new ImageWrite(session, inventory).write(image.orElseThrow(),
                owners.stream().map(node -> devices.get(nodes.indexOf(node))).toList(), owners, yes, force, dryRun);
        if (dryRun) {
            return 0;
        }
        for (String node : written) { // what was done with another card counts no more
            jobs.computeIfPresent(node, (_, job) -> job
                    .with(job.state.fresh().of(job.playbooks).with(job.card.orElse(CARD))));
        }
        written.forEach(node -> say("Put the card into " + node + ", and switch it on."));
        return leave(jobs, owners.stream().filter(node -> !written.contains(node)).toList(), 2);
    }

    /** Waits for all at once; gives the exit code. */
    private int answer(Launch launch, Launch.Sources sources, Map<String, Job> jobs) throws InterruptedException {
        List<Job> silent = jobs.values().stream().filter(job -> job.lacks(ANSWER)).toList();
        Options options = launch.options(inventory, login, new RunFlags(), sources, Optional.empty(), false, false);
        var run = new PlaybookRun(launch.parts(sources, options, Continued.nothing(session.seal()), session.folder()));
        Instant deadline = Instant.now().plus(Duration.ofMinutes(minutes));
        var answered = ConcurrentHashMap.<String>newKeySet();
        var threads = new ArrayList<Thread>();
        var all = new CountDownLatch(silent.size());
        for (Job job : silent) {
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    if (answers(run, job, deadline)) {
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
        done(jobs, List.copyOf(answered), ANSWER);
        return leave(jobs, silent.stream().map(Job::node).filter(node -> !answered.contains(node)).toList(), 4);
    }

    private boolean answers(PlaybookRun run, Job job, Instant deadline) throws InterruptedException {
        String node = job.node;
        Optional<Instant> written = job.state.done().entrySet().stream().filter(step -> step.getKey().startsWith(CARD))
                .map(Map.Entry::getValue).findFirst();
        String last = "";
        while (true) {
            String why = "It still is what it was before its card was written: put the card in, and switch it on";
            boolean byStranger = false;
            try {
                Optional<Instant> started = run.loggedIn(node, session.folder(), RebuildCommand::started);
                if (written.isEmpty() || started.isEmpty() || started.get().isAfter(written.get().minus(LEEWAY))) {
                    say(node + " answers.");
                    return true;
                }
            } catch (NoShellException e) {
                why = String.valueOf(e.getMessage()).replaceFirst("\\.$", "");
                byStranger = e instanceof UnreachableException gone && gone.byStranger();
            }
            if (Thread.interrupted()) { // by whoever ends this: what failed then is no news
                throw new InterruptedException();
            }
            if (byStranger || Instant.now().isAfter(deadline)) {
                session.report(Problem.error(Source.NONE, node + ": " + why + ".", byStranger
                        ? "Nothing was done on it."
                        : "It was waited for " + minutes + " minutes; the same command goes on."));
                return false;
            }
            if (!why.equals(last)) {
                say(node + ": waiting. " + why + ".");
                last = why;
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES.toMillis());
        }
    }

    /** When a node's first process began, by the clock of this machine; empty if it doesn't tell. */
    private static Optional<Instant> started(Shell shell) throws InterruptedException {
        Answer answer = shell.ask(List.of(Piece.free(Sh.raw("cat /proc/uptime /proc/1/stat")))).getFirst();
        // Seconds since the kernel's start; and, after the name in parentheses, as the 20th word, a hundredth of these.
        Matcher told = Pattern.compile("(\\d+)\\.\\d+ .*\\R.*\\)(?: \\S+){19} (\\d+) .*\\R?").matcher(answer.text());
        return told.matches()
                ? Optional.of(Instant.now()
                        .minusSeconds(Long.parseLong(told.group(1)) - Long.parseLong(told.group(2)) / TICKS))
                : Optional.empty();
    }

    private synchronized void say(String text) {
        session.out().println(text);
        session.out().flush();
    }

    /** Stands above what a playbook prints: which step of all that was told this is. */
    private void heading(List<String> names, String what) {
        say(String.join(", ", names) + ": " + what);
    }

    /** The playbooks of all, each once, in an order that keeps that of each node. */
    private static List<String> inOrder(Map<String, Job> jobs, Function<Job, List<String>> which) {
        return jobs.values().stream().flatMap(job -> which.apply(job).stream()).distinct().toList();
    }

    private int play(Map<String, Job> jobs, String playbook) throws InterruptedException {
        String step = "play " + playbook;
        return through(jobs, job -> job.playbooks.contains(playbook) && job.lacks(step), playbook, true,
                "play " + shown(playbook), step);
    }

    /** Notes down that a step is done. */
    private static void done(Map<String, Job> jobs, List<String> some, String step) {
        some.forEach(node -> jobs.computeIfPresent(node, (_, job) -> job.with(job.state.with(step))));
    }

    /**
     * Plays a playbook on some to its end. Those on which it fails are left behind; as that may have ended it for the others
     * as well, these then go on with it.
     *
     * @param goesOn whether what an earlier call of this has done of it isn't done again
     * @param what it is done for, for whoever looks on
     * @param step what is done with it; empty if it counts only with all that follows
     * @return the exit code
     */
    private int through(Map<String, Job> jobs, Predicate<Job> which, String playbook, boolean goesOn, String what,
            String step) throws InterruptedException {
        int worst = 0;
        boolean again = false;
        while (true) {
            List<Job> left = jobs.values().stream().filter(which).toList();
            List<String> names = left.stream().map(Job::node).toList();
            if (left.isEmpty()) {
                return worst;
            }
            var failing = new HashSet<String>();
            heading(names, what);
            int code = play(names, playbook, new RunFlags(), goesOn || again ? before(left, playbook) : List.of(),
                    failing);
            if (code == 0) {
                if (!step.isEmpty()) {
                    done(jobs, names, step);
                }
                return worst;
            }
            List<String> guilty = names.stream().filter(failing::contains).toList();
            worst = Math.max(worst, leave(jobs, guilty.isEmpty() ? names : guilty, code));
            again = true;
        }
    }

    /** What the runs of a playbook that belong to these rebuildings have done. */
    private List<History.Entry> before(List<Job> left, String playbook) {
        var entries = new ArrayList<History.Entry>();
        try (History history = session.history()) {
            for (Job job : left) {
                history.playedOn(job.node).reversed().stream()
                        .filter(run -> run.playbooks().equals(List.of(playbook)) && !run.goesOn()
                                && run.started().isAfter(job.state.began()))
                        .flatMap(run -> history.entries(run.id()).stream())
                        .filter(entry -> entry.host().equals(job.node)).forEach(entries::add);
            }
        }
        entries.stream().map(History.Entry::run).max(String::compareTo)
                .ifPresent(run -> session.err().println("Continuing the run " + run + "."));
        return entries;
    }

    /** @param failing takes those on which something failed */
    private int play(List<String> names, String playbook, RunFlags flags, List<History.Entry> before,
            Set<String> failing) throws InterruptedException {
        var words = new ArrayList<>(List.of("run"));
        inventory.inventory.forEach(source -> words.addAll(List.of("-i", source)));
        words.addAll(List.of("-l", String.join(",", names), shown(playbook)));
        if (!before.isEmpty()) {
            words.add("--resume");
        }
        flags.verbose = verbose;
        Session played = session.in(session.folder(), words);
        played.goesOnBy(again());
        return new PlaybookCommand(played, inventory.only(names), login, flags)
                .play(shown(playbook), before, event -> {
                    if (event instanceof Event.RunEnded ended) {
                        ended.tallies().forEach((host, tally) -> {
                            if (tally.failed() + tally.unreachable() > 0) {
                                failing.add(host);
                            }
                        });
                    }
                });
    }

    private int restore(Map<String, Job> jobs) throws InterruptedException {
        jobs.values().stream().filter(job -> restores(job) && job.backup.isEmpty())
                .forEach(job -> session.report(Problem.warning(Source.NONE, "There is no backup of " + job.node
                        + ": what the inventory declares as its state isn't brought back.", "")));
        return through(jobs, job -> restores(job) && job.backup.isPresent() && job.lacks(RESTORE),
                BackupCommand.own("restore.yml"), false, "bring back what was kept", RESTORE);
    }

    private int verify(Map<String, Job> jobs) throws InterruptedException {
        int worst = 0;
        for (String playbook : inOrder(jobs, Job::playbooks)) {
            var dry = new RunFlags();
            dry.check = true;
            dry.detailed = true;
            List<String> names = jobs.values().stream().filter(job -> job.playbooks.contains(playbook)).map(Job::node)
                    .toList();
            if (names.isEmpty()) {
                continue;
            }
            var failing = new HashSet<String>();
            heading(names, "look by a dry run of " + shown(playbook) + " whether anything is left");
            int code = play(names, playbook, dry, List.of(), failing);
            if (code == CHANGES) {
                session.report(Problem.warning(Source.NONE, "Another run of " + shown(playbook)
                        + " would change something again, as the dry run above shows.", ""));
            } else if (code != 0) {
                List<String> guilty = names.stream().filter(failing::contains).toList();
                worst = Math.max(worst, leave(jobs, guilty.isEmpty() ? names : guilty, code));
            }
        }
        for (String playbook : inOrder(jobs, Job::verify)) {
            worst = Math.max(worst, through(jobs, job -> job.verify.contains(playbook), playbook, false,
                    "verify by " + shown(playbook), ""));
        }
        return worst;
    }

    private void conclude(Job job) {
        try (History history = session.history()) {
            Set<String> backups = history.playedOn(job.node).stream()
                    .filter(run -> run.playbooks().equals(List.of(BackupCommand.own("backup.yml"))))
                    .map(History.Run::id).collect(Collectors.toSet()); // what they made is on this machine
            var report = RebuildReport.of(history.changesOf(job.node, Integer.MAX_VALUE).stream()
                    .filter(entry -> !backups.contains(entry.run())).toList(),
                    history.since(job.node, job.state.began()),
                    job.state.began());
            say(job.node + " is back, after " + Duration.between(job.state.began(), Instant.now()).toSeconds()
                    + " seconds.");
            report.lines().forEach(line -> say("  " + line));
        }
        job.state.with(BACK);
    }
}
