package bramble.cli;

import bramble.image.BootPartition;
import bramble.image.Customisation;
import bramble.image.Disk;
import bramble.image.PrivateFile;
import bramble.image.Region;
import bramble.image.Unpacking;
import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** Makes an image that of one node, before its first start: {@code bramble image customise}. */
final class ImageCustomise {
    private final InventoryFlags inventory = new InventoryFlags();
    private final Session session;
    private Optional<String> node = Optional.empty();
    private boolean dryRun;
    private boolean diff;
    private String image = "";

    ImageCustomise(Session session) {
        this.session = session;
    }

    Command command() {
        return Command.of("customise", "Make an image that of one node, as the inventory has it.", this::declare,
                this::customise);
    }

    private void declare(Syntax syntax) {
        syntax.value(name -> {
            if (node.isPresent()) {
                throw new UsageException("--node is said twice, but an image is one node's");
            }
            node = Optional.of(name);
        }, "NODE", "the host of the inventory whose image it becomes",
                "--node");
        syntax.flag(() -> dryRun = true, "write nothing; show what would change", "-C", "--dry-run", "--check");
        syntax.flag(() -> diff = true, "show what changes, line by line", "-D", "--diff");
        inventory.declareSources(syntax);
        syntax.word(name -> image = name, "IMAGE");
    }

    private int customise() {
        String name = node.orElseThrow(() -> new UsageException("which node's is it to be? Say it with --node"));
        Path file = session.folder().resolve(image);
        refuse(file);
        NodeImage wanted = NodeImage.of(session, session.launch(), inventory, name);
        wanted.warnIfLockedOut();
        List<StandardOpenOption> ways = dryRun
                ? List.of(StandardOpenOption.READ)
                : List.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, ways.toArray(StandardOpenOption[]::new))) {
            Customisation work = wanted.customise(BootPartition.in(Region.whole(channel)));
            wanted.tell(work, diff || dryRun);
            if (!dryRun) {
                wanted.keep(work);
                try (var record = ImageRecord.begin(session, "image customise")) {
                    PrivateFile.ownersAlone(file);
                    work.apply();
                    channel.force(true);
                    record.entry(node, "customise " + file.getFileName(), // what is in the files may be secret
                            work.changes().stream().map(Customisation.FileChange::name).toList(), "", "",
                            MapValue.of("image", file.toString(), "system", work.system().name(), "format",
                                    work.format().toString()),
                            "");
                    record.ended(0);
                }
                warnOfChecksum(file, work);
                wanted.pin(work).ifPresent(told -> session.out().println("  " + told));
            }
            return 0;
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to make " + image + " the image of " + name + ", but "
                    + FileTrouble.why(e) + ".");
        }
    }

    /** A checksum that stands beside it is that of what it was. */
    private void warnOfChecksum(Path file, Customisation work) {
        for (String end : work.changes().isEmpty() ? List.<String>of() : List.of(".sha256", ".sha256sum", ".sha512")) {
            Path sums = file.resolveSibling(file.getFileName() + end);
            if (Files.exists(sums)) {
                session.report(Problem.warning(Source.NONE,
                        sums.getFileName() + " says what the image was before: its checksum is another one now.",
                        "Remove it, or bramble image write will refuse the image."));
            }
        }
    }

    private void refuse(Path file) {
        Optional<String> why = Optional.empty();
        String hint = "";
        if (!Files.exists(file)) {
            why = Optional.of("there is no such file");
        } else if (Files.isDirectory(file)) {
            why = Optional.of("it is a folder");
        } else if (!dryRun && used(file).isPresent()) {
            why = used(file);
            hint = "Take it out of use first, by umount (and losetup -d).";
        } else {
            Optional<String> unpacks = compressed(file);
            if (unpacks.isPresent()) {
                why = Optional.of("it is compressed");
                hint = "Unpack it first (" + unpacks.get() + " " + image + "), or have both done while it is written: "
                        + "bramble image write " + image + " DEVICE --node " + node.orElse("NODE");
            }
        }
        if (why.isPresent()) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to make " + image + " a node's image, but " + why.get() + ".", hint));
        }
    }

    /** What a device is in use for: two would write to one file system. */
    private static Optional<String> used(Path file) {
        if (Files.isRegularFile(file)) {
            return Disk.Found.here().attached(file);
        }
        try {
            Path real = file.toRealPath();
            return Disk.Found.here().all().stream().filter(disk -> disk.path().equals(real)).map(Disk::uses)
                    .flatMap(List::stream).findFirst();
        } catch (IOException e) {
            return Optional.empty(); // told when it is opened to be written
        }
    }

    /** What unpacks a file, if it is packed. */
    static Optional<String> compressed(Path file) {
        try {
            return Optional.of(Unpacking.Kind.of(file).program()).filter(program -> !program.isEmpty());
        } catch (IOException e) {
            return Optional.empty(); // told when it is opened to be written
        }
    }
}
