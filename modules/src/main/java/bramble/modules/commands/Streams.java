package bramble.modules.commands;

import bramble.args.Arg;
import bramble.shell.Content;
import java.util.Optional;

/** The arguments of commands about their input and output. */
record Streams(@Arg("What it reads from its standard input.") Optional<String> stdin,
        @Arg(value = "Whether a newline is put after stdin.", fallback = "true") boolean stdinAddNewline,
        @Arg(value = "Whether newlines at the end of the output are dropped.", fallback = "true") boolean stripEmptyEnds,
        @Arg("Accepted; without effect.") Optional<String> warn) {

    Content input() {
        return stdin.map(text -> Content.text(stdinAddNewline ? text + "\n" : text)).orElse(Content.none());
    }
}
