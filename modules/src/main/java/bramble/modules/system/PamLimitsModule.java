package bramble.modules.system;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.TextEdit;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** {@code pam_limits}: what users and groups may have of the system, by limits.conf. */
@AutoService(AnyModule.class)
public final class PamLimitsModule implements TaskModule<PamLimitsModule.Args, TextEdit> {
    private static final Set<String> NONE = Set.of("unlimited", "infinity", "-1");

    /** What is limited. */
    public enum Item {
        CORE,
        DATA,
        FSIZE,
        MEMLOCK,
        NOFILE,
        RSS,
        STACK,
        CPU,
        NPROC,
        AS,
        MAXLOGINS,
        MAXSYSLOGINS,
        PRIORITY,
        LOCKS,
        SIGPENDING,
        MSGQUEUE,
        NICE,
        RTPRIO,
        CHROOT
    }

    /** The arguments of {@code pam_limits}. */
    @Doc(value = "Sets a limit of a user or group in limits.conf, which holds from the next log-in on.", collection = "community.general", example = """
            - name: Many open files for the database
              community.general.pam_limits:
                domain: postgres
                limit_type: soft
                limit_item: nofile
                value: 64000
            """, returns = {
        "msg: str: the limit's line"})
    public record Args(@Arg("A user, @group, *, or a range of ids.") String domain,
            @Arg("hard, soft, or - for both.") String limitType,
            @Arg("What is limited.") Item limitItem,
            @Arg("The limit: a number, or unlimited, infinity, -1 for none.") String value,
            @Arg(value = "Whether a limit that is higher already stays.", fallback = "false") boolean useMax,
            @Arg(value = "Whether a limit that is lower already stays.", fallback = "false") boolean useMin,
            @Arg(value = "A word about it, in its line.", fallback = "") String comment,
            @Arg(value = "Whether the old file is kept beside it.", fallback = "false") boolean backup,
            @Arg(value = "The file.", fallback = "/etc/security/limits.conf", nodePath = true) String dest) {

        public Args {
            if (!Set.of("hard", "soft", "-").contains(limitType)) {
                throw new IllegalArgumentException(
                        "value of limit_type must be one of: hard, soft, -, got: " + limitType);
            }
            boolean signed = limitItem == Item.NICE || limitItem == Item.PRIORITY;
            boolean fits = signed
                    ? value.matches("-?\\d{1,2}") && Integer.parseInt(value) >= -20 && Integer.parseInt(value) <= 19
                    : NONE.contains(value) || value.matches("\\d{1,18}") || limitItem == Item.CHROOT;
            if (!fits) {
                throw new IllegalArgumentException("Value of '" + value + "' for item '"
                        + limitItem.name().toLowerCase(Locale.ROOT) + "' is invalid. Value must "
                        + (signed
                                ? "be a number in the range -20 to 19 inclusive."
                                : "either be 'unlimited', 'infinity' or -1, all of which indicate no limit, or a limit of 0 or larger."));
            }
            if (useMax && useMin) {
                throw new IllegalArgumentException("Cannot use use_min and use_max at the same time.");
            }
            if ((domain + comment).chars().anyMatch(c -> c == '\n') || domain.isBlank()
                    || domain.matches(".*[\\s#].*")) {
                throw new IllegalArgumentException("domain is one word, and comment one line");
            }
        }

        String item() {
            return limitItem.name().toLowerCase(Locale.ROOT);
        }

        boolean names(List<String> words) {
            return words.size() >= 4 && words.get(0).equals(domain) && words.get(1).equals(limitType)
                    && words.get(2).equals(item());
        }

        /** Whether the limit that is there may stay. */
        boolean met(String now) {
            return now.equals(value) || (useMax && rank(now) >= rank(value)) || (useMin && rank(now) <= rank(value));
        }

        private long rank(String limit) {
            boolean none = NONE.contains(limit) && limitItem != Item.NICE && limitItem != Item.PRIORITY;
            return none || !limit.matches("-?\\d{1,18}") ? Long.MAX_VALUE : Long.parseLong(limit);
        }

        String line(String kept) {
            String word = comment.isEmpty() ? kept : "#" + comment;
            return String.join("\t", domain, limitType, item(), value) + (word.isEmpty() ? "" : "\t" + word);
        }
    }

    @Override
    public String name() {
        return "pam_limits";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<TextEdit> inspect(Args args, Platform node) {
        return TextEdit.of(args.dest());
    }

    @Override
    public Plan plan(Args args, TextEdit file) {
        Optional<String> obstacle = file.obstacle();
        if (obstacle.isPresent()) {
            return new Plan.Refused("Tried to write " + args.dest() + ", but " + obstacle.get());
        }
        return Plan.of(
                file.to(edited(args, file.text()).text(), new TextEdit.Options(TextEdit.Options.mode(0644).attributes(),
                        Optional.empty(), args.backup() && file.exists())));
    }

    /** The file's new text, and the limit's line in it. */
    private record Edited(String text, String line) {}

    /** Of lines that set the same limit, the system goes by the last. */
    private static Edited edited(Args args, String text) {
        var lines = new ArrayList<>(text.lines().toList());
        for (int i = lines.size() - 1; i >= 0; i--) {
            String[] halves = lines.get(i).split("#", 2);
            List<String> words = List.of(halves[0].strip().split("\\s+"));
            if (args.names(words)) {
                if (args.met(words.get(3))) {
                    return new Edited(text, lines.get(i));
                }
                lines.set(i, args.line(halves.length > 1 ? "#" + halves[1] : ""));
                return new Edited(joined(lines), lines.get(i));
            }
        }
        lines.add(args.line(""));
        return new Edited(joined(lines), lines.getLast());
    }

    private static String joined(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }

    @Override
    public Verdict judge(Args args, TextEdit before, Applied<TextEdit> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        return plain.with(MapValue.of("msg", edited(args, before.text()).line() + "\n"));
    }
}
