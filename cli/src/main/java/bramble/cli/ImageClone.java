package bramble.cli;

import bramble.image.Amount;
import bramble.image.Cloning;
import bramble.image.Disk;
import bramble.image.LocalOriginal;
import bramble.image.Original;
import bramble.image.Packing;
import bramble.image.Shrinking;
import bramble.image.UsedBlocks;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.run.Options;
import bramble.run.PlaybookRun;
import bramble.shell.NoShellException;
import bramble.value.MapValue;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes an image of what a card holds, that of a running node, too: {@code bramble image clone}. */
final class ImageClone {
    private final Session session;
    private final PrintStream out;
    private final InventoryFlags inventory = new InventoryFlags();
    private final LoginFlags login = new LoginFlags();
    private String source = "";
    private String file = "";
    private Optional<String> disk = Optional.empty();
    private boolean force;
    private boolean dryRun;
    private boolean shrink;
    private String made = "";

    ImageClone(Session session) {
        this.session = session;
        this.out = session.out();
    }

    Command command() {
        return Command.of("clone", "Make an image of what is in use of a card: one in a reader, or that of a running "
                + "node. It is packed as FILE's name says: .img, .img.xz, .img.gz, .img.zst.", this::declare,
                this::make);
    }

    private void declare(Syntax syntax) {
        syntax.value(name -> disk = Optional.of(name), "/dev/NAME",
                "the node's disk; without it the one that its / is on", "--disk")
                .flag(() -> shrink = true, "make the last partition, and the image, as small as what is in it",
                        "--shrink")
                .flag(() -> force = true, "also over a file that is there", "--force")
                .flag(() -> dryRun = true, "tell what would be taken, and write nothing", "--dry-run", "--check");
        inventory.declareSources(syntax);
        login.declare(syntax);
        syntax.word(text -> source = text, "NODE|DEVICE").word(text -> file = text, "FILE");
    }

    /** Makes an image smaller that is there: {@code bramble image shrink}. */
    Command shrinkCommand() {
        return Command.of("shrink", "Make the last partition of an image, and the image, as small as what is in it.",
                syntax -> syntax
                        .flag(() -> dryRun = true, "tell what is in use of it, and write nothing", "--dry-run",
                                "--check")
                        .word(text -> file = text, "IMAGE"),
                this::shrink);
    }

    private int shrink() throws InterruptedException {
        Path image = session.folder().resolve(file);
        Optional<String> why = !Files.exists(image)
                ? Optional.of("there is no such file")
                : Files.isDirectory(image)
                        ? Optional.of("it is a folder")
                        : Files.isRegularFile(image)
                                ? Disk.Found.here().attached(image)
                                : Optional.of("it is no file");
        Optional<String> unpacks = why.isPresent() ? Optional.empty() : ImageCustomise.compressed(image);
        if (why.isPresent() || unpacks.isPresent()) {
            String hint = unpacks.map(by -> "Unpack it first: " + by + " " + file)
                    .orElseGet(() -> why.equals(Optional.of("it is no file"))
                            ? "Clone it first: bramble image clone --shrink " + file + " FILE"
                            : "");
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to shrink " + file + ", but " + why.orElse("it is packed") + ".", hint));
        }
        shrink = true;
        Path folder = image.toAbsolutePath().getParent();
        if (!dryRun && folder != null && !(Files.isWritable(folder) && Files.isWritable(image))) {
            throw new ProblemException(Problem.error(Source.NONE, "Tried to shrink " + file
                    + ", but you may not write it, or not in " + folder + ".", ""));
        }
        try (var original = LocalOriginal.of(image, Disk.Found.here())) {
            return recorded(Optional.empty(), () -> make(original, image, Packing.NONE));
        }
    }

