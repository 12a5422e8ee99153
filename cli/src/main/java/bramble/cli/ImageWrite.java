package bramble.cli;

import bramble.image.Amount;
import bramble.image.BootPartition;
import bramble.image.Checksum;
import bramble.image.Customisation;
import bramble.image.Disk;
import bramble.image.Origin;
import bramble.image.PartitionTable;
import bramble.image.PrivateFile;
import bramble.image.Region;
import bramble.image.Renewal;
import bramble.image.Target;
import bramble.image.Unpacking;
import bramble.image.Writing;
import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.web.Proxies;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes an image to cards, and reads them back: {@code bramble image write} and {@code restore}. */
final class ImageWrite {
    private static final int FAILED = 2;

    private final Session session;
    private final PrintStream out;
    private String image = "";
    private final List<String> devices = new ArrayList<>();
    private Optional<String> checksum = Optional.empty();
    private boolean verify = true;
    private boolean force;
    private boolean yes;
    private boolean dryRun;
    private final InventoryFlags inventory;
    private final List<String> nodes = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private boolean restoring;
    private boolean rebuilding;
    private boolean same;
    private boolean grow;
    private final Map<Target, NodeImage> images = new LinkedHashMap<>();
    private final Map<Target, String> hostNames = new HashMap<>();
    private final Map<Target, Work> work = new ConcurrentHashMap<>();
    /** What is told when no progress is shown any more. */
    private final Queue<Problem> later = new ConcurrentLinkedQueue<>();
    private final Set<String> finished = new LinkedHashSet<>();

    /**
     * What was done to a card so that it became its node's: where it is a copy, that it became one of its own.
     *
     * @param key what there is to tell of its host key
     */
    private record Work(Optional<Customisation> customisation, Optional<Renewal> renewal, Optional<String> key) {}

    ImageWrite(Session session) {
        this(session, new InventoryFlags());
    }

    /** One that knows already where its nodes come from. */
    ImageWrite(Session session, InventoryFlags inventory) {
        this.inventory = inventory;
        this.session = session;
        this.out = session.out();
    }

    Command command() {
        return Command.of("write",
                "Write an image to cards, several at once, and read them back. It may be packed by xz, gzip, zstd, bzip2 "
                        + "or zip.",
                this::syntax, this::write);
    }

    /** The same for what {@code bramble image clone} has made. */
    Command restoreCommand() {
        return Command.of("restore",
                "Write the image of a card that lived to others, each with an identity of its own, or as the card it was.",
                syntax -> {
                    restoring = true;
                    syntax.flag(() -> same = true,
                            "change nothing: the card takes the place of the one that was cloned",
                            "--same")
                            .flag(() -> grow = true, "with --same: the root file system grows to the card nevertheless",
                                    "--grow")
                            .value(names::add, "NAME", "the host name that a card gets which isn't a node's of the "
                                    + "inventory; once for each device, in their order", "--name");
                    syntax(syntax);
                }, this::write);
    }

    private void syntax(Syntax syntax) {
        syntax.value(text -> checksum = Optional.of(text), "SHA256", "the image's checksum as published: sha256:HEX; "
                + "without it that of a file beside the image, IMAGE.sha256 or SHA256SUMS, counts", "--checksum")
                .flag(() -> verify = false, "don't read the cards back", "--no-verify")
                .flag(() -> force = true,
                        "also to a disk that isn't removable, or a file; also what is no image of a disk",
                        "--force")
                .flag(() -> yes = true, "don't ask", "-y", "--yes")
                .flag(() -> dryRun = true, "tell what would be written where, and write nothing", "--dry-run",
                        "--check")
                .value(nodes::add, "NODE",
                        "the host of the inventory whose card it becomes; once for each device, in their order",
                        "--node");
        inventory.declareSources(syntax);
        syntax.word(text -> image = text, "IMAGE")
                .words(devices::add, "DEVICE", true);
    }

    /**
     * Writes the cards of nodes, and gives the nodes whose card is finished.
     *
     * @param cards a device for each of the nodes
     * @param agreed whether nobody is asked
     * @param any whether it may be something else than removable disks
     * @param dry whether it is only told
     */
    Set<String> write(String source, List<String> cards, List<String> owners, boolean agreed, boolean any, boolean dry)
            throws IOException, InterruptedException {
        image = source;
        devices.addAll(cards);
        nodes.addAll(owners);
        yes = agreed;
        force = any;
        dryRun = dry;
        rebuilding = true;
        write();
        return finished;
    }

