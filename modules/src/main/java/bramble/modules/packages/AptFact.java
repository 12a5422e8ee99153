package bramble.modules.packages;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks dpkg for packages, and apt-get, by a simulation, for what it would do. Where all is as it should be that is one
 * process; the simulation runs only where something seems to be left to do, or to tell whether there is. Of questions that
 * are asked together, as those of a loop are, those for packages that are to come, of some version or the newest one, share
 * one simulation, where it tells what each of them would bring.
 *
 * @param command the words after {@code apt-get}: options, the verb
 * @param specs as they were asked for; empty for commands that concern all packages
 */
record AptFact(Goal goal, List<String> command, List<String> specs) implements Fact<AptState> {
    /** When apt-get has to be asked. */
    enum Goal {
        /** If one isn't installed. */
        PRESENT,
        /** If one is installed. */
        ABSENT,
        /** Always. */
        ALWAYS
    }

    private static final Sh.Library LIBRARY = new Sh.Library("b_apt",
            """
                    b_apt_q() { dpkg-query -W -f '${Package}|${db:Status-Abbrev}|${Version}|${Architecture}|${Provides}\\n' "$@" 2>/dev/null; }
                    b_apt_names=' ' b_apt_all= b_apt_autos=
                    b_apt_key= b_apt_new= b_apt_sim=
                    b_apt_gather() { # how apt-get is called, if each is simulated; names; what b_apt_there and b_apt_auto would ask about each; + and names to simulate
                      b_apt_key=$1 b_w=; shift
                      for b_n; do
                        case $b_n in
                        +*) b_apt_new="$b_apt_new ${b_n#+}" ;;
                        *) b_w="$b_w $b_n" ;;
                        esac
                      done
                      set -- $b_w
                      b_apt_names=" $* " b_apt_all="
                    $(b_apt_q "$@")
                    " b_apt_autos=" $(echo $(b_apt_marked "$@")) "
                    }
                    b_apt_there() { # names; what dpkg says of them
                      for b_n; do case $b_apt_names in *" $b_n "*) ;; *) b_apt_q "$@"; return ;; esac; done
                      for b_n; do
                        b_r=$b_apt_all
                        while case $b_r in *"
                    $b_n|"*) ;; *) false ;; esac; do
                          b_r=${b_r#*"
                    $b_n|"}
                          printf '%s\\n' "$b_n|${b_r%%"
                    "*}"
                          b_r="
                    ${b_r#*"
                    "}"
                        done
                      done
                    }
                    b_apt_s() { # a simulation
                      printf 'simulated\\n'; apt-get -s -q "$@" </dev/null; printf '\\nstatus %s\\n' "$?"
                    }
                    b_apt_part() { # how apt-get is called; names; the words of that: a simulation, cut from one for all that were gathered
                      b_k=$1 b_g=$2; shift 2
                      set -f
                      if [ "$b_k" = "$b_apt_key" ] && b_apt_together "$@" && b_o=$(b_apt_cut "$b_g"); then
                        printf 'simulated\\n%s\\n\\nstatus 0\\n' "$b_o"
                      else
                        b_apt_s "$@" $b_g
                      fi
                      set +f
                    }
                    b_apt_together() { # words; simulates, once, that all come that are missing, or that are to be new; fails if that tells nothing of each
                      case $b_apt_sim in '') ;; -) return 1 ;; *) return 0 ;; esac
                      b_apt_sim=-
                      b_apt_sort "$b_apt_all" $b_apt_new
                      b_c="$b_l$b_m$b_l" b_a=' ' b_w=
                      case $b_apt_key in latest*) b_c="$b_c$b_y$b_l" ;; esac
                      for b_s in $b_apt_new; do
                        b_n=${b_s%%=*}
                        case $b_c in *"$b_l$b_n$b_l"*) ;; *) continue ;; esac
                        case $b_a in *" $b_n "*) return 1 ;; esac
                        b_a="$b_a$b_n " b_w="$b_w $b_s"
                      done
                      case $b_w in ' '*' '*) ;; *) return 1 ;; esac
                      b_sim=$(LC_ALL=C apt-get -s -q "$@" $b_w </dev/null 2>/dev/null) || return 1
                      ! printf '%s\\n' "$b_sim" | grep -Eq '^(Remv|Purg) |DOWNGRADED' || return 1
                      for b_n in $(printf '%s\\n' "$b_sim" | sed -n 's/^Inst \\([^ ]*\\) [[].*/\\1/p'); do
                        case $b_a in *" $b_n "*) ;; *) return 1 ;; esac # it is new for the sake of nobody knows whom
                      done
                      for b_n in $b_a; do
                        case "$b_l$b_sim" in *"${b_l}Inst $b_n "*) continue ;; esac
                        case "$b_apt_key$b_l$b_y$b_l" in latest*"$b_l$b_n$b_l"*) ;; *) return 1 ;; esac
                      done
                      b_dep=$(printf '%s\\n' "$b_sim" | awk '/^Inst / { print $2 }' |
                        LC_ALL=C xargs -r apt-cache depends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances) || return 1
                      b_apt_sim="$b_sim$b_l=$b_l$b_dep"
                    }
                    b_apt_cut() { # names; what of the simulation is for them; fails if it may have been otherwise without the others
                      case $b_apt_key in latest*) b_c=1 ;; *) b_c= ;; esac
                      printf '%s\\n' "$b_apt_sim" | awk -v want="$1" -v all="$b_apt_new" -v newest="$b_c" '
                        function rows(names, count, i, row) {
                          for (i = 1; i <= count; i++) {
                            if (length(row) + length(names[i]) > 76) { print " " row; row = "" }
                            row = row " " names[i]
                          }
                          print " " row
                        }
                        BEGIN {
                          k = split(all, a, " ")
                          for (i = 1; i <= k; i++) { d = a[i]; p = sub(/=.*/, "", d); named[d] = 1; if (p) fixed[d] = 1 }
                          n = split(want, w, " ")
                          for (i = 1; i <= n; i++) { sub(/=.*/, "", w[i]); delete named[w[i]] }
                        }
                        $0 == "=" { deps = 1; next }
                        !deps && /^The following/ { new = /NEW packages/; newer = /will be upgraded/; next }
                        !deps && new && /^  / { for (i = 1; i <= NF; i++) order[++m] = $i; next }
                        !deps && newer && /^  / { for (i = 1; i <= NF; i++) order2[++m2] = $i; next }
                        !deps && /^Inst / { line[++l] = $0; name[l] = $2; comes[$2] = 1; if ($3 ~ /^[[]/) up[$2] = 1; next }
                        !deps { new = newer = 0; if (/ not upgraded/) rest = $(NF - 2); next }
                        /^[^ ]/ { p = $1; either = 0; next }
                        /^    / { edge[p] = edge[p] " ?" $1; next }
                        { weak = either || /^ [|]/ || /Recommends:/; either = /^ [|]/; if ($2 !~ /^</) edge[p] = edge[p] " " (weak ? "?" : "") $2 }
                        END {
                          for (i = 1; i <= n; i++) {
                            if (!(w[i] in comes) && !newest) exit 1
                            if ((w[i] in comes) && !(w[i] in seen)) { seen[w[i]] = 1; todo[++t] = w[i] }
                          }
                          for (d in named) if (d in comes) { others[d] = 1; theirs[++c] = d }
                          for (h = 1; h <= c; h++) {
                            k = split(edge[theirs[h]], e, " ")
                            for (i = 1; i <= k; i++) {
                              d = e[i]; sub(/^[?]/, "", d)
                              if ((d in comes) && !(d in others)) { others[d] = 1; theirs[++c] = d }
                            }
                          }
                          for (h = 1; h <= t; h++) {
                            k = split(edge[todo[h]], e, " ")
                            for (i = 1; i <= k; i++) {
                              d = e[i]; weak = sub(/^[?]/, "", d)
                              if (!(d in comes) || d in seen) continue
                              if (weak && (d in others)) exit 1 # it may be there for their sake
                              if (d in up || d in fixed) exit 1 # by itself, it may stay, or be another one
                              seen[d] = 1; todo[++t] = d
                            }
                          }
                          for (i in w) asked[w[i]] = 1
                          for (i = 1; i <= m; i++) if (order[i] in seen) { every[++v] = order[i]; if (!(order[i] in asked)) more[++o] = order[i] }
                          for (i = 1; i <= m2; i++) if (order2[i] in seen) newer_ones[++u] = order2[i]
                          if (o > 0) { print "The following additional packages will be installed:"; rows(more, o) }
                          if (v > 0) { print "The following NEW packages will be installed:"; rows(every, v) }
                          if (u > 0) { print "The following packages will be upgraded:"; rows(newer_ones, u) }
                          print (u + 0) " upgraded, " (v + 0) " newly installed, 0 to remove and " (rest + m2 - u) " not upgraded."
                          for (i = 1; i <= l; i++) if (name[i] in seen) print line[i]
                        }'
                    }
                    b_apt_sort() { # installed, specs; sorts the specs, one a line, into those that seem to be there and not: b_y, b_m
                      b_i="
                    $1"; shift; b_m= b_y= b_l='
                    '
                      for b_s; do
                        b_n=${b_s%%[=:/]*} b_v=; case $b_s in *=*) b_v=${b_s#*=} ;; esac
                        case $b_v in '') b_v='*' ;; esac
                        case $b_i in
                        *"$b_l$b_n|"[hi]i?"|"$b_v"|"*) b_y=$b_y$b_l$b_s ;;
                        *) b_m=$b_m$b_l$b_n; case $b_s in *[*?[]*) b_y=$b_y$b_l$b_s ;; esac ;;
                        esac
                      done
                      b_m=${b_m#?} b_y=${b_y#?}
                    }
                    b_apt_auto() { # names; those that came because others need them
                      for b_n; do
                        case $b_apt_names in *" $b_n "*) ;; *) b_apt_autos=" $(echo $(b_apt_marked "$@")) "; break ;; esac
                      done
                      for b_n; do case $b_apt_autos in *" $b_n "*) printf 'auto|%s\\n' "$b_n" ;; esac; done
                    }
                    b_apt_marked() {
                      [ ! -r /var/lib/apt/extended_states ] || awk -v n="$*" 'BEGIN { split(n, a, " "); for (i in a) w[a[i]] = 1 }
                        /^Package: / { p = $2 } /^Auto-Installed: 1/ && (p in w) { print p }' /var/lib/apt/extended_states
                    }""");

