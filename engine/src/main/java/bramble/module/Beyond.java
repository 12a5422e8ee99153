package bramble.module;

import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Network;
import bramble.shell.Progress;
import bramble.shell.Sh;
import bramble.shell.Terminal;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What can be reached from a node, by the controller: the node's network, and for small questions the node itself.
 *
 * @param terminal starts programs that ask their questions on a terminal; only where something is to be done
 * @param ask runs a script that changes nothing; a round trip
 * @param send the same with what the script reads from its standard input: a part of something that is sent piece by piece; only
 *     where something is to be done
 * @param received is told how much of something large came
 * @param part is told, before a part of something is sent, how much of it was sent already
 * @param read what is on the node, no predictions laid over it; only what wasn't asked for together with this takes a round trip
 * @param dryRun whether nothing comes behind this: what would show whether it can be done has to be asked for now
 */
public record Beyond(boolean dryRun, Network network, Terminal terminal, Function<Sh, Answer> ask,
        BiFunction<Sh, Content, Answer> send, Progress received, Progress part, Facts read) {}
