package bramble.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * A command of the command line.
 *
 * @param group the heading under which it is listed; empty where there is none
 * @param syntax says which flags and words the command takes, and where they go
 * @param work is done once these are read; gives the exit code
 * @param commands those that may follow its name
 */
record Command(String name, String group, String description, Consumer<Syntax> syntax, Callable<Integer> work,
        List<Command> commands) {

    Command(String name, String description, Consumer<Syntax> syntax, Callable<Integer> work, List<Command> commands) {
        this(name, "", description, syntax, work, commands);
    }

    static Command of(String name, String description, Consumer<Syntax> syntax, Callable<Integer> work) {
        return new Command(name, description, syntax, work, List.of());
    }

    /** Reads words as its flags and words, and does its work. */
    int call(List<String> words) throws Exception {
        var read = new Syntax();
        syntax.accept(read);
        return read.read(words).orElse(work).call();
    }

    /** The same, listed under a heading. */
    Command under(String heading) {
        return new Command(name, heading, description, syntax, work, commands);
    }

    Command named(String other) {
        return new Command(other, group, description, syntax, work, commands);
    }
}
