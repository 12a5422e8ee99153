package bramble.cli;

import bramble.args.FirstStarts;
import bramble.image.BootPartition;
import bramble.image.Customisation;
import bramble.image.PartitionTable;
import bramble.image.Region;
import bramble.image.Renewal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/** What images of nodes are told, as a run's inventory has it. */
record InventoryStarts(Session session, Launch.Sources sources) implements FirstStarts {
    /** Of an image's first bytes at least those that hold its partition table. */
    private static final int FIRST = 1 << 16;

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
        public List<String> renew(FileChannel image, long card) throws IOException {
            Region there = Region.whole(image);
            ByteBuffer first = there.read(0, (int) Math.min(there.length(), FIRST));
            if (card > image.size() && PartitionTable.of(there).map(PartitionTable::gpt).orElse(false)) {
                image.write(ByteBuffer.allocate(1), card - 1); // its copy stands at the card's end, behind a hole
            }
            Renewal renewal = Renewal.of(new Region(image, 0, Math.max(card, there.length())), first, false);
            renewal.apply();
            Customisation work = node.customise(renewal.boot(), renewal.copied());
            node.keep(work);
            work.apply();
            ByteBuffer begin = renewal.first().duplicate();
            while (begin.hasRemaining()) {
                image.write(begin, begin.position());
            }
            done = Optional.of(work);
            return renewal.warnings();
        }

        @Override
        public void known() {
            done.ifPresent(node::pin);
        }
    }
}
