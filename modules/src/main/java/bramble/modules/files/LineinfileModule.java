package bramble.modules.files;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.EditedFile.Edited;
import bramble.regex.PythonRegex;
import bramble.regex.RegexException;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** {@code lineinfile}: one line of a text file. */
@AutoService(AnyModule.class)
public final class LineinfileModule implements TaskModule<LineinfileModule.Args, EditedFile> {

    /** The arguments of {@code lineinfile}. */
    @Doc(value = "Sees to it that a line is in a text file, or isn't.", example = """
            - name: Nobody logs in as root
              lineinfile:
                path: /etc/ssh/sshd_config
                regexp: '^#?PermitRootLogin'
                line: PermitRootLogin no
            """, returns = {"msg: str: what was done: line added, line replaced, 1 line(s) removed",
        "found: int: how many lines were removed", "backup: str: where the old file was kept"})
    public record Args(@Arg(value = "The file.", aliases = {
        "dest", "destfile", "name"}, nodePath = true) String path,
            @Arg(value = "Finds the line to replace, the last that matches; with state absent, the lines to remove.", aliases = "regex", regex = true) Optional<String> regexp,
            @Arg("Finds the line by a text in it, in place of regexp.") Optional<String> searchString,
            @Arg(value = "Whether the line is to be there.", fallback = "present") Presence state,
            @Arg(value = "The line.", aliases = "value") Optional<String> line,
            @Arg(value = "Whether the line is filled from the groups of regexp; then nothing is added if nothing matches.", fallback = "false") boolean backrefs,
            @Arg(value = "After which line a new one goes: the last that matches, or EOF.", regex = true) Optional<String> insertafter,
            @Arg(value = "Before which line a new one goes: the last that matches, or BOF.", regex = true) Optional<String> insertbefore,
            @Arg(value = "Whether a file that isn't there is made.", fallback = "false") boolean create,
            @Arg(value = "Whether the first matching line counts, not the last.", fallback = "false") boolean firstmatch,
            Replacing replacing, FileAttributes attributes){

        /** What to tell of a regexp or search_string that is empty, as a variable without a value makes it. */
        private Optional<String> findsEveryLine() {
            String all = " is an empty string, which will match every line in the file. This may have unintended "
                    + "consequences, such as replacing the last line in the file rather than appending.";
            return regexp.filter(String::isEmpty).map(_ -> "The regular expression" + all
                    + " If this is desired, use '^' to match every line in the file and avoid this warning.")
                    .or(() -> searchString.filter(String::isEmpty).map(_ -> "The search string" + all));
        }

        private Optional<String> mistake() {
            if (regexp.isPresent() && searchString.isPresent()) {
                return Optional.of("parameters are mutually exclusive: regexp|search_string");
            }
            if (insertafter.isPresent() && insertbefore.isPresent()) {
                return Optional.of("parameters are mutually exclusive: insertbefore|insertafter");
            }
            if (state == Presence.ABSENT) {
                return regexp.isEmpty() && searchString.isEmpty() && line.isEmpty()
                        ? Optional.of("one of line, search_string, or regexp is required with state=absent")
                        : Optional.empty();
            }
            if (backrefs && regexp.isEmpty()) {
                return Optional.of("regexp is required with backrefs=true");
            }
            return line.isEmpty() ? Optional.of("line is required with state=present") : Optional.empty();
        }
    }

    @Override
    public String name() {
        return "lineinfile";
    }

