package bramble.modules.commands;

import bramble.modules.files.NodePath;
import bramble.module.Applied;
import bramble.module.Verdict;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.shell.Shell;
import bramble.value.EscapedBytes;
import bramble.value.ListValue;
import bramble.value.PythonText;
import java.util.stream.Collectors;
import bramble.value.MapValue;
import bramble.value.Value;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A user's command on its way to a node and back. It runs in the login's own environment, in a process of its own. When it
 * began, how long it took and whether it could start at all stand in a last line after its output.
 */
final class Launch {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS",
            Locale.ROOT);
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:([A-Za-z_]\\w*)|\\{([A-Za-z_]\\w*)})");
    private static final Pattern LAST_LINE = Pattern.compile("\\nb_ended\\|([^|]*)\\|([^|]*)\\|([^|]*)\\|(\\w+)\\n");

    /** Text that may leave a process running behind it: an ampersand that stands alone, or a word that says so. */
    private static final Pattern LEAVES = Pattern
            .compile("(?<![&><])&(?![&>])|\\b(?:nohup|setsid|start|restart|daemon\\w*)\\b");

    /** The clock is read from /proc/uptime, which costs no process, in hundredths of a second. */
    private static final Sh.Library LIBRARY = new Sh.Library("b_launch",
            """
                    b_begin() {
                      b_t0=$(date '+%Y-%m-%d %H:%M:%S.%N') b_u0= b_how=ran b_d0='${' b_d1='}'
                      { read -r b_u0 b_ </proc/uptime; } 2>/dev/null
                    }
                    b_into() {
                      cd -P "$1" 2>/dev/null && return
                      b_how=folder; [ -e "$1" ] && { b_how=denied; [ -d "$1" ] || b_how=nofolder; }
                      ( exit 1 ); b_end
                    }
                    b_apart() { # the outputs go to files without a name, so that what is left running can't write into later answers
                      b_um=$(umask); umask 077
                      if b_o=$(mktemp) && b_e=$(mktemp); then
                        exec 3<"$b_o" 4>"$b_o" 5<"$b_e" 6>"$b_e"
                        rm -f "$b_o" "$b_e"
                      else
                        exec 3</dev/null 4>&1 5</dev/null 6>&2
                      fi
                      umask "$b_um"
                    }
                    b_join() {
                      b_rc=$?
                      cat <&3; cat <&5 >&2
                      return "$b_rc"
                    }
                    b_end() { # status of the last command; the program's name
                      b_rc=$? b_u1=
                      case $b_rc in
                      126) [ -n "${1-}" ] && [ -f "$1" ] && ! [ -x "$1" ] && b_how=noaccess ;;
                      127) [ -n "${1-}" ] && ! command -v "$1" >/dev/null 2>&1 && b_how=missing ;;
                      esac
                      { read -r b_u1 b_ </proc/uptime; } 2>/dev/null
                      printf '\\nb_ended|%s|%s|%s|%s\\n' "$b_t0" "$b_u0" "$b_u1" "$b_how"
                      exit "$b_rc"
                    }""");

    private Launch() {}

    /**
     * The script that runs a command.
     *
     * @param program the command itself, one simple command
     * @param name the program's name, to tell a missing one from one that fails; empty if it is a shell
     */
    static Sh script(Sh prepare, Optional<String> chdir, Sh program, Sh name) {
        return script(prepare, chdir, program, name, mayLeave(program.source()));
    }

    /** Whether a text may leave a process running behind it. */
    static boolean mayLeave(String text) {
        return LEAVES.matcher(text).find();
    }

    /** @param leaves whether it may leave a process running behind it */
    static Sh script(Sh prepare, Optional<String> chdir, Sh program, Sh name, boolean leaves) {
        Sh into = chdir.map(folder -> Sh.of("b_into {}\n", NodePath.word(folder))).orElse(Sh.raw(""));
        String form = leaves
                ? "b_begin\nb_apart\n{}{}\n{}( exec {} ) >&4 2>&6 3<&- 4>&- 5<&- 6>&-\nb_join; b_end {}"
                : "b_begin\n{}{}\n{}( exec {} )\nb_end {}";
        return Sh.of(form, prepare, Shell.LOGIN, into, program, name).using(LIBRARY);
    }

    /** A word in which the node's {@code $variables} and {@code ~} are expanded; variables that aren't set stay. */
    static Sh expanded(String word) {
        int slash = word.indexOf('/');
        String head = slash < 0 ? word : word.substring(0, slash);
        if (head.matches("~[A-Za-z0-9_.-]*")) {
            return slash < 0 ? Sh.raw(head) : Sh.of("{}{}", Sh.raw(head), variables(word.substring(slash)));
        }
        return variables(word);
    }

    private static Sh variables(String text) {
        Sh word = Sh.raw("");
        Matcher matcher = VARIABLE.matcher(text);
        int from = 0;
        while (matcher.find()) {
            boolean braces = matcher.group(2) != null;
            String name = braces ? matcher.group(2) : matcher.group(1);
            String unset = braces ? "${b_d0}" + name + "${b_d1}" : "\\$" + name;
            if (matcher.start() > from) {
                word = Sh.of("{}{}", word, text.substring(from, matcher.start()));
            }
            word = Sh.of("{}{}", word, Sh.raw("\"${" + name + "-" + unset + "}\""));
            from = matcher.end();
        }
        return from == 0 ? Sh.of("{}", text) : from == text.length() ? word : Sh.of("{}{}", word, text.substring(from));
    }

    /** Words with blanks between them. */
    static Sh words(List<Sh> words) {
        Sh all = Sh.raw("");
        for (int i = 0; i < words.size(); i++) {
            all = Sh.of(i == 0 ? "{}{}" : "{} {}", all, words.get(i));
        }
        return all;
    }

    /**
     * What came of a command.
     *
     * @param rc its exit status
     * @param problem why it could not start
     */
    record Ended(int rc, String stdout, String stderr, Optional<LocalDateTime> start, Duration took,
            Optional<String> problem) {

        MapValue output(boolean strip) {
            return MapValue.of("rc", rc, "stdout", strip ? stripped(stdout) : stdout, "stderr",
                    strip ? stripped(stderr) : stderr);
        }

        MapValue times() {
            return MapValue.of("start", start.map(TIME::format).orElse(null), "end",
                    start.map(time -> TIME.format(time.plus(took))).orElse(null), "delta",
                    start.isPresent() ? delta() : null);
        }

        private String delta() {
            String days = took.toDays() == 0 ? "" : took.toDays() + (took.toDays() == 1 ? " day, " : " days, ");
            return String.format(Locale.ROOT, "%s%d:%02d:%02d.%06d", days, took.toHoursPart(), took.toMinutesPart(),
                    took.toSecondsPart(), took.toNanosPart() / 1000);
        }
    }

    private static String stripped(String text) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(0, end);
    }

    /**
     * Reads the answer.
     *
     * @param program its name, and folder the one it was to run in, for messages
     */
    static Ended ended(Answer answer, String program, String folder) {
        if (answer.status() == Answer.TIMED_OUT || answer.status() == Answer.NOT_RUN) {
            return new Ended(answer.status(), answer.text(), answer.errors(), Optional.empty(), Duration.ZERO,
                    Optional.of(answer.status() == Answer.NOT_RUN
                            ? "It was not run."
                            : "Its time was up, and it was ended."));
        }
        byte[] out = answer.out();
        int from = Math.max(0, out.length - 200);
        String tail = new String(out, from, out.length - from, StandardCharsets.ISO_8859_1);
        int line = tail.lastIndexOf("\nb_ended|");
        Matcher last = LAST_LINE.matcher(line < 0 ? "" : tail.substring(line));
        if (!last.matches()) {
            return new Ended(answer.status(), answer.text(), answer.errors(), Optional.empty(), Duration.ZERO,
                    Optional.empty());
        }
        String text = EscapedBytes.decode(Arrays.copyOf(out, from + line));
        var took = Duration.ofMillis(10L * Math.max(0, hundredths(last.group(3)) - hundredths(last.group(2))));
        return switch (last.group(4)) {
            case "missing" -> notStarted(2, "[Errno 2] No such file or directory: b'" + program + "'");
            case "noaccess" -> notStarted(13, "[Errno 13] Permission denied: b'" + program + "'");
            case "folder" -> noFolder(2, "No such file or directory", folder);
            case "denied" -> noFolder(13, "Permission denied", folder);
            case "nofolder" -> noFolder(20, "Not a directory", folder);
            default -> new Ended(answer.status(), text, answer.errors(), time(last.group(1)), took, Optional.empty());
        };
    }

    /** The words as one line, as Ansible shows a command that could not be started. */
    private static Value line(ListValue words) {
        return Value.text(words.items().stream().map(PythonText::of)
                .map(word -> word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\"'\"'") + "'")
                .collect(Collectors.joining(" ")));
    }

    private static Ended noFolder(int number, String why, String folder) {
        return notStarted(number, NO_FOLDER + ": [Errno " + number + "] " + why + ": b'"
                + folder + "'");
    }

    private static Ended notStarted(int rc, String why) {
        return new Ended(rc, "", "", Optional.empty(), Duration.ZERO, Optional.of(why));
    }

    private static long hundredths(String uptime) {
        return uptime.matches("\\d{1,15}\\.\\d\\d") ? Long.parseLong(uptime.replace(".", "")) : 0;
    }

    /** BusyBox may know no parts of a second. */
    private static Optional<LocalDateTime> time(String text) {
        try {
            String digits = text.length() >= 26 && text.substring(20, 26).matches("\\d+")
                    ? text.substring(20, 26)
                    : "000000";
            return Optional.of(LocalDateTime.parse(text.substring(0, 19) + "." + digits, TIME));
        } catch (DateTimeParseException | IndexOutOfBoundsException _) {
            return Optional.empty();
        }
    }

    private static final String NO_FOLDER = "Unable to change directory before execution";

    static final String NOT_RUN = "Command would have run if not in check mode";

    /** What is returned for a command that had nothing to do. */
    static MapValue nothingDone(String why) {
        int end = why.endsWith(" exists")
                ? why.length() - " exists".length()
                : why.length() - " does not exist".length();
        return MapValue.of("rc", 0, "stdout", "skipped, since " + why, "stderr", "", "msg",
                "Did not run command since '" + why.substring(0, end) + "'" + why.substring(end), "start", null, "end",
                null,
                "delta", null);
    }

    /** What a dry run returns for a command that would run. */
    static MapValue notRun(Value cmd, boolean guarded) {
        MapValue results = MapValue.of("cmd", cmd, "rc", 0, "stdout", "", "stderr", "", "msg", NOT_RUN, "start", null,
                "end",
                null, "delta", null);
        return guarded ? results : results.with("skipped", true);
    }

    /** How a command ended, or would. */
    static Verdict verdict(Guard guard, Guard.State before, Applied<Guard.State> applied, Value cmd, boolean strip,
            String program) {
        if (before.done().isPresent()) {
            MapValue nothing = nothingDone(before.done().get()).with("cmd", cmd);
            return Verdict.changed(false, applied.predicted()
                    ? nothing.with("msg", PythonText.of(nothing.get("msg").orElseThrow()).replaceFirst("^Did", "Would"))
                    : nothing);
        }
        if (applied.predicted()) {
            return Verdict.unknown(true, "the command would have to run", notRun(cmd, guard.tells()));
        }
        Ended ended = ended(applied.answers().getFirst(), program, guard.chdir().orElse(""));
        MapValue output = ended.output(strip).with("cmd", cmd).with("msg", "");
        MapValue results = output.with(ended.times());
        if (ended.problem().isPresent()) {
            String why = ended.problem().get();
            return Verdict.failed(why, why.startsWith(NO_FOLDER)
                    ? results.with("rc", null)
                    : output.with("cmd", cmd instanceof ListValue list ? line(list) : cmd));
        }
        return new Verdict(true, ended.rc() == 0 ? Optional.empty() : Optional.of("non-zero return code"), results);
    }
}