    private static final Sh.Library FETCHED = new Sh.Library("b_apt_deb",
            """
                    b_apt_deb() { # address of a package, a function and its words; the file that is fetched is its last word
                      b_dd=$(mktemp -d) && chmod 755 "$b_dd" || return
                      b_dw=$1 b_dn=${1%%[?#]*}; shift; b_dn=$b_dd/$(basename "$b_dn" .deb).deb
                      if b_fetch "$b_dw" 1 >"$b_dn"; then "$@" "$b_dn"; else false; fi
                      b_ds=$?; rm -rf "$b_dd"; return $b_ds
                    }""");

    /** A name, or a name and a version, that says the same alone and among others. */
    private static final Predicate<String> PLAIN = Pattern.compile("[a-z0-9][a-z0-9+.-]*(=[^ /]+)?").asMatchPredicate();

    /** Does that with a package that is fetched first, for as long as it takes. */
    static Sh fetched(String address, Sh run) {
        return Sh.of("b_apt_deb {} {}", address, run).using(FETCHED).using(DownloadFact.LIBRARY);
    }

    /** The address that a package is fetched from, if it is. */
    Optional<String> address() {
        return specs.size() == 1 && specs.getFirst().matches("[a-z]+://.*")
                ? Optional.of(specs.getFirst())
                : Optional.empty();
    }