    @Override
    public boolean listsDiffs() {
        return true;
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<EditedFile> inspect(Args args, Platform node) {
        return EditedFile.of(args.path(), args.attributes().wanted());
    }

    @Override
    public Plan plan(Args args, EditedFile actual) {
        Optional<String> mistake = args.mistake();
        if (mistake.isPresent()) {
            return Plan.mistake(mistake.get());
        }
        boolean absent = args.state() == Presence.ABSENT;
        if (absent && actual.edit().content().missing()) {
            return Plan.NOTHING;
        }
        Optional<String> obstacle = actual.obstacle(args.create(), args.replacing(), "Destination %s does not exist !");
        if (obstacle.isPresent()) {
            return actual.refused(obstacle.get());
        }
        try {
            return actual.planHeaded(edited(args, actual), args.replacing());
        } catch (RegexException e) {
            return new Plan.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static Edited edited(Args args, EditedFile actual) {
        if (args.state() == Presence.ABSENT && actual.edit().content().missing()) {
            return new Edited("", "file not present", MapValue.of("found", 0));
        }
        List<String> lines = Lines.of(actual.edit().text());
        return args.state() == Presence.ABSENT ? without(args, lines) : with(args, lines);
    }

    private static Edited without(Args args, List<String> lines) {
        Predicate<String> wanted = finder(args).orElse(line -> Lines.bare(line).equals(args.line().orElse("")));
        List<String> left = lines.stream().filter(wanted.negate()).toList();
        int found = lines.size() - left.size();
        return new Edited(String.join("", left), found == 0 ? "" : found + " line(s) removed",
                MapValue.of("found", found));
    }

    /** What finds the line to replace; nothing where only the line itself is given. */
    private static Optional<Predicate<String>> finder(Args args) {
        return args.regexp().map(PythonRegex::compile)
                .<Predicate<String>>map(regex -> line -> regex.search(line).isPresent())
                .or(() -> args.searchString().map(text -> line -> line.contains(text)));
    }

    private static Edited with(Args args, List<String> lines) {
        String line = args.line().orElseThrow();
        Optional<Predicate<String>> finder = finder(args);
        int found = finder.map(wanted -> Lines.find(lines, wanted, args.firstmatch())).orElse(-1);
        if (found >= 0) {
            String filled = args.backrefs() ? filled(args, lines.get(found), line) : line;
            return replaced(lines, found, filled);
        }
        Optional<String> after = args.insertafter().filter(place -> !place.isEmpty());
        Optional<String> before = args.insertbefore().filter(place -> !place.isEmpty());
        Optional<PythonRegex> place = after.filter(text -> !text.equals("EOF") && !text.equals("BOF"))
                .or(() -> before.filter(text -> !text.equals("BOF"))).map(PythonRegex::compile);
        int there = Lines.find(lines, one -> Lines.bare(one).equals(line), false);
        if (there >= 0) {
            return replaced(lines, there, line);
        }
        if (args.backrefs()) {
            return new Edited(String.join("", lines), "");
        }
        int at = place.map(regex -> Lines.find(lines, one -> regex.search(one).isPresent(), args.firstmatch()))
                .orElse(-1);
        boolean top = before.equals(Optional.of("BOF")) || after.equals(Optional.of("BOF"));
        int index = top ? 0 : at < 0 ? lines.size() : after.isPresent() ? at + 1 : at;
        return new Edited(Lines.inserted(lines, index, List.of(line + "\n")), "line added");
    }

    private static String filled(Args args, String found, String line) {
        PythonRegex regex = PythonRegex.compile(args.regexp().orElseThrow());
        return regex.search(found).map(match -> regex.replacement(line).fill(match)).orElse(line);
    }

    private static Edited replaced(List<String> lines, int index, String line) {
        String whole = line.endsWith("\n") ? line : line + "\n";
        if (lines.get(index).equals(whole)) {
            return new Edited(String.join("", lines), "");
        }
        var changed = new ArrayList<String>(lines);
        changed.set(index, whole);
        return new Edited(String.join("", changed), "line replaced");
    }

    @Override
    public Verdict judge(Args args, EditedFile before, Applied<EditedFile> applied) {
        Verdict verdict = EditedFile.verdict(TaskModule.super.judge(args, before, applied), edited(args, before),
                applied);
        return args.findsEveryLine()
                .map(why -> new Verdict(verdict.changed(), verdict.failure(),
                        verdict.results().with("warnings", Value.texts(List.of(why)))))
                .orElse(verdict);
    }
}
