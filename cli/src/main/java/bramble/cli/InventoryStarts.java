package bramble.cli;

import bramble.args.FirstStarts;
import bramble.image.BootPartition;
import bramble.image.Customisation;
import bramble.image.Region;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/** What images of nodes are told, as a run's inventory has it. */
record InventoryStarts(Session session, Launch.Sources sources) implements FirstStarts {
    @Override
    public FirstStart of(String node) {
        return new OfNode(NodeImage.of(session, session.launch(), sources, node));
    }

    private static final class OfNode implements FirstStart {
        private final NodeImage node;
        private Optional<Customisation> done = Optional.empty();

        OfNode(NodeImage node) {
            this.node = node;
        }

        @Override
        public List<String> apply(FileChannel image) throws IOException {
            Customisation work = node.customise(BootPartition.in(Region.whole(image)));
            node.keep(work);
            work.apply();
            done = Optional.of(work);
            return work.changes().stream().map(Customisation.FileChange::name).toList();
        }

        @Override
        public void known() {
            done.ifPresent(node::pin);
        }
    }
}
