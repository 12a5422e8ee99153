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
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ini_file}: an option in a section of an INI file. */
@AutoService(AnyModule.class)
public final class IniFileModule implements TaskModule<IniFileModule.Args, EditedFile> {

    /** The arguments of {@code ini_file}. */
    @Doc(value = "Sets or removes an option, or a section, of an INI file.", collection = "community.general", example = """
            - name: The journal keeps little
              community.general.ini_file:
                path: /etc/systemd/journald.conf
                section: Journal
                option: SystemMaxUse
                value: 50M
                no_extra_spaces: true
            """, returns = {
        "msg: str: what was done", "path: str: the file", "mode: str: four octal digits",
        "owner: str: name of the owner", "group: str: name of the group", "uid: int: number of the owner",
        "gid: int: number of the group", "size: int: in bytes", "state: str: file",
        "backup_file: str: where the old file was kept"})
    public record Args(@Arg(value = "The file.", aliases = "dest", nodePath = true) String path,
            @Arg("The section; without it, what comes before the first one.") Optional<String> section,
            @Arg("The option; without it, the whole section is meant.") Optional<String> option,
            @Arg("The option's value.") Optional<String> value,
            @Arg("The values of an option that may come more than once.") Optional<List<String>> values,
            @Arg(value = "Whether it is to be there.", fallback = "present") Presence state,
            @Arg(value = "Whether other values of the option are removed.", fallback = "true") boolean exclusive,
            @Arg(value = "Whether the file is made where there is none.", fallback = "true") boolean create,
            @Arg(value = "Whether there are no spaces around the equals sign.", fallback = "false") boolean noExtraSpaces,
            @Arg(value = "Whether a line that differs in spaces alone stays.", fallback = "false") boolean ignoreSpaces,
            @Arg(value = "Whether the option may stand without a value.", fallback = "false") boolean allowNoValue,
            @Arg(value = "Whether a line that is commented out is taken for the option.", fallback = "true") boolean modifyInactiveOption,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup,
            @Arg(value = "Accepted; links are always followed.", fallback = "false") boolean follow,
            FileAttributes attributes) {

        private Replacing replacing() {
            return new Replacing(backup, Optional.empty());
        }

        /** The wanted values; empty text for none. */
        private List<String> wanted() {
            return values.orElseGet(() -> List.of(value.orElse("")));
        }

        private String line(String text) {
            return option.orElse("") + (text.isEmpty() && allowNoValue ? "" : (noExtraSpaces ? "=" : " = ") + text)
                    .stripTrailing();
        }
    }

    @Override
    public String name() {
        return "ini_file";
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
        if (args.value().isPresent() && args.values().isPresent()) {
            return Plan.mistake("parameters are mutually exclusive: value|values");
        }
        boolean valued = args.value().isPresent() || args.values().isPresent() || args.allowNoValue();
        if (args.state() == Presence.PRESENT && args.option().isPresent() && !valued) {
            return Plan.mistake("Parameter 'value(s)' must be defined if state=present and allow_no_value=False.");
        }
        boolean make = args.create() && args.state() == Presence.PRESENT;
        if (actual.edit().content().missing() && args.create() && !make) {
            return Plan.NOTHING;
        }
        Optional<String> obstacle = actual.obstacle(make, args.replacing(), "Destination %s does not exist!");
        return obstacle.isPresent()
                ? actual.refused(obstacle.get())
                : actual.planHeaded(edited(args, actual), args.replacing());
    }

    private static Edited edited(Args args, EditedFile actual) {
        String text = actual.edit().text();
        var lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        String done = args.state() == Presence.PRESENT ? present(args, lines) : absent(args, lines);
        return done.isEmpty()
                ? new Edited(text, "OK")
                : new Edited(lines.isEmpty() ? "" : String.join("\n", lines) + "\n", done);
    }

    /** The lines of a section, its header among them. */
    private record Span(int start, int end) {
        static Optional<Span> of(Optional<String> section, List<String> lines) {
            int start = 0;
            if (section.filter(name -> !name.isEmpty()).isPresent()) {
                start = indexOf(lines, 0, "[" + section.get() + "]");
                if (start < 0) {
                    return Optional.empty();
                }
            }
            boolean headed = section.filter(name -> !name.isEmpty()).isPresent();
            int end = indexOf(lines, headed ? start + 1 : 0, "[");
            return Optional.of(new Span(headed ? start + 1 : 0, end < 0 ? lines.size() : end));
        }

