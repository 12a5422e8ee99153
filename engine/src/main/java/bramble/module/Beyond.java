package bramble.module;

import bramble.shell.Answer;
import bramble.shell.Network;
import bramble.shell.Sh;
import java.util.function.Function;

/**
 * What can be reached from a node, by the controller: the node's network, and for small questions the node itself.
 *
 * @param ask runs a script that changes nothing; a round trip
 * @param read what is on the node, no predictions laid over it; only what wasn't asked for together with this takes a round trip
 */
public record Beyond(Network network, Function<Sh, Answer> ask, Facts read) {}
