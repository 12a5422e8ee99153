package bramble.modules.storage;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.ShellSplit;
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
import bramble.modules.files.CommandFact;
import bramble.modules.files.Presence;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code filesystem}: file systems on devices. */
@AutoService(AnyModule.class)
public final class FilesystemModule implements TaskModule<FilesystemModule.Args, FilesystemModule.State> {
    /** The kinds, with what makes them. */
    public enum Type {
        BTRFS("mkfs.btrfs -f", "btrfs-progs"),
        EXT2("mkfs.ext2 -F", "e2fsprogs"),
        EXT3("mkfs.ext3 -F", "e2fsprogs"),
        EXT4("mkfs.ext4 -F", "e2fsprogs"),
        F2FS("mkfs.f2fs", "f2fs-tools"),
        LVM("pvcreate -f -y", "lvm2"),
        SWAP("mkswap -f", "util-linux"),
        VFAT("mkfs.vfat", "dosfstools"),
        XFS("mkfs.xfs -f", "xfsprogs");

        private final String command;
        private final String brings;

        Type(String command, String brings) {
            this.command = command;
            this.brings = brings;
        }

        private String program() {
            return command.split(" ", 2)[0];
        }

        /** As blkid calls it. */
        private String found() {
            return this == LVM ? "LVM2_member" : word();
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Doc(value = "Makes file systems on devices, grows and removes them.", collection = "community.general", oneByOne = true, neverSettles = "force makes the file system anew each time", example = """
            - name: A file system for the media
              community.general.filesystem:
                dev: /dev/disk/by-label/media
                fstype: ext4
            """)
    public record Args(
            @Arg(value = "The device, or a file that stands for one.", aliases = "device") String dev,
            @Arg(value = "The kind of file system.", aliases = "type") Optional<Type> fstype,
            @Arg(value = "Whether there is to be one.", fallback = "present") Presence state,
            @Arg(value = "Makes it anew, whatever there is now: that is lost.", fallback = "no") boolean force,
            @Arg(value = "Grows one of ext2, ext3 or ext4 to the device's size.", fallback = "no") boolean resizefs,
            @Arg("More words for the command that makes it.") Optional<String> opts) {}

    /** What is on the device, and whether the command is there. */
    public record State(FilesystemFact.Contents contents, Maybe<Optional<String>> program) {}

    @Override
    public String name() {
        return "filesystem";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(new FilesystemFact(args.dev())).and(Inquiry.maybe(program(args)), State::new);
    }

    private static CommandFact program(Args args) {
        return new CommandFact(args.state() == Presence.ABSENT
                ? "wipefs"
                : args.resizefs() ? "resize2fs" : args.fstype().map(Type::program).orElse("mkfs"));
    }

    @Override
    public Plan plan(Args args, State actual) {
        boolean present = args.state() == Presence.PRESENT;
        if (present && args.fstype().isEmpty()) {
            return Plan.mistake("state is present but all of the following are missing: fstype");
        }
        FilesystemFact.Contents now = actual.contents;
        if (!now.exists()) {
            return present
                    ? new Plan.Refused("Device " + args.dev() + " not found.")
                    : Plan.NOTHING;
        }
        if (!now.probed()) {
            return new Plan.Refused(new CommandFact("blkid").sentence("look at " + args.dev(), "util-linux"));
        }
        if (!present) {
            return now.type().isEmpty()
                    ? Plan.NOTHING
                    : change(args, actual, "", Sh.of("wipefs --all {} >/dev/null", args.dev()), "util-linux");
        }
        Type type = args.fstype().orElseThrow();
        boolean same = now.type().equals(type.found());
        if (same && args.resizefs()) {
            return grown(args, actual, type);
        }
        if (same && !args.force()) {
            return Plan.NOTHING;
        }
        if (!now.type().isEmpty() && !args.force()) {
            return new Plan.Refused("'" + args.dev() + "' is already used as " + now.type()
                    + ", use force=true to overwrite");
        }
        var words = new ArrayList<String>(List.of(type.command.split(" ", -1)));
        args.opts().ifPresent(text -> words.addAll(ShellSplit.words(text)));
        words.add(args.dev());
        Sh wipe = now.type().isEmpty() ? Sh.raw("") : Sh.of("wipefs --all {} >/dev/null && ", args.dev());
        return change(args, actual, type.found(), Sh.of("{}{} </dev/null >/dev/null", wipe, words), type.brings);
    }

    private static Plan grown(Args args, State actual, Type type) {
        if (!type.word().startsWith("ext")) {
            return new Plan.Refused(
                    "Tried to grow " + args.dev() + ", but resizefs knows ext2, ext3 and ext4 alone, not "
                            + type.word() + ".");
        }
        FilesystemFact.Contents now = actual.contents;
        long block = 64 * 1024;
        if (now.used() == 0 || now.size() / block <= now.used() / block) {
            return Plan.NOTHING;
        }
        return change(args, actual, now.type(), Sh.of("e2fsck -fp {} >/dev/null 2>&1; resize2fs {} >/dev/null 2>&1",
                args.dev(), args.dev()), "e2fsprogs");
    }

    private static Plan change(Args args, State actual, String type, Sh run, String brings) {
        Optional<String> lacking = program(args).lacking(actual.program, "make a file system on " + args.dev(),
                brings);
        if (lacking.isPresent()) {
            return new Plan.Refused(lacking.get());
        }
        FilesystemFact.Contents now = actual.contents;
        boolean grows = !type.isEmpty() && type.equals(now.type()) && args.resizefs();
        return Plan.of(new Change(args.dev(), Diff.text(args.dev(),
                grows ? type + ", " + now.used() + " bytes\n" : line(now.type()),
                grows ? type + ", " + now.size() + " bytes\n" : line(type)),
                List.of(new Action.Run(run)), List.of(Effect.becomes(new FilesystemFact(args.dev()),
                        new FilesystemFact.Contents(true, true, type, type.startsWith("ext") ? now.size() : 0,
                                now.size())))));
    }

    private static String line(String type) {
        return type.isEmpty() ? "" : type + "\n";
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed("Tried to make a file system on " + args.dev() + ", but "
                        + failed.get().errors().strip(), MapValue.EMPTY)
                : Verdict.changed(!applied.changes().isEmpty(), MapValue.EMPTY);
    }
}
