package bramble.testkit;

import bramble.module.Fact;
import bramble.module.Platform;
import bramble.module.PlatformFact;
import bramble.shell.Answer;
import bramble.shell.Network;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.shell.Terminal;
import java.util.List;

/** Something to try a module on: a shell of this machine, or a node of the lab. */
public interface TestNode extends AutoCloseable {
    /** What it is called in a fixture's {@code on:} and in test names. */
    String kind();

    List<Answer> ask(List<Piece> pieces);

    @Override
    void close();

    /** The network as the node sees it. */
    default Network network() {
        return Network.HERE;
    }

    /** Its terminals, of whoever its shell runs as. */
    default Terminal terminal() {
        return Terminal.NONE;
    }

    /** An address of this machine that the node can reach. */
    default String controller() {
        return "127.0.0.1";
    }

    default Answer run(Sh script) {
        return ask(List.of(Piece.free(script))).getFirst();
    }

    default <V> V read(Fact<V> fact) {
        return fact.parse(run(fact.script()));
    }

    default Platform platform() {
        return read(new PlatformFact());
    }
}
