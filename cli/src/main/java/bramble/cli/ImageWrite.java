package bramble.cli;

import bramble.image.Amount;
import bramble.image.BootPartition;
import bramble.image.Checksum;
import bramble.image.Customisation;
import bramble.image.Disk;
import bramble.image.Origin;
import bramble.image.PartitionTable;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Writes an image to cards, and reads them back: {@code bramble image write}. */
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
    private final Map<Target, NodeImage> images = new HashMap<>();
    private final Map<Target, Customisation> work = new ConcurrentHashMap<>();

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
                "Write an image to cards, several at once, and read them back. It may be packed by xz, gzip, zstd "
                        + "or zip.",
                this::syntax, this::write);
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
     * Writes the cards of nodes.
     *
     * @param cards a device for each of the nodes
     * @param agreed whether nobody is asked
     * @param any whether it may be something else than removable disks
     */
    int write(String source, List<String> cards, List<String> owners, boolean agreed, boolean any)
            throws IOException, InterruptedException {
        image = source;
        devices.addAll(cards);
        nodes.addAll(owners);
        yes = agreed;
        force = any;
        return write();
    }

    private int write() throws IOException, InterruptedException {
        if (!nodes.isEmpty() && nodes.size() != devices.size()) {
            throw new UsageException(
                    "--node is said once for each device: there are " + devices.size() + " devices and "
                            + nodes.size() + " nodes");
        }
        Optional<Checksum> given = checksum.map(Checksum::of);
        Origin origin = Origin.of(image, session.folder(), new Proxies(session.environment()));
        List<Target> targets = Target.of(devices, session.folder(), Disk.Found.here(), force);
        for (int i = 0; i < nodes.size(); i++) {
            images.put(targets.get(i), NodeImage.of(session, session.launch(), inventory, nodes.get(i)));
        }
        Optional<Checksum> expected = given.or(() -> Checksum.beside(origin));
        boolean local = origin.file().isPresent();
        var progress = new ImageProgress(session);
        if (local && expected.isPresent()) {
            expected.get().check(origin, progress::checking);
            progress.checked();
        }
        try (var unpacking = new Unpacking(origin, local ? Optional.empty() : expected)) {
            var writing = new Writing(unpacking, targets, verify, force, this::finishing);
            tell(origin, unpacking, expected, targets);
            if (dryRun) {
                return 0;
            }
            agree(targets);
            try (var record = ImageRecord.begin(session, "image write")) {
                try {
                    Writing.Results results = progress.during(writing, unpacking);
                    results.cards().forEach(card -> note(record, origin, expected, card.target(),
                            "sha256:" + results.sha256(), results.size(), card.trouble()));
                    return record.ended(end(results));
                } catch (ProblemException e) {
                    targets.forEach(target -> note(record, origin, expected, target, "", 0, e.summary()));
                    throw e;
                }
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

    /** Makes the card that of its node. */
    private Optional<Writing.Finishing> finishing(Target target) {
        return Optional.ofNullable(images.get(target)).map(node -> (card, first) -> {
            PartitionTable table = PartitionTable.of(card, first)
                    .orElseThrow(() -> new IOException("there is no partition table in the image"));
            try {
                Customisation customisation = node.customise(BootPartition.in(card, table));
                node.keep(customisation);
                customisation.apply();
                work.put(target, customisation);
                return first;
            } catch (IOException e) {
                throw new ProblemException(Source.NONE, "Tried to make " + target.path() + " the card of " + node.node()
                        + ", but " + FileTrouble.why(e) + ".");
            }
        });
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
                + Optional.ofNullable(images.get(target)).map(node -> "; for " + node.node()).orElse("")));
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
        String answer = session.person().ask("All that is on " + (targets.size() == 1
                ? targets.getFirst().path().toString()
                : "these " + targets.size()) + " will be lost. Write? [y/N] ", true).orElse("");
        if (!answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
            throw new ProblemException(Source.NONE, "Nothing was written.");
        }
    }

    private int end(Writing.Results results) {
        for (Writing.Result card : results.cards()) {
            if (card.trouble().isEmpty()) {
                out.println(sentence(card, results.size()));
                Optional.ofNullable(work.get(card.target())).ifPresent(done -> {
                    NodeImage node = images.get(card.target());
                    if (node != null) {
                        node.tell(done);
                        node.pin(done).ifPresent(told -> out.println("  " + told));
                    }
                });
            } else {
                session.report(Problem.error(Source.NONE, card.trouble()));
            }
        }
        boolean failed = results.cards().stream().anyMatch(card -> !card.trouble().isEmpty());
        if (!failed) {
            out.println("Content: sha256:" + results.sha256());
        }
        return failed ? FAILED : 0;
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
