package bramble.modules.image;

import bramble.args.Arg;
import bramble.args.ControllerFiles;
import bramble.args.Doc;
import bramble.args.FirstStarts;
import bramble.image.Amount;
import bramble.image.Checksum;
import bramble.image.Disk;
import bramble.image.Origin;
import bramble.image.Unpacking;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Beyond;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.problem.ProblemException;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/** {@code sd_image}: an image on a card. */
@AutoService(AnyModule.class)
public final class SdImageModule implements TaskModule<SdImageModule.Args, SdImageModule.State> {
    private static final String FORCE = " If it is really meant: force.";

    /** The arguments of {@code sd_image}. */
    @Doc(value = "Writes an image of the controller, or of a web server, to a card in a reader of the node, and reads it back; with delegate_to: localhost, to one of the controller. The image may be packed by xz, gzip, zstd, bzip2 or zip. A card that holds the image already stays as it is, also when a system has lived on it since: a sector before the first partition says which image was written, and counts as long as the partitions begin where they did and their file systems are the same ones. An image without partitions, or without room for that sector, is written each time. What is mounted, or in use otherwise, is never written over. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: A card for the next node
              sd_image:
                image: 2025-05-13-raspios-bookworm-arm64-lite.img.xz
                checksum: sha256:62d025b9bc7ca0e1facfec74ae56ac13978b6745c58177f081d39fbb8041ed45
                device: /dev/sda
              become: true
              delegate_to: localhost
            """, returns = {
        "device: str: the device, with no link on the way to it", "image: str: the image",
        "node: str: whose card it is",
        "checksum: str: by what the image is known: its checksum, or what its server says of its version",
        "before: str: what was on the card", "model: str: maker and model of the card, or of its reader",
        "serial: str: the card's own number, where the node knows it", "capacity: int: of the card, in bytes",
        "size: int: of what was written, in bytes", "resumed: int: how many bytes were there from the last time",
        "verified: str: how it was read back: direct, past the node's cache, or reopened; or no"})
    public record Args(
            @Arg("The image: a file, looked for where a role's files are, or an http or https URL.") String image,
            @Arg(value = "The card: a device of the node.", aliases = {
                "dest", "path"}, nodePath = true) String device,
            @Arg("The image's checksum as published: sha256:HEX, or sha512. Without it that of a file beside the image, IMAGE.sha256 or SHA256SUMS, counts; without that, a file's own.") Optional<String> checksum,
            @Arg(value = "Whether it is read back, and compared.", fallback = "true") boolean verify,
            @Arg(value = "Also to a disk that isn't removable, or a file; also what is no image of a disk.", fallback = "false") boolean force,
            @Arg("The host of the inventory whose card it becomes, as `bramble image write --node` makes it: its name, user, keys, network and host key are on the card. Its variables are in docs/images.md.") Optional<String> node,
            @Arg(value = "Whether the image is a clone of a card on which a system has run: the card gets ids, a machine-id and host keys of its own, and its last partition grows to the card's end, as by `bramble image restore --node`. It takes node; and room for the unpacked image in the controller's folder for temporary files.", fallback = "false") boolean golden,
            @Arg(value = "Whether the image is a file of the node. It is unpacked by the controller all the same, and comes and goes for that.", fallback = "false") boolean remoteSrc,
            ControllerFiles files, FirstStarts starts){

        /** An image by its key, and the node that is told to it. */
        private String label(String key) {
            return key + node.map(name -> " for " + name).orElse("") + (golden ? ", a system of its own" : "");
        }

        private String word() {
            return remoteSrc || image.matches("https?://.*")
                    ? image
                    : files.find(image).path().toAbsolutePath().toString();
        }

        private Optional<Checksum> wanted() {
            return checksum.filter(text -> !text.isBlank()).map(Checksum::of);
        }
    }

    /**
     * The card, and what is to go there.
     *
     * @param offer empty where it needn't be looked at
     */
    record State(NodeCard card, Optional<Offer> offer, Optional<String> mistake) {
        private State(String mistake) {
            this(new NodeCard("", NodeCard.Kind.NONE, Optional.empty(), 0, "", Optional.empty(), Optional.empty(), ""),
                    Optional.empty(), Optional.of(mistake));
        }
    }

    @Override
    public String name() {
        return "sd_image";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        if (args.golden() && args.node().isEmpty()) {
            return Inquiry.nothing(new State("golden takes node: whose card does the copy become?"));
        }
        Optional<Checksum> wanted;
        try {
            wanted = args.wanted();
        } catch (ProblemException e) {
            return Inquiry.nothing(new State(CardStream.sentence(e)));
        }
        return Inquiry.of(new CardFact(args.device())).then(card -> {
            boolean there = wanted.isPresent()
                    && card.holds().equals(wanted.map(sum -> args.label(sum.toString())));
            if (there || refusal(args, card).isPresent()) {
                return Inquiry.nothing(new State(card, Optional.empty(), Optional.empty()));
            }
            return Inquiry.of(new OfferFact(args.word(), wanted, args.force(), args.remoteSrc(), args.node(),
                    args.starts()))
                    .map(offer -> new State(card, Optional.of(offer), Optional.empty()));
        });
    }

    /** Why nothing may be written there. */
    private static Optional<String> refusal(Args args, NodeCard card) {
        return (switch (card.kind()) {
            case NONE -> Optional.of("there is no such device.");
            case FOLDER -> Optional.of("it is a folder, not a device.");
            case OTHER -> Optional.of("it is no disk.");
            case CLOSED -> Optional.of("permission is denied. Does the task need become?");
            case FILE -> args.force() ? Optional.<String>empty() : Optional.of("it is a file, not a device." + FORCE);
            case DISK -> card.disk().isEmpty()
                    ? Optional.of("the node's system knows no such disk.")
                    : card.disk().flatMap(Disk::refusal).map(why -> why + ".")
                            .or(() -> args.force()
                                    ? Optional.empty()
                                    : card.disk().flatMap(Disk::doubt).map(why -> why + "." + FORCE));
        }).map(why -> "Tried to write to " + args.device() + ", but " + why);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (actual.mistake().isPresent()) {
            return Plan.mistake(actual.mistake().get());
        }
        NodeCard card = actual.card();
        Optional<String> refusal = refusal(args, card);
        if (refusal.isPresent()) {
            return new Plan.Refused(refusal.get());
        }
        if (actual.offer().isEmpty()) {
            return Plan.NOTHING;
        }
        Offer offer = actual.offer().get();
        if (offer.problem().isPresent()) {
            return new Plan.Refused(offer.problem().get());
        }
        if (card.holds().equals(Optional.of(args.label(offer.key())))) {
            return Plan.NOTHING;
        }
        Optional<String> tooSmall = tooSmall(args, card, offer);
        if (tooSmall.isPresent()) {
            return new Plan.Refused(tooSmall.get());
        }
        return Plan.of(new Change(args.device(), Diff.text(args.device(), card.told() + "\n",
                args.label(offer.key()) + "\n"),
                List.of(new Action.Errand("write " + Offer.shown(args.image()),
                        beyond -> written(args, card, offer, beyond))),
                List.of(Effect.becomes(new CardFact(args.device()), card.holding(args.label(offer.key()))))));
    }

    private static Optional<String> tooSmall(Args args, NodeCard card, Offer offer) {
        return offer.atLeast() <= card.capacity()
                ? Optional.empty()
                : Optional.of("Tried to write to " + args.device() + ", but it is too small: it has "
                        + Amount.of(card.capacity()) + ", and the image has " + Amount.of(offer.atLeast()) + ".");
    }

    /** Writes it; what is left to do is to tell how it went. */
    private static Action written(Args args, NodeCard card, Offer offer, Beyond beyond) throws InterruptedException {
        try {
            if (!args.remoteSrc()) {
                return written(args, card, offer, beyond, Offer.origin(args.word()),
                        args.image().equals(args.word()) ? offer.checksum() : Optional.empty());
            }
            try (FileChannel held = new NodeImageFile(args.image()).fetched(beyond)) {
                Origin origin = Origin.held(held, args.image());
                Offer fetched = Offer.of(origin, args.image(), Optional.empty(), args.force());
                Optional<String> problem = fetched.problem().or(() -> tooSmall(args, card, fetched));
                return problem.isPresent()
                        ? failing(problem.get())
                        : written(args, card, offer, beyond, origin, offer.checksum());
            }
        } catch (ProblemException e) {
            return failing(CardStream.sentence(e));
        } catch (IOException e) {
            return failing(String.valueOf(e.getMessage()));
        }
    }

    /** @param checksum that is still to be compared */
    private static Action written(Args args, NodeCard card, Offer offer, Beyond beyond, Origin origin,
            Optional<Checksum> checksum) throws IOException, InterruptedException {
        try (var image = new Unpacking(origin, checksum)) {
            CardStream.Done done = new CardStream(beyond, card, image, args.label(offer.key()), args.verify(),
                    args.node().map(args.starts()::of), args.golden()).write();
            return new Action.Run(Sh.of("echo {} {} {}; printf %s {}", done.size(), done.from(), done.verified(),
                    String.join("\n", done.warnings())));
        }
    }

    private static Action failing(String why) {
        return new Action.Run(Sh.of("echo {} >&2; exit 1", why));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        NodeCard card = before.card();
        MapValue results = MapValue.of("device", card.path(), "image", Offer.shown(args.image()), "before", card.told(),
                "checksum",
                before.offer().map(Offer::key).or(card::holds).orElse("").replaceFirst(" for .*", ""));
        if (args.node().isPresent()) {
            results = results.with("node", args.node().get());
        }
        if (card.disk().isPresent()) {
            results = results.with("model", card.disk().get().model()).with("capacity", card.size());
        }
        if (!card.serial().isEmpty()) {
            results = results.with("serial", card.serial());
        }
        if (!applied.answers().isEmpty() && applied.answers().getFirst().ok()) {
            List<String> lines = applied.answers().getFirst().text().strip().lines().toList();
            String[] words = lines.getFirst().split(" ", -1);
            if (lines.size() > 1) {
                results = results.with("warnings", Value.texts(lines.subList(1, lines.size())));
            }
            results = results.with("size", Long.parseLong(words[0])).with("resumed", Long.parseLong(words[1]))
                    .with("verified", words[2]);
        }
        return TaskModule.super.judge(args, before, applied).with(results);
    }
}