    private int make() throws InterruptedException {
        Path target = session.folder().resolve(file);
        Packing packing = Packing.of(file).orElseThrow(() -> refused("its name says nothing of how it is to be packed",
                "It ends with .img, .img.xz, .img.gz or .img.zst."));
        if (Files.isDirectory(target)) {
            throw refused("it is a folder", "");
        }
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw refused("it is no file", "To write an image to a card: bramble image write");
        }
        if (Files.exists(target) && !force) {
            throw refused("it is there already", "If it is to be replaced: --force.");
        }
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw refused("there is no folder " + folder, "");
        }
        if (!dryRun && !Files.isWritable(folder)) {
            throw refused("you may not write in " + folder, "");
        }
        Path local = session.folder().resolve(source);
        if (source.contains("/") || (Files.exists(local) && !Files.isDirectory(local))) {
            if (disk.isPresent()) {
                throw new UsageException("--disk is said for a node; " + source + " is a disk by itself");
            }
            if (Files.exists(target) && same(local, target)) {
                throw refused("it is what is to be cloned", "");
            }
            refuseWhatCannotBeRead(local);
            try (var original = LocalOriginal.of(local, Disk.Found.here())) {
                return recorded(Optional.empty(), () -> make(original, target, packing));
            }
        }
        return ofNode(target, packing);
    }

    private void refuseWhatCannotBeRead(Path local) {
        boolean file = Files.isRegularFile(local);
        Optional<String> unpacks = file ? ImageCustomise.compressed(local) : Optional.empty();
        boolean denied = Files.exists(local) && !file && !Files.isDirectory(local) && !Files.isReadable(local);
        if (denied || unpacks.isPresent()) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to clone " + source + ", but " + (denied ? "permission is denied." : "it is packed."),
                    denied
                            ? "Reading a device takes root: sudo."
                            : "Unpack it first: " + unpacks.orElse("") + " " + source));
        }
    }

    private static boolean same(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException _) {
            return false; // told when it is opened
        }
    }

    private int ofNode(Path target, Packing packing) throws InterruptedException {
        Launch launch = session.launch();
        Launch.Sources sources = launch.files(inventory);
        if (sources.inventory().host(source).isEmpty()) {
            Problem none = sources.noHost(source);
            throw new ProblemException(Problem.error(Source.NONE, none.summary(),
                    none.hint().isEmpty() ? "There is no file or device of that name, either." : none.hint()));
        }
        Options options = launch.options(inventory, login, new RunFlags(), sources, Optional.empty(), false, false);
        var run = new PlaybookRun(launch.parts(sources, options, Continued.nothing(session.seal()), session.folder()));
        try {
            return run.asRoot(source, session.folder(), shell -> {
                NodeOriginal original = NodeOriginal.of(source, shell, disk);
                return recorded(Optional.of(source), () -> make(original, target, packing));
            });
        } catch (NoShellException e) {
            throw new ProblemException(Source.NONE, "Tried to clone " + source + ", but it can't be reached: "
                    + String.valueOf(e.getMessage()).replaceFirst("\\.$", "") + ".");
        }
    }

    /** Making an image, which the record has. */
    @FunctionalInterface
    private interface Making {
        int make() throws InterruptedException;
    }

    private int recorded(Optional<String> node, Making making) throws InterruptedException {
        return dryRun ? making.make() : session.interruptible(() -> kept(node, making));
    }

    private int kept(Optional<String> node, Making making) throws InterruptedException {
        String did = verb() + " " + (source.isEmpty() ? file : source + " to " + file);
        Path image = session.folder().resolve(file).toAbsolutePath().normalize();
        try (var record = ImageRecord.begin(session, "image " + verb())) {
            try {
                int code = making.make();
                MapValue told = MapValue.of("image", image.toString());
                told = source.isEmpty() ? told : told.with("source", source);
                record.entry(node, did, List.of(ImageRecord.IMAGE), "", "the image " + image + ", " + made + "\n",
                        told.with("checksum", made), "");
                return record.ended(code);
            } catch (ProblemException e) {
                record.entry(node, did, List.of(), "", "", MapValue.of("image", image.toString()), e.summary());
                throw e;
            }
        }
    }

    private ProblemException refused(String why, String hint) {
        return new ProblemException(
                Problem.error(Source.NONE, "Tried to write a clone to " + file + ", but " + why + ".", hint));
    }

    private int make(Original original, Path target, Packing packing) throws InterruptedException {
        Path whole = target.resolveSibling(target.getFileName() + ".unshrunk");
        Optional<Shrinking> shrinking = shrink
                ? Optional.of(new Shrinking(whole, session.environment().getOrDefault("PATH", "")))
                : Optional.empty();
        var cloning = new Cloning(original, shrink ? whole : target, shrink ? Packing.NONE : packing);
        UsedBlocks found = cloning.look(verb());
        if (shrink) {
            Shrinking.last(found, original.shown());
        }
        tell(original, found);
        if (dryRun) {
            return 0;
        }
        Cloning.Result result;
        try {
            result = new CloneProgress(session, file).during(cloning, found);
            if (shrinking.isPresent()) {
                shrinking.get().run();
                try (var smaller = LocalOriginal.of(whole, Disk.Found.here())) {
                    var again = new Cloning(smaller, target, packing);
                    long before = result.size();
                    boolean restless = result.restless();
                    Cloning.Result last = new CloneProgress(session, file).during(again, again.look());
                    out.println("Shrunk from " + Amount.of(before) + " to " + Amount.of(last.size()));
                    result = new Cloning.Result(last.size(), last.taken(), last.packed(), last.sha256(), result.again(),
                            restless);
                }
            }
        } finally {
            if (shrink) {
                delete(whole);
            }
        }
        out.println(file + ": an image of " + Amount.of(result.size()) + ", " + Amount.of(result.taken())
                + " of it in use, in " + Amount.of(result.packed())
                + (result.again() > 0
                        ? "; " + Amount.of(result.again()) + " were read again, because they had changed"
                        : ""));
        made = "sha256:" + result.sha256();
        out.println("Checksum, also in " + file + ".sha256: " + made);
        if (result.restless()) {
            session.report(Problem.warning(Source.NONE,
                    "Much is written to " + original.shown() + ": something changed there to the end.",
                    "What matters is better stopped, or kept by \"bramble backup\"."));
        }
        return 0;
    }

    private static void delete(Path whole) {
        try {
            Files.deleteIfExists(whole);
            Files.deleteIfExists(whole.resolveSibling(whole.getFileName() + ".sha256"));
        } catch (IOException _) {
            // it says by its name what it is
        }
    }

    private String verb() {
        return source.isEmpty() ? "shrink" : "clone";
    }

    private void tell(Original original, UsedBlocks found) {
        out.println((dryRun ? "Would " + verb() + " " : verb().equals("shrink") ? "Shrinking " : "Cloning ")
                + original.shown() + ", " + Amount.of(original.length())
                + ", of which " + Amount.of(found.used()) + " are in use"
                + (dryRun && verb().equals("clone") ? ", to " + file + (shrink ? ", and shrink it" : "") : ""));
        for (UsedBlocks.Part part : found.parts()) {
            out.println("  partition " + part.number() + ": "
                    + (part.kind().isEmpty() ? "something unknown" : part.kind()) + ", " + Amount.of(part.length())
                    + (part.whole()
                            ? ", taken whole: Bramble can't tell what of it is in use"
                            : ", " + Amount.of(part.used()) + " in use")
                    + (part.recovery() ? "; its journal is to be replayed" : ""));
        }
        List<String> uses = original.uses();
        if (!uses.isEmpty()) {
            out.println("It is in use (" + uses.stream().limit(3).collect(Collectors.joining(", "))
                    + (uses.size() > 3 ? " and more" : "")
                    + "): what was written is on it now, but a clone of it is as "
                    + "after a power cut, and its journal is replayed when it is next mounted. Databases are better "
                    + "stopped, or kept by \"bramble backup\".");
            if (found.parts().stream().anyMatch(part -> part.whole() && !part.recovery())) {
                out.println("What is taken whole may not be sound in the clone if it is written to meanwhile.");
            }
        } else if (found.parts().stream().anyMatch(UsedBlocks.Part::recovery)) {
            out.println("It wasn't unmounted when it was last used: its journal is replayed when it is next mounted.");
        }
        out.flush();
    }
}
