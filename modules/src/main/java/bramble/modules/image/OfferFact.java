package bramble.modules.image;

import bramble.args.FirstStarts;
import bramble.image.Checksum;
import bramble.module.Beyond;
import bramble.module.FarFact;
import bramble.problem.ProblemException;
import java.util.Optional;

/**
 * Looks at an image, where the controller finds it.
 *
 * @param remote whether it is a file of the node
 * @param node whose card it becomes; what the inventory says of it is looked at, too
 * @param anything whether it may be something that doesn't look like a disk
 */
record OfferFact(String image, Optional<Checksum> checksum, boolean anything, boolean remote, Optional<String> node,
        FirstStarts starts)
        implements
            FarFact<Offer> {
    @Override
    public Offer look(Beyond beyond) {
        Runnable more = () -> node.ifPresent(starts::of);
        if (!remote) {
            return Offer.of(image, checksum, anything, more);
        }
        try {
            more.run();
            return new NodeImageFile(image).offer(beyond, checksum);
        } catch (ProblemException e) {
            return Offer.failed(CardStream.sentence(e));
        }
    }
}