    private static String number(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String counted(int count, String what) {
        return (count == 1 ? "is " : "are ") + number(count, what);
    }

    private int write() throws IOException, InterruptedException {
        if (!nodes.isEmpty() && nodes.size() != devices.size()) {
            throw new UsageException("--node is said once for each device: there " + counted(devices.size(), "device")
                    + " and " + number(nodes.size(), "node"));
        }
        nodes.stream().filter(node -> Collections.frequency(nodes, node) > 1).findFirst().ifPresent(node -> {
            throw new UsageException("--node " + node + " is said twice, but a node has one card");
        });
        refuseContradictions();
        Optional<Checksum> given = checksum.map(Checksum::of);
        Origin origin = Origin.of(image, session.folder(), new Proxies(session.environment()));
        List<Target> targets = Target.of(devices, session.folder(), Disk.Found.here(), force);
        origin.file().ifPresent(file -> refuseItself(file, targets));
        if (!dryRun) {
            refuseWhatNeedsRoot(targets);
        }
        for (int i = 0; i < names.size(); i++) {
            hostNames.put(targets.get(i), names.get(i));
        }
        for (int i = 0; i < nodes.size(); i++) {
            images.put(targets.get(i), NodeImage.of(session, session.launch(), inventory, nodes.get(i)));
        }
        NodeImage.refuseTwins(List.copyOf(images.values()));
        Optional<Checksum> expected = given.or(() -> Checksum.beside(origin));
        boolean local = origin.file().isPresent();
        var progress = new ImageProgress(session);
        if (local && expected.isPresent()) {
            expected.get().check(origin, progress::checking);
            progress.checked();
        }
        try (var unpacking = new Unpacking(origin, local ? Optional.empty() : expected)) {
            unpacking.mistake().ifPresent(mistake -> {
                throw mistake;
            });
            var writing = new Writing(unpacking, targets, verify, force, this::finishing);
            Optional<String> lacks = unpacking.size() < 0 ? Optional.empty() : writing.lacks(unpacking.size());
            refuseWhatLacks(origin, lacks);
            refuseWhatStartsNothing(origin, writing.beginning(), targets);
            tell(origin, unpacking, expected, targets);
            warnOfWhatLacks(lacks);
            if (!restoring) { // else the users of the clone are there
                images.values().forEach(NodeImage::warnIfLockedOut);
            }
            if (dryRun) {
                return 0;
            }
            agree(targets);
            if (rebuilding) {
                return written(origin, expected, targets, writing, unpacking, progress);
            }
            session.goesOnBy("bramble image " + session.same(Set.of()));
            return session.interruptible(
                    () -> written(origin, expected, targets, writing, unpacking, progress));
        }
    }

    private int written(Origin origin, Optional<Checksum> expected, List<Target> targets, Writing writing,
            Unpacking unpacking, ImageProgress progress) throws InterruptedException {
        try (var record = ImageRecord.begin(session, restoring ? "image restore" : "image write")) {
            try {
                if (restoring || !images.isEmpty()) { // keys of a node will be in it
                    targets.stream().map(Target::path).forEach(PrivateFile::ownersAlone);
                }
                Writing.Results results = progress.during(writing, unpacking);
                results.cards().forEach(card -> note(record, origin, expected, card.target(),
                        "sha256:" + results.sha256(), results.size(), card.trouble()));
                if (unpacking.size() < 0 && results.cards().stream().anyMatch(card -> card.trouble().isEmpty())) {
                    warnOfWhatLacks(writing.lacks(results.size()));
                }
                return record.ended(end(results));
            } catch (ProblemException e) {
                targets.forEach(target -> note(record, origin, expected, target, "", 0, e.summary()));
                throw new ProblemException(Stream.concat(e.problems().stream(), unfinished(targets).stream()).toList());
            }
        }
    }

    /** @param content the checksum of what is on the card; empty if that isn't known */
    private void note(ImageRecord record, Origin origin, Optional<Checksum> expected, Target target, String content,
            long size, String trouble) {
        MapValue told = MapValue.of("image", origin.shown(), "device", target.path().toString(), "model",
                target.disk().map(Disk::model).orElse(""), "serial", Disk.Found.here().serial(target.path()));
        told = expected.isPresent() ? told.with("checksum", expected.get().toString()) : told;
        told = content.isEmpty() ? told : told.with("content", content).with("size", size);
        record.entry(Optional.ofNullable(images.get(target)).map(NodeImage::node),
                "write " + origin.name() + " to " + target.describe(), List.of(ImageRecord.CARD), target.holds() + "\n",
                "the image " + origin.name() + ", " + expected.map(Checksum::toString).orElse(content) + "\n", told,
                trouble);
    }

    /** What whoever reads that something failed will ask next. */
    private static Optional<Problem> unfinished(List<Target> targets) {
        List<String> begun = targets.stream().filter(Target::unfinished).map(target -> target.path().toString())
                .toList();
        return begun.isEmpty()
                ? Optional.empty()
                : Optional.of(Problem.warning(Source.NONE, "What is on " + String.join(" and ", begun)
                        + " isn't finished: nothing starts from it.", ""));
    }

    /** Refuses to write an image over itself, by whatever name. */
    private static void refuseItself(Path image, List<Target> targets) {
        for (Target target : targets) {
            try {
                if (Files.isSameFile(image, target.path())) {
                    throw new ProblemException(Source.NONE,
                            "Tried to write to " + target.describe() + ", but it is the image itself.");
                }
            } catch (IOException e) {
                throw new ProblemException(Source.NONE,
                        "Tried to write to " + target.describe() + ", but " + FileTrouble.why(e) + ".");
            }
        }
    }

    /** Where there is a way to get the right, it is said; a file that may not be written tells by itself. */
    private static void refuseWhatNeedsRoot(List<Target> targets) {
        for (Target target : targets) {
            if (target.disk().isPresent() && !Files.isWritable(target.path())) {
                throw new ProblemException(Problem.error(Source.NONE,
                        "Tried to write to " + target.describe() + ", but permission is denied.",
                        "Writing to a device takes root: sudo."));
            }
        }
    }

    /** What becomes a node's card, or a copy, needs all of it. */
    private void refuseWhatLacks(Origin origin, Optional<String> lacks) {
        if (lacks.isPresent() && (restoring || !nodes.isEmpty())) {
            throw new ProblemException(Problem.error(Source.NONE, "Tried to read the image " + origin.shown()
                    + ", but it " + lacks.get(), "Compare its size, or its checksum, with what is published."));
        }
    }

    /** Looks for the boot partition, which what becomes a node's card or a copy has to have, before anything is written. */
    private void refuseWhatStartsNothing(Origin origin, ByteBuffer first, List<Target> targets) {
        List<Target> changed = targets.stream().filter(target -> finishing(target).isPresent()).toList();
        if (changed.isEmpty()) {
            return;
        }
        Optional<String> lacking = lacking(origin, first);
        if (lacking.isPresent()) {
            throw new ProblemException(changed.stream()
                    .map(target -> Problem.error(Source.NONE, refusal(target, lacking.get()))).toList());
        }
    }

    private static Optional<String> lacking(Origin origin, ByteBuffer first) {
        try {
            if (origin.file().isEmpty()) {
                return BootPartition.lacking(first, Optional.empty());
            }
            try (var again = new Unpacking(origin, Optional.empty())) {
                return BootPartition.lacking(first, Optional.of(again));
            }
        } catch (IOException e) {
            return Optional.of(FileTrouble.why(e));
        }
    }

    private String refusal(Target target, String why) {
        return "Tried to make " + target.path() + " "
                + Optional.ofNullable(images.get(target)).map(one -> "the card of " + one.node())
                        .orElse("a card of its own")
                + ", but " + ending(why + (restoring ? " (with --same it stays as it is)" : ""));
    }

    private void warnOfWhatLacks(Optional<String> lacks) {
        lacks.ifPresent(text -> session.report(Problem.warning(Source.NONE, "The image " + text,
                "Compare its size, or its checksum, with what is published.")));
    }

    private void refuseContradictions() {
        if (same && !(nodes.isEmpty() && names.isEmpty())) {
            throw new UsageException("--same changes nothing of what is on the card: leave out "
                    + (nodes.isEmpty() ? "--name" : "--node"));
        }
        if (grow && !same) {
            throw new UsageException("a copy grows to its card anyway: leave out --grow, or say --same, too");
        }
        if (!nodes.isEmpty() && !names.isEmpty()) {
            throw new UsageException("a node's name is in the inventory: leave out --name, or --node");
        }
        if (!names.isEmpty() && names.size() != devices.size()) {
            throw new UsageException("--name is said once for each device: there " + counted(devices.size(), "device")
                    + " and " + number(names.size(), "name"));
        }
        names.stream().filter(name -> Collections.frequency(names, name) > 1).findFirst().ifPresent(name -> {
            throw new UsageException("--name " + name + " is said twice, but two nodes can't have one name");
        });
        for (String name : names) {
            if (!name.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
                throw new UsageException("--name " + name + " can't be a host name: it has small letters, digits, and "
                        + "hyphens within");
            }
        }
    }

    /** Makes the card that of its node, and a copy one of its own. */
    private Optional<Writing.Finishing> finishing(Target target) {
        Optional<NodeImage> node = Optional.ofNullable(images.get(target));
        if (restoring ? same && !grow : node.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of((card, first, size) -> {
            try {
                Optional<String> lack = Writing.lacks(first, size);
                if (lack.isPresent()) {
                    throw new IOException("the image " + lack.get());
                }
                boolean lived = !restoring && Renewal.lived(card, first);
                if (lived && !rebuilding) {
                    later.add(Problem.warning(Source.NONE, target.path() + ": A system has run from this image "
                            + "already. The card has the ids and the machine-id of the one it was cloned from.",
                            "To give it its own: bramble image restore, with the same words."));
                }
                return restoring || (lived && rebuilding)
                        ? renewed(target, node, card, first)
                        : customised(target, node, card, first);
            } catch (IOException e) {
                throw new ProblemException(Source.NONE, refusal(target, FileTrouble.why(e)));
            }
        });
    }

    private static String ending(String sentence) {
        return sentence.endsWith("?") ? sentence : sentence + ".";
    }

    private ByteBuffer customised(Target target, Optional<NodeImage> node, Region card, ByteBuffer first)
            throws IOException {
        PartitionTable table = PartitionTable.of(card, first)
                .orElseThrow(() -> new IOException("there is no partition table in the image"));
        Customisation customisation = node.orElseThrow().customise(BootPartition.in(card, table));
        Optional<String> key = known(node.get(), customisation);
        customisation.apply();
        work.put(target, new Work(Optional.of(customisation), Optional.empty(), key));
        return first;
    }

    private ByteBuffer renewed(Target target, Optional<NodeImage> node, Region card, ByteBuffer first)
            throws IOException {
        Renewal renewal = Renewal.of(card, first, same);
        renewal.apply();
        Optional<Customisation> customisation = Optional.empty();
        Optional<String> key = Optional.empty();
        if (node.isPresent()) {
            customisation = Optional.of(node.get().customise(renewal.boot(), renewal.copied()));
            key = known(node.get(), customisation.get());
        } else if (!same || renewal.copied().grow()) {
            customisation = Optional.of(Customisation.ofCopy(renewal.boot(),
                    Optional.ofNullable(hostNames.get(target)), renewal.copied()));
        }
        if (customisation.isPresent()) {
            customisation.get().apply();
        }
        work.put(target, new Work(customisation, Optional.of(renewal), key));
        return renewal.first();
    }

    /** Has Bramble know a node before there is a card that it starts from; one node after the other. */
    private synchronized Optional<String> known(NodeImage node, Customisation customisation) {
        node.keep(customisation);
        return node.pin(customisation);
    }

    private void tell(Origin origin, Unpacking unpacking, Optional<Checksum> expected, List<Target> targets) {
        long size = Math.max(unpacking.size(), unpacking.atLeast());
        String kind = unpacking.kind().shown();
        out.println((dryRun ? "Would write " : "Image: ") + origin.shown() + (kind.isEmpty() ? "" : ", " + kind)
                + (size > 0 ? ", " + (unpacking.size() >= 0 ? "" : "at least ") + Amount.of(size) + " unpacked" : ""));
        out.println(expected.map(sum -> "Checksum, by " + sum.from() + ": " + sum + (origin.file().isPresent()
                ? ", right"
                : ", compared before the card is finished"))
                .orElse("Checksum: none is given, or beside the image; only what the archive says of itself is compared."));
        targets.forEach(target -> out.println("To: " + target.describe() + "; on it: " + target.holds()
                + Optional.ofNullable(images.get(target)).map(node -> "; for " + node.node())
                        .or(() -> Optional.ofNullable(hostNames.get(target)).map(name -> "; as " + name)).orElse("")));
        if (restoring) {
            out.println(same
                    ? "Nothing of it changes" + (grow ? " but its size" : "")
                            + ": it takes the place of the card that was cloned."
                    : "Each gets ids, a machine-id and host keys of its own.");
        }
        out.flush();
    }

    /** Asks, unless that was said to be needless. */
    private void agree(List<Target> targets) {
        if (yes) {
            return;
        }
        if (!session.person().attended()) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to ask whether this may be written over, but nobody is at a terminal.",
                    "Say it beforehand: --yes."));
        }
        String answer = session.person().ask("All that is on "
                + targets.stream().map(target -> target.path().toString()).collect(Collectors.joining(" and "))
                + " will be lost. Write? [y/N] ", true).orElse("");
        if (!answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
            throw new ProblemException(Source.NONE, "Nothing was written.");
        }
    }

    private int end(Writing.Results results) {
        for (Writing.Result card : results.cards()) {
            if (card.trouble().isEmpty()) {
                out.println(sentence(card, results.size()));
                Optional.ofNullable(work.get(card.target())).ifPresent(done -> tell(card.target(), done));
                Optional.ofNullable(images.get(card.target())).ifPresent(node -> finished.add(node.node()));
            } else {
                session.report(Problem.error(Source.NONE, card.trouble()));
            }
        }
        unfinished(results.cards().stream().filter(card -> !card.trouble().isEmpty()).map(Writing.Result::target)
                .toList()).ifPresent(session::report);
        later.forEach(session::report);
        boolean failed = results.cards().stream().anyMatch(card -> !card.trouble().isEmpty());
        tellNames();
        if (!failed) {
            out.println("Content: sha256:" + results.sha256());
        }
        return failed ? FAILED : 0;
    }

    private void tell(Target target, Work done) {
        Optional<NodeImage> node = Optional.ofNullable(images.get(target));
        done.renewal().ifPresent(renewal -> renewal.done().forEach(line -> out.println("  " + line)));
        done.customisation().ifPresent(customisation -> {
            if (node.isPresent()) {
                node.get().tell(customisation);
                done.key().ifPresent(told -> out.println("  " + told));
            } else {
                NodeImage.tell(session, hostNames.getOrDefault(target, target.path().toString()), customisation, false);
            }
        });
        if (restoring && !same && node.isEmpty()) {
            out.println("  it makes host keys of its own when it first starts");
        }
        done.renewal().ifPresent(renewal -> renewal.warnings()
                .forEach(text -> session.report(Problem.warning(Source.NONE, target.path() + ": " + text, ""))));
    }

    /** Tells of a name that several have. */
    private void tellNames() {
        if (!restoring || same || !nodes.isEmpty() || !names.isEmpty() || work.isEmpty()) {
            return;
        }
        String name = work.values().stream().flatMap(done -> done.renewal().stream()).map(Renewal::hostName)
                .flatMap(Optional::stream).findFirst().map(one -> ", " + one + ",").orElse("");
        session.report(Problem.warning(Source.NONE,
                "The host name" + name + " stays as the image has it: two nodes have "
                        + "the same name, if the one that was cloned goes on.",
                "Another one: --name NAME, or --node NODE."));
    }

    private static String sentence(Writing.Result card, long size) {
        var text = new StringBuilder(card.target().path() + ": " + Amount.of(size) + " written in "
                + Amount.time(card.writing()) + " (" + Amount.of((size - card.from()) / Math.max(0.001, card.writing()))
                + "/s)");
        if (card.from() > 0) {
            text.append(", gone on with at ").append(Amount.of(card.from()));
        }
        if (card.skipped() > 0) {
            text.append(", ").append(Amount.of(card.skipped())).append(" of zeros were there already");
        }
        if (card.verifying() > 0) {
            text.append("; read back and the same, in ").append(Amount.time(card.verifying())).append(" (")
                    .append(Amount.of(size / Math.max(0.001, card.verifying()))).append("/s)");
        }
        return text.toString();
    }
}
