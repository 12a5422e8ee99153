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
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code kernel_blacklist}: kernel modules that aren't loaded by themselves. */
@AutoService(AnyModule.class)
public final class KernelBlacklistModule implements TaskModule<KernelBlacklistModule.Args, TextEdit> {
    /** Whether the kernel module is to be blacklisted. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    /** The arguments of {@code kernel_blacklist}. */
    @Doc(value = "Keeps the kernel from loading a module by itself.", collection = "community.general", example = """
            - name: No sound on a headless Pi
              community.general.kernel_blacklist:
                name: snd_bcm2835
            """, returns = {"name: str: the kernel module", "state: str: whether it is to be blacklisted",
        "filename: str: the file", "is_blacklisted: bool: whether the file has it",
        "lines: list: the lines of the file"})
    public record Args(@Arg("The kernel module.") String name,
            @Arg(value = "Whether it is to be blacklisted.", fallback = "present") Wanted state,
            @Arg(value = "The file that says so.", fallback = "/etc/modprobe.d/blacklist-ansible.conf", nodePath = true) String blacklistFile) {}

    @Override
    public String name() {
        return "kernel_blacklist";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<TextEdit> inspect(Args args, Platform node) {
        return TextEdit.of(args.blacklistFile());
    }

    @Override
    public Plan plan(Args args, TextEdit file) {
        Optional<String> obstacle = file.obstacle();
        if (obstacle.isPresent()) {
            return new Plan.Refused("Tried to write " + args.blacklistFile() + ", but " + obstacle.get());
        }
        String line = "blacklist " + args.name();
        List<String> lines = file.text().lines().toList();
        List<String> others = lines.stream().filter(one -> !says(one, args.name())).toList();
        boolean there = others.size() < lines.size();
        return switch (args.state()) {
            case PRESENT -> there ? Plan.NOTHING : Plan.of(file.to(ended(file.text()) + line + "\n"));
            case ABSENT -> there
                    ? Plan.of(file.to(String.join("", others.stream().map(one -> one + "\n").toList())))
                    : Plan.NOTHING;
        };
    }

    @Override
    public Verdict judge(Args args, TextEdit before, Applied<TextEdit> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        List<String> lines = applied.after().orElse(before).text().lines().toList();
        return plain.with(plain.results().with(MapValue.of("name", args.name(),
                "state", args.state().name().toLowerCase(Locale.ROOT), "filename", args.blacklistFile(),
                "is_blacklisted", lines.stream().anyMatch(line -> says(line, args.name())), "lines", lines)));
    }

    private static boolean says(String line, String module) {
        return line.strip().replaceAll("\\s+", " ").equals("blacklist " + module);
    }

    private static String ended(String text) {
        return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    }
}