    @Override
    public Sh script() {
        if (address().isPresent()) {
            return Sh.of("{} || printf 'simulated\\n\\nstatus 100\\n'",
                    fetched(address().get(), Sh.of("b_apt_s {}", command))).using(LIBRARY);
        }
        if (specs.isEmpty()) {
            return Sh.of("b_apt_s {}", command).using(LIBRARY);
        }
        List<AptSpec> asked = asked();
        List<String> queries = asked.stream().map(AptSpec::query).distinct().toList();
        String key = (goal == Goal.ALWAYS ? "latest " : "") + String.join(" ", command);
        boolean plain = goal != Goal.ABSENT && keeps() && specs.stream().allMatch(PLAIN);
        Sh simulate = plain
                ? Sh.of("b_apt_part {} {} {}", key, String.join(" ", specs), command)
                : Sh.of("b_apt_s {} {}", command, asked.stream().map(AptSpec::argument).toList());
        Sh then = switch (goal) {
            case ALWAYS -> simulate;
            case ABSENT -> Sh.of("""
                    b_apt_sort "$b_q" {}
                    [ -z "$b_y" ] || (set -f; b_apt_s {} $b_y)""", queries, command);
            case PRESENT -> Sh.of("""
                    b_apt_sort "$b_q" {}
                    [ -z "$b_m" ] || { b_apt_q | grep -F "$b_m"; {}; }""", specs, simulate);
        };
        Sh automatic = keeps()
                ? Sh.of("b_apt_auto {}\n", asked.stream().filter(spec -> !spec.wild()).map(AptSpec::name).toList())
                : Sh.raw("");
        Sh all = Sh.of("b_q=$(b_apt_there {})\nprintf '%s\\n' \"$b_q\"\n{}{}", queries, automatic, then).using(LIBRARY);
        return asked.stream().anyMatch(spec -> spec.wild() || spec.architecture().isPresent())
                ? all
                : all.shared("b_apt_gather " + (plain ? Sh.quote(key) : "''"), plain ? gathered(queries) : queries);
    }

    private List<String> gathered(List<String> queries) {
        var words = new ArrayList<>(queries);
        specs.forEach(spec -> words.add("+" + spec));
        return words;
    }

    /** Whether what is asked for is to stay though nothing needs it any more. */
    private boolean keeps() {
        return command.getLast().equals("install") && !command.contains("--fix-broken");
    }

