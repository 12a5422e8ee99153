package bramble.modules.system;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ListingFact;
import bramble.modules.files.Presence;
import bramble.modules.files.TextEdit;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** {@code modprobe}: modules of the kernel. */
@AutoService(AnyModule.class)
public final class ModprobeModule implements TaskModule<ModprobeModule.Args, ModprobeModule.State> {
    private static final String LOADED = "/etc/modules-load.d";
    private static final String OPTIONS = "/etc/modprobe.d";

    /** Whether it is loaded at each start. */
    public enum Persistent {
        DISABLED,
        ABSENT,
        PRESENT
    }

    @Doc(value = "Loads and unloads modules of the kernel, now and at each start.", collection = "community.general", example = """
            - name: Let bridges see what the packet filter says
              community.general.modprobe:
                name: br_netfilter
                persistent: present
            """, returns = {
        "name: str: the module", "params: str: its parameters", "state: str: present or absent"})
    public record Args(@Arg("The module.") String name,
            @Arg(value = "Whether it is to be loaded now.", fallback = "present") Presence state,
            @Arg(value = "Parameters for it: numdummies=2.", fallback = "") String params,
            @Arg(value = "Whether it is loaded at each start, by files in /etc/modules-load.d and /etc/modprobe.d; disabled leaves them alone.", fallback = "disabled") Persistent persistent) {}

    /** The module in the kernel, and the files that say what is loaded at a start. */
    public record State(Maybe<Optional<ModprobeFact.Found>> kernel, List<TextEdit> loading, List<TextEdit> options) {}

    @Override
    public String name() {
        return "modprobe";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var kernel = Inquiry.maybe(new ModprobeFact(args.name()));
        if (args.persistent() == Persistent.DISABLED) {
            return kernel.map(found -> new State(found, List.of(), List.of()));
        }
        Inquiry<List<ListingFact.Listing>> folders = Inquiry
                .all(List.of(Inquiry.of(new ListingFact(LOADED)), Inquiry.of(new ListingFact(OPTIONS))));
        return kernel.and(folders, Folders::new)
                .then(known -> files(args, LOADED, known.listings.getFirst())
                        .and(files(args, OPTIONS, known.listings.getLast()),
                                (loading, options) -> new State(known.kernel, loading, options)));
    }

    private record Folders(Maybe<Optional<ModprobeFact.Found>> kernel, List<ListingFact.Listing> listings) {}

    /** The files of a folder that may speak of the module, its own last. */
    private static Inquiry<List<TextEdit>> files(Args args, String folder, ListingFact.Listing listing) {
        String own = folder + "/" + args.name() + ".conf";
        var paths = new ArrayList<>(listing.names().stream().filter(name -> name.endsWith(".conf"))
                .map(name -> folder + "/" + name).filter(path -> !path.equals(own)).toList());
        paths.add(own);
        return Inquiry.all(paths.stream().map(TextEdit::of).toList());
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (!args.name().matches("[\\w.-]+")) {
            return new Plan.Refused("Tried to load the module \"" + args.name()
                    + "\", but the name of a kernel module has letters, digits, _ and - alone.");
        }
        var changes = new ArrayList<Change>();
        Optional<ModprobeFact.Found> found = actual.kernel.get();
        boolean present = args.state() == Presence.PRESENT;
        if (present && found.isEmpty()) {
            return new Plan.Refused("modprobe: FATAL: Module " + args.name()
                    + " not found: the node's kernel has no such module, or the node has no modprobe (package kmod).");
        }
        if (found.isPresent() && found.get().loaded() != present) {
            Sh run = present
                    ? Sh.of("modprobe {} {}", args.name(), parameters(args))
                    : Sh.of("modprobe -r {}", args.name());
            changes.add(new Change(args.name(),
                    Diff.text(args.name(), word(args, !present), word(args, present)), List.of(new Action.Run(run)),
                    List.of(Effect.becomes(new ModprobeFact(args.name()),
                            Optional.of(new ModprobeFact.Found(present))))));
        }
        switch (args.persistent()) {
            case PRESENT -> {
                Optional<String> obstacle = own(actual.loading).obstacle().or(() -> own(actual.options).obstacle());
                if (obstacle.isPresent()) {
                    return new Plan.Refused("Tried to have " + args.name() + " loaded at each start, but "
                            + obstacle.get() + " (systems with systemd have it).");
                }
                changes.addAll(loading(args, actual));
                changes.addAll(options(args, actual));
            }
            case ABSENT -> {
                actual.loading.forEach(file -> changes.addAll(commented(file, line -> loads(args, line))));
                actual.options.forEach(file -> changes.addAll(commented(file, line -> options(args, line))));
            }
            case DISABLED -> {
                // files are left alone
            }
        }
        return Plan.of(changes);
    }

    private static String word(Args args, boolean loaded) {
        return loaded ? args.name() + "\n" : "";
    }

    private static List<String> parameters(Args args) {
        return args.params().isBlank() ? List.of() : List.of(args.params().strip().split("\\s+", -1));
    }

    private static TextEdit own(List<TextEdit> files) {
        return files.getLast();
    }

    private static boolean loads(Args args, String line) {
        return line.replaceFirst("\\s*[#;].*", "").strip().equals(args.name());
    }

    private static boolean options(Args args, String line) {
        return line.strip().matches("options\\s+" + java.util.regex.Pattern.quote(args.name()) + "\\s.*");
    }

    private static List<Change> loading(Args args, State actual) {
        boolean there = actual.loading.stream()
                .anyMatch(file -> file.text().lines().anyMatch(line -> loads(args, line)));
        return there
                ? List.of()
                : own(actual.loading).to(own(actual.loading).text() + args.name() + "\n",
                        TextEdit.Options.mode(0644));
    }

    private static List<Change> options(Args args, State actual) {
        var set = new TreeSet<String>();
        actual.options.forEach(file -> file.text().lines().filter(line -> options(args, line)).forEach(
                line -> set.addAll(List.of(line.strip().split("\\s+", -1)).subList(2,
                        line.strip().split("\\s+", -1).length))));
        if (set.equals(new TreeSet<>(parameters(args)))) {
            return List.of();
        }
        var changes = new ArrayList<Change>();
        for (TextEdit file : actual.options.subList(0, actual.options.size() - 1)) {
            changes.addAll(commented(file, line -> options(args, line)));
        }
        String kept = own(actual.options).text().lines().filter(line -> !options(args, line))
                .map(line -> line + "\n").reduce("", String::concat);
        String added = parameters(args).stream().map(one -> "options " + args.name() + " " + one + "\n").reduce("",
                String::concat);
        changes.addAll(own(actual.options).to(kept + added, TextEdit.Options.mode(0644)));
        return changes;
    }

    private static List<Change> commented(TextEdit file, java.util.function.Predicate<String> which) {
        return !file.exists() || file.text().lines().noneMatch(which)
                ? List.of()
                : file.to(file.text().lines().map(line -> (which.test(line) ? "#" + line : line) + "\n")
                        .reduce("", String::concat));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("name", args.name(), "params", args.params(), "state",
                args.state().name().toLowerCase(Locale.ROOT));
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed.get().errors().strip(), results.with("rc", failed.get().status()))
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
