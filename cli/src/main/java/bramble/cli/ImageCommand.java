package bramble.cli;

import java.util.List;

/** Cards and images of cards: {@code bramble image}. */
final class ImageCommand {
    private final Session session;

    ImageCommand(Session session) {
        this.session = session;
    }

    Command command() {
        return new Command("image", "Make cards for nodes: images, and what is in them.", _ -> {}, () -> {
            throw new UsageException("what is to be done?");
        }, List.of(new ImageDevices(session).command(), new ImageWrite(session).command(),
                new ImageWrite(session).restoreCommand(), new ImageClone(session).command(),
                new ImageClone(session).shrinkCommand(),
                new ImageCustomise(session).command()));
    }
}
