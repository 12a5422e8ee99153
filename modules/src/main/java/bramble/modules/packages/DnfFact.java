package bramble.modules.packages;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.AboutPath;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Asks rpm which of some packages are installed, and, where that isn't as it is to be, dnf what it would do.
 *
 * @param options what dnf is told besides
 * @param verb dnf's word for what is to be done
 * @param names packages, also with versions, wildcards, what packages provide, groups, files, addresses
 * @param root the tree that they are in, if it isn't the node's own
 */
record DnfFact(List<String> options, String verb, Goal goal, List<String> names, Optional<String> root)
        implements
            Fact<DnfFact.Found> {
    /** When dnf has to be asked. */
    enum Goal {
        /** Where one of them isn't installed. */
        PRESENT,
        /** Where one of them is. */
        ABSENT,
        /** Whatever is installed. */
        ALWAYS,
        /** Whatever is installed; those that aren't installed are none of its business. */
        UPDATE
    }

    /**
     * What was found.
     *
     * @param installed those of the names that are installed, as far as rpm can tell
     * @param transaction what dnf would do
     */
    record Found(Set<String> installed, Maybe<Transaction> transaction) {
        Found {
            installed = Set.copyOf(installed);
        }
    }

    /**
     * A run of dnf that isn't made.
     *
     * @param complaint what stands in its way; empty where nothing does
     */
    record Transaction(List<DnfStep> steps, String complaint) {
        static final Transaction NONE = new Transaction(List.of(), "");

        Transaction {
            steps = List.copyOf(steps);
        }

        boolean failed() {
            return !complaint.isEmpty();
        }

        /** What is left of it once some steps were taken, and what of those it has to undo. */
        Transaction after(List<DnfStep> done, List<DnfStep> undone) {
            return failed()
                    ? this
                    : new Transaction(Stream.concat(steps.stream().filter(step -> done.stream().noneMatch(step::like)),
                            undone.stream()).toList(), "");
        }
    }

    private static final Sh.Library LIBRARY = new Sh.Library("b_dnf",
            """
                    b_dnf_there() { # the word that names the tree, if there is one, in words of its own; names: those that are installed
                      b_r=$1; shift
                      for p; do
                        case $p in
                        @*|*://*|*.rpm) continue ;; # what is in these, dnf alone knows
                        *[*?[]*) [ -n "$(rpm ${b_r:+--root "$b_r"} -qa "$p" 2>/dev/null)" ] || continue ;;
                        *) rpm ${b_r:+--root "$b_r"} -q "$p" >/dev/null 2>&1 ||
                          rpm ${b_r:+--root "$b_r"} -q --whatprovides "$p" >/dev/null 2>&1 || continue ;;
                        esac
                        printf 'there %s\\n' "$p"
                      done
                    }
                    b_dnf_s() { # the tree; dnf's words: what it would do
                      b_r=$1; shift
                      rpm ${b_r:+--root "$b_r"} -qa --qf 'is %{NAME} %{ARCH} %{EVR}\\n' 2>/dev/null
                      b_o=$(LC_ALL=C COLUMNS=300 dnf --assumeno "$@" 2>&1 </dev/null); b_s=$?
                      printf 'simulated\\n%s\\nstatus %s\\n' "$b_o" "$b_s"
                    }""");

    @Override
    public Sh script() {
        Sh simulate = Sh.of("b_dnf_s {} {} {} {}", root.orElse(""), options, verb, names);
        Sh there = Sh.of("b_dnf_there {} {}", root.orElse(""), names);
        return Sh.of("command -v dnf >/dev/null || exit 0\n{}", switch (goal) {
            case ALWAYS -> simulate;
            case UPDATE -> Sh.of("""
                    b_q=$({}); [ -z "$b_q" ] || { printf '%s\\n' "$b_q"
                    set --; for p in {}; do case "
                    $b_q
                    " in *"
                    there $p
                    "*) set -- "$@" "$p" ;; esac; done
                    b_dnf_s {} {} {} "$@"; }""", there, names, root.orElse(""), options, verb);
            case ABSENT -> Sh.of("""
                    b_q=$({}); [ -z "$b_q" ]{} || { printf '%s\\n' "$b_q"; {}; }""", there,
                    Sh.raw(opaque() ? " && false" : ""), simulate);
            case PRESENT -> Sh.of("""
                    b_q=$({}); printf '%s\\n' "$b_q"
                    b_n=$(printf '%s\\n' "$b_q" | grep -c '^there '); [ "$b_n" = {} ] || {}""", there,
                    String.valueOf(names.size()), simulate);
        }).using(LIBRARY);
    }

    /** Whether dnf alone knows whether they are there. */
    private boolean opaque() {
        return names.stream().anyMatch(name -> name.startsWith("@"));
    }

    @Override
    public Found parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        int simulated = lines.indexOf("simulated");
        var installed = new TreeSet<String>();
        Map<String, String> versions = new TreeMap<>();
        for (String line : simulated < 0 ? lines : lines.subList(0, simulated)) {
            String[] words = line.split(" ", -1);
            if (line.startsWith("there ")) {
                installed.add(line.substring("there ".length()));
            } else if (words.length == 4 && words[0].equals("is")) {
                versions.put(words[1] + "." + words[2], words[3]);
            }
        }
        return new Found(installed, Maybe.known(simulated < 0
                ? Transaction.NONE
                : transaction(lines.subList(simulated + 1, lines.size()), versions)));
    }

    private static final Pattern HEAD = Pattern.compile(
            "(?<what>Installing|Reinstalling|Upgrading|Downgrading|Removing|Skipping|Enabling|Disabling|Switching)(?<more> [^:]*)?:");

    private static Transaction transaction(List<String> lines, Map<String, String> versions) {
        String status = lines.getLast();
        if (!status.equals("status 0") && lines.stream().noneMatch(line -> line.startsWith("Operation aborted"))) {
            return lines.contains("Error: No packages marked for upgrade.")
                    || lines.contains("Error: No packages marked for removal.")
                            ? Transaction.NONE
                            : new Transaction(List.of(), String.join("\n", lines.subList(0, lines.size() - 1)));
        }
        var steps = new ArrayList<DnfStep>();
        String what = "";
        for (String line : lines) {
            Matcher head = HEAD.matcher(line);
            String[] words = line.strip().split("\\s+", -1);
            if (head.matches()) {
                String more = head.group("more") == null ? "" : head.group("more");
                what = more.matches(" (Environment )?Groups") ? "group" : head.group("what");
            } else if (line.startsWith("Transaction Summary")) {
                break;
            } else if (line.startsWith(" ") && what.equals("group")) {
                steps.add(new DnfStep("@" + line.strip(), "", "", "group", false));
            } else if (line.startsWith(" ") && words[0].equals("replacing") && words.length > 2) {
                int dot = words[1].lastIndexOf('.');
                String name = dot < 0 ? words[1] : words[1].substring(0, dot);
                if (steps.stream().noneMatch(step -> step.name().equals(name))) {
                    steps.add(new DnfStep(name, dot < 0 ? "" : words[1].substring(dot + 1), words[2], "",
                            false));
                }
            } else if (line.startsWith(" ") && words.length > 2) {
                String before = versions.getOrDefault(words[0] + "." + words[1], "");
                switch (what) {
                    case "Installing" -> steps.add(new DnfStep(words[0], words[1], "", words[2], false));
                    case "Reinstalling" -> steps.add(new DnfStep(words[0], words[1], words[2], words[2], false));
                    case "Upgrading", "Downgrading" -> steps.add(new DnfStep(words[0], words[1], before, words[2],
                            what.equals("Downgrading")));
                    case "Removing" -> steps.add(new DnfStep(words[0], words[1], words[2], "", false));
                    default -> {
                    }
                }
            }
        }
        return new Transaction(steps, "");
    }

    @Override
    public Maybe<Found> after(Effect.Becomes<?> effect, Found current) {
        if (effect.fact() instanceof DnfDone(var where) && where.equals(root)
                && effect.value() instanceof DnfDone.Done done) {
            return after(done, current);
        }
        boolean asks = current.transaction().map(Transaction::failed).orElse(false);
        return asks && effect.fact() instanceof AboutPath<?> file
                && (file.path().startsWith("/etc/yum.repos.d/") || names.contains(file.path()))
                        ? Maybe.known(
                                new Found(current.installed(), Maybe.unknown(file.path() + " would be written first")))
                        : Maybe.known(current);
    }

    private Maybe<Found> after(DnfDone.Done done, Found current) {
        var installed = new TreeSet<String>();
        var undone = new ArrayList<DnfStep>();
        for (String name : names) {
            boolean was = current.installed().contains(name);
            boolean comes = done.steps().stream().anyMatch(step -> step.is(name, step.after()));
            boolean goes = done.steps().stream().anyMatch(step -> step.is(name, step.before()));
            boolean there = done.asked().contains(name) ? done.there() : comes || (was && !goes);
            if (there) {
                installed.add(name);
            }
            boolean newest = goal == Goal.ALWAYS || goal == Goal.UPDATE;
            boolean older = newest && done.steps().stream()
                    .anyMatch(step -> step.is(name, step.before()) && (step.older() || step.after().isEmpty()));
            if (older || (!newest && was != there && there == (goal == Goal.ABSENT))) {
                done.steps().stream().filter(step -> step.is(name, step.after()) || step.is(name, step.before()))
                        .map(DnfStep::undone).forEach(undone::add);
            }
        }
        boolean settled = switch (goal) {
            case PRESENT -> installed.containsAll(names);
            case ABSENT -> installed.isEmpty() && !opaque();
            case ALWAYS, UPDATE -> false;
        };
        return Maybe.known(new Found(installed, settled
                ? Maybe.known(Transaction.NONE)
                : current.transaction().map(transaction -> transaction.after(done.steps(), undone))));
    }
}
