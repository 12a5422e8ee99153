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
import com.google.auto.service.AutoService;
import java.util.Objects;
import java.util.Optional;

/** {@code replace}: every match of an expression in a text file. */
@AutoService(AnyModule.class)
public final class ReplaceModule implements TaskModule<ReplaceModule.Args, EditedFile> {

    /** The arguments of {@code replace}. */
    @Doc(value = "Replaces every match of a regular expression in a text file.", example = """
            - name: The old name is gone
              replace:
                path: /etc/hosts
                regexp: '(\\s)old\\.name(\\s|$)'
                replace: '\\1new.name\\2'
            """, returns = {"msg: str: how many replacements were made",
        "backup_file: str: where the old file was kept"})
    public record Args(@Arg(value = "The file.", aliases = {"dest", "destfile", "name"}, nodePath = true) String path,
            @Arg(value = "What is replaced; ^ and $ match at each line.", regex = true) String regexp,
            @Arg(value = "What takes its place; may use the groups.", fallback = "") String replace,
            @Arg(value = "Only what comes after a match of this.", regex = true) Optional<String> after,
            @Arg(value = "Only what comes before a match of this.", regex = true) Optional<String> before,
            @Arg(value = "Accepted; bytes that are no UTF-8 are kept.", fallback = "utf-8") String encoding,
            Replacing replacing, FileAttributes attributes){}

    @Override
    public String name() {
        return "replace";
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
        try {
            PythonRegex.compile(args.regexp(), PythonRegex.Flag.MULTILINE).replacement(args.replace());
        } catch (RegexException e) {
            return new Plan.Refused("Unable to process replace due to error: " + e.getMessage());
        }
        Optional<String> obstacle = actual.obstacle(false, args.replacing(), "Path %s does not exist !");
        if (obstacle.isPresent()) {
            return actual.refused(obstacle.get());
        }
        try {
            return actual.plan(edited(args, actual), args.replacing());
        } catch (RegexException e) {
            return new Plan.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static Edited edited(Args args, EditedFile actual) {
        String text = actual.edit().text();
        Optional<Section> section = section(args, text);
        if (section.isEmpty()) {
            return new Edited(text, "Pattern for before/after params did not match the given file: "
                    + args.after().orElse("") + "(?P<subsection>.*"
                    + (args.before().isPresent() && args.after().isPresent() ? "?)" : ")")
                    + args.before().orElse(""));
        }
        int start = section.get().start();
        int end = section.get().end();
        PythonRegex.Replaced replaced = PythonRegex.compile(args.regexp(), PythonRegex.Flag.MULTILINE)
                .replace(text.substring(start, end), args.replace(), 0);
        String whole = text.substring(0, start) + replaced.text() + text.substring(end);
        return new Edited(whole, whole.equals(text) ? "" : replaced.count() + " replacements made",
                MapValue.of("rc", 0));
    }

    /** The part of a text in which to replace. */
    private record Section(int start, int end) {}

    private static Optional<Section> section(Args args, String text) {
        if (args.after().isEmpty() && args.before().isEmpty()) {
            return Optional.of(new Section(0, text.length()));
        }
        String middle = args.before().isPresent() && args.after().isPresent() ? ".*?" : ".*";
        return PythonRegex
                .compile("(?P<bramble_after>" + args.after().orElse("") + ")(?P<bramble_section>" + middle + ")"
                        + args.before().orElse(""), PythonRegex.Flag.DOTALL)
                .search(text).map(found -> {
                    int start = found.start() + group(found, "bramble_after").length();
                    return new Section(start, start + group(found, "bramble_section").length());
                });
    }

    private static String group(PythonRegex.Found found, String name) {
        return found.group(Objects.requireNonNull(found.names().get(name)));
    }

    @Override
    public Verdict judge(Args args, EditedFile before, Applied<EditedFile> applied) {
        return EditedFile.verdict(TaskModule.super.judge(args, before, applied), edited(args, before), applied,
                "backup_file");
    }
}
