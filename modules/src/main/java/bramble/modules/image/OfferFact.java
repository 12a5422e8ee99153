package bramble.modules.image;

import bramble.args.FirstStarts;
import bramble.image.Checksum;
import bramble.module.Beyond;
import bramble.module.FarFact;
import java.util.Optional;

/**
 * Looks at an image, where the controller finds it.
 *
 * @param node whose card it becomes; what the inventory says of it is looked at, too
 * @param anything whether it may be something that doesn't look like a disk
 */
record OfferFact(String image, Optional<Checksum> checksum, boolean anything, Optional<String> node, FirstStarts starts)
        implements
            FarFact<Offer> {
    @Override
    public Offer look(Beyond beyond) {
        return Offer.of(image, checksum, anything, () -> node.ifPresent(starts::of));
    }
}