    @Override
    public AptState parse(Answer answer) {
        var installed = new TreeMap<String, AptState.Installed>();
        var provided = new HashSet<String>();
        var automatic = new ArrayList<String>();
        List<AptSpec> asked = asked();
        List<String> lines = answer.text().lines().toList();
        int simulated = lines.indexOf("simulated");
        for (String line : simulated < 0 ? lines : lines.subList(0, simulated)) {
            String[] parts = line.split("\\|", -1);
            if (parts.length == 2 && parts[0].equals("auto")) {
                automatic.add(parts[1]);
            }
            if (parts.length < 5 || !parts[1].matches("[hi]i.*")) {
                continue;
            }
            var one = new AptState.Installed(parts[0], parts[3], parts[2]);
            boolean fits = asked.stream()
                    .anyMatch(spec -> AptSpec.of(spec.query()).fits(one));
            if (fits) {
                installed.put(one.key(), one);
            }
            for (String name : parts[4].split(",", -1)) {
                String plain = name.strip().replaceFirst("[ (:].*", "");
                if (!plain.isEmpty() && asked.stream().anyMatch(spec -> spec.name().equals(plain))) {
                    provided.add(plain);
                }
            }
        }
        AptState.Transaction transaction = simulated < 0
                ? AptState.Transaction.NONE
                : transaction(lines.subList(simulated + 1, lines.size()), answer.errors());
        transaction.steps().forEach(step -> provided.remove(step.name())); // there is a package of that name, too
        return new AptState(installed, provided.stream().sorted().toList(), automatic.stream().distinct().toList(),
                Maybe.known(transaction));
    }

    private static final Pattern STEP = Pattern
            .compile("(Inst|Remv|Purg|Del) (\\S+)(?: \\[([^]]*)])?(?: \\((\\S+) .*)?.*");

    /** Heads of lists of what isn't installed. */
    private static final Set<String> PROPOSED = Set.of("Suggested packages:", "Recommended packages:");

    static AptState.Transaction transaction(List<String> lines, String errors) {
        String status = lines.isEmpty() ? "" : lines.getLast();
        if (!status.equals("status 0")) {
            String why = errors.isBlank() ? String.join("\n", lines) : errors;
            return new AptState.Transaction(List.of(), "", "", why.strip());
        }
        var steps = new ArrayList<AptState.Step>();
        var list = new StringBuilder();
        boolean listing = false;
        boolean proposed = false;
        for (String line : lines) {
            Matcher step = STEP.matcher(line);
            listing |= line.startsWith("The following ");
            proposed = line.startsWith(" ") ? proposed : PROPOSED.contains(line);
            if (step.matches()) {
                String before = step.group(3) == null ? "" : step.group(3);
                String after = step.group(1).equals("Inst") && step.group(4) != null ? step.group(4) : "";
                steps.add(new AptState.Step(step.group(2), before, after));
            }
            boolean last = line.matches("\\d+ upgraded, .*");
            if ((listing && !proposed) || last) {
                list.append(line).append('\n');
            }
            listing &= !last;
        }
        return new AptState.Transaction(List.copyOf(steps), steps.isEmpty() ? "" : list.toString(), said(lines), "");
    }

    /** Without the empty line and the status at its end. */
    private static String said(List<String> lines) {
        return String.join("\n", lines.subList(0, lines.size() - 1)).stripTrailing() + "\n";
    }

    @Override
    public Maybe<AptState> after(Effect.Becomes<?> effect, AptState current) {
        return Maybe.known(switch (effect.fact()) {
            case AptDone _ -> {
                @SuppressWarnings("unchecked") // the value of an AptDone
                var steps = (List<AptState.Step>) effect.value();
                yield current.after(steps, goal, asked());
            }
            case AptMarked _ -> {
                @SuppressWarnings("unchecked") // the value of an AptMarked
                var names = (List<String>) effect.value();
                yield current.marked(names);
            }
            case AptCacheFact _ -> renewed(current);
            case AptFact other when other.equals(this) -> new AptState(current.installed(), current.provided(),
                    current.automatic(), ((AptState) effect.value()).transaction());
            default -> current;
        });
    }

    /** A package that apt knew before its lists were fetched is there afterwards; its version, and all else, may change. */
    private AptState renewed(AptState current) {
        boolean stays = goal != Goal.ALWAYS && current.transaction() instanceof Maybe.Known<AptState.Transaction>(var t)
                && !t.failed();
        return stays
                ? current
                : new AptState(current.installed(), current.provided(), current.automatic(),
                        Maybe.unknown("the package lists would be fetched first"));
    }

    private List<AptSpec> asked() {
        return specs.stream().map(AptSpec::of).toList();
    }
}
