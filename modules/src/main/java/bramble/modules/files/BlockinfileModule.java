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
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code blockinfile}: some lines of a text file, between two lines that mark them. */
@AutoService(AnyModule.class)
public final class BlockinfileModule implements TaskModule<BlockinfileModule.Args, EditedFile> {
    private static final Pattern OVER_LINES = Pattern.compile("\\(\\?[a-zA-Z]*m[a-zA-Z]*\\)");

    /** The arguments of {@code blockinfile}. */
    @Doc(value = "Keeps a block of lines between two marker lines of a text file.", example = """
            - name: The names of the cluster
              blockinfile:
                path: /etc/hosts
                block: |
                  10.0.0.1 one
                  10.0.0.2 two
            """, returns = {"msg: str: what was done: Block inserted, Block removed, File created",
        "backup_file: str: where the old file was kept"})
    public record Args(@Arg(value = "The file.", aliases = {
        "dest", "destfile", "name"}, nodePath = true) String path,
            @Arg(value = "Whether the block is to be there.", fallback = "present") Presence state,
            @Arg(value = "The marker lines; {mark} becomes marker_begin and marker_end.", fallback = "# {mark} ANSIBLE MANAGED BLOCK") String marker,
            @Arg(value = "The lines. Without any, the block is removed.", fallback = "", aliases = "content") String block,
            @Arg(value = "After which line a new block goes: the last that matches, or EOF.", regex = true) Optional<String> insertafter,
            @Arg(value = "Before which line a new block goes: the last that matches, or BOF.", regex = true) Optional<String> insertbefore,
            @Arg(value = "Whether a file that isn't there is made.", fallback = "false") boolean create,
            @Arg(value = "What {mark} becomes before the block.", fallback = "BEGIN") String markerBegin,
            @Arg(value = "What {mark} becomes after the block.", fallback = "END") String markerEnd,
            @Arg(value = "Whether an empty line stands after the block.", fallback = "false") boolean appendNewline,
            @Arg(value = "Whether an empty line stands before the block.", fallback = "false") boolean prependNewline,
            Replacing replacing, FileAttributes attributes){

        private List<String> lines() {
            if (state == Presence.ABSENT || block.isEmpty()) {
                return List.of();
            }
            var lines = new ArrayList<String>(List.of(begin()));
            lines.addAll(Lines.of(block.endsWith("\n") ? block : block + "\n"));
            lines.add(end());
            return lines;
        }

        private String begin() {
            return marker.replace("{mark}", markerBegin) + "\n";
        }

        private String end() {
            return marker.replace("{mark}", markerEnd) + "\n";
        }
    }

    @Override
    public String name() {
        return "blockinfile";
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
        if (args.insertafter().isPresent() && args.insertbefore().isPresent()) {
            return Plan.mistake("parameters are mutually exclusive: insertbefore|insertafter");
        }
        Optional<String> obstacle = actual.obstacle(args.create(), args.replacing(), "Path %s does not exist !");
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
        String original = actual.edit().text();
        List<String> block = args.lines();
        var lines = new ArrayList<String>(Lines.of(original));
        int begin = lastOf(lines, args.begin());
        int end = lastOf(lines, args.end());
        int at;
        if (begin >= 0 && end >= 0) {
            at = Math.min(begin, end);
            lines.subList(at, Math.max(begin, end) + 1).clear();
        } else if (block.isEmpty()) {
            return new Edited(original, actual.edit().exists() ? "" : "File created");
        } else {
            at = place(args, original, lines);
        }
        if (!block.isEmpty() && args.prependNewline() && at > 0 && !Lines.bare(lines.get(at - 1)).isEmpty()) {
            lines.set(at - 1, lines.get(at - 1).endsWith("\n") ? lines.get(at - 1) : lines.get(at - 1) + "\n");
            lines.add(at, "\n");
            at++;
        }
        if (!block.isEmpty() && args.appendNewline() && at < lines.size() && !lines.get(at).equals("\n")) {
            lines.add(at, "\n");
        }
        String text = Lines.inserted(lines, at, block);
        if (!actual.edit().exists()) {
            return new Edited(text, "File created");
        }
        return new Edited(text, text.equals(original) ? "" : block.isEmpty() ? "Block removed" : "Block inserted");
    }

    private static int lastOf(List<String> lines, String line) {
        return Lines.find(lines, one -> (one.endsWith("\n") ? one : one + "\n").equals(line), false);
    }

    /** Where a new block goes: with the flag m an expression is looked for in the whole text, else line by line. */
    private static int place(Args args, String original, List<String> lines) {
        Optional<String> after = args.insertafter().filter(text -> !text.equals("EOF"));
        Optional<String> before = args.insertbefore();
        if (before.equals(Optional.of("BOF"))) {
            return 0;
        }
        Optional<String> sought = after.or(() -> before);
        int found;
        if (sought.filter(text -> OVER_LINES.matcher(text).lookingAt()).isPresent()) {
            found = PythonRegex.compile(sought.get()).search(original)
                    .map(match -> lineOf(original, after.isPresent() ? match.end() : match.start())).orElse(-1);
        } else {
            found = sought.map(PythonRegex::compile)
                    .map(regex -> Lines.find(lines, line -> regex.search(line).isPresent(), false)).orElse(-1);
        }
        return found < 0 ? lines.size() : after.isPresent() ? found + 1 : found;
    }

    private static int lineOf(String text, int offset) {
        return (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
    }

    @Override
    public Verdict judge(Args args, EditedFile before, Applied<EditedFile> applied) {
        return EditedFile.verdict(TaskModule.super.judge(args, before, applied), edited(args, before), applied,
                "backup_file");
    }
}