        private static int indexOf(List<String> lines, int from, String begin) {
            for (int i = from; i < lines.size(); i++) {
                if (lines.get(i).strip().startsWith(begin)) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** What a line says of the option: whether it counts, and its value. */
    private record Setting(boolean active, String value) {
        static Optional<Setting> of(String line, String option) {
            Matcher matcher = Pattern.compile("([#;]?)[ \t]*" + Pattern.quote(option) + "[ \t]*(?:=[ \t]*(.*))?",
                    Pattern.DOTALL).matcher(line.strip());
            return matcher.matches()
                    ? Optional.of(new Setting(matcher.group(1).isEmpty(),
                            Optional.ofNullable(matcher.group(2)).orElse("").strip()))
                    : Optional.empty();
        }
    }

    /** What was done, in Ansible's words; empty if nothing. */
    private static String present(Args args, List<String> lines) {
        Optional<Span> found = Span.of(args.section(), lines);
        if (found.isEmpty()) {
            if (lines.isEmpty()) {
                lines.add("");
            }
            lines.add("[" + args.section().orElse("") + "]");
            args.option().ifPresent(_ -> args.wanted().forEach(value -> lines.add(args.line(value))));
            return args.option().isPresent() ? "section and option added" : "only section added";
        }
        if (args.option().isEmpty()) {
            return "";
        }
        List<String> before = List.copyOf(lines);
        String option = args.option().get();
        var open = new ArrayList<>(args.wanted());
        Span span = found.get();
        var used = new ArrayList<Integer>();
        for (int i = span.start(); i < span.end(); i++) {
            Optional<Setting> setting = Setting.of(lines.get(i), option).filter(Setting::active);
            if (setting.isPresent() && open.remove(setting.get().value())) {
                used.add(i);
                if (!args.ignoreSpaces()) {
                    lines.set(i, args.line(setting.get().value()));
                }
            }
        }
        for (int i = span.start(); i < span.end() && !open.isEmpty(); i++) {
            Optional<Setting> setting = Setting.of(lines.get(i), option)
                    .filter(one -> one.active() ? args.exclusive() : args.modifyInactiveOption());
            if (setting.isPresent() && !used.contains(i)) {
                used.add(i);
                lines.set(i, args.line(open.removeFirst()));
            }
        }
        boolean changed = !lines.equals(before);
        if (!open.isEmpty()) {
            int at = span.end();
            while (at > span.start() && !counts(lines.get(at - 1))) {
                at--;
            }
            lines.addAll(at, open.stream().map(args::line).toList());
        }
        if (args.exclusive()) {
            for (int i = span.end() - 1; i >= span.start(); i--) {
                if (!used.contains(i) && Setting.of(before.get(i), option).filter(Setting::active).isPresent()) {
                    lines.remove(i);
                    changed = true;
                }
            }
        }
        return !open.isEmpty() ? "option added" : changed ? "option changed" : "";
    }

    /** Whether a line is neither empty nor a comment. */
    private static boolean counts(String line) {
        String bare = line.strip();
        return !bare.isEmpty() && !bare.startsWith("#") && !bare.startsWith(";");
    }

    private static String absent(Args args, List<String> lines) {
        Optional<Span> found = Span.of(args.section(), lines);
        if (found.isEmpty()) {
            return "";
        }
        Span span = found.get();
        if (args.option().isEmpty()) {
            boolean headed = args.section().filter(name -> !name.isEmpty()).isPresent();
            if (!headed && span.end() == span.start()) {
                return "";
            }
            lines.subList(headed ? span.start() - 1 : span.start(), span.end()).clear();
            return "section removed";
        }
        boolean some = !args.exclusive() && (args.value().isPresent() || args.values().isPresent());
        boolean changed = false;
        for (int i = span.end() - 1; i >= span.start(); i--) {
            if (Setting.of(lines.get(i), args.option().get()).filter(Setting::active)
                    .filter(setting -> !some || args.wanted().contains(setting.value())).isPresent()) {
                lines.remove(i);
                changed = true;
            }
        }
        return changed ? "option changed" : "";
    }

    @Override
    public Verdict judge(Args args, EditedFile before, Applied<EditedFile> applied) {
        Edited edited = before.edit().content().missing() && args.state() == Presence.ABSENT
                ? new Edited("", "OK")
                : edited(args, before);
        EditedFile after = applied.after().orElse(before);
        Verdict verdict = EditedFile.verdict(TaskModule.super.judge(args, before, applied), edited, applied,
                "backup_file");
        return new Verdict(verdict.changed(), verdict.failure(), verdict.results()
                .with(MapValue.of("path", args.path())).with(PathResults.of(after.edit().state())));
    }
}
