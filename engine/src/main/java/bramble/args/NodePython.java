package bramble.args;

import bramble.shell.Sh;
import bramble.shell.Shell;
import java.util.List;
import java.util.Optional;

/**
 * How a program is started on a node by the Python that the host's variables name. It is no argument of playbooks: a module
 * with such a component is given it by the run.
 *
 * @param interpreter the path in {@code ansible_python_interpreter}; empty where none is named
 * @param piped whether the program is the standard input, as {@code ansible_pipelining} has it, or else a file
 * @param parent {@code ansible_remote_tmp}, where that is set: the folder below which the file's folder is made
 * @param folder the name of the file's folder, which is gone afterwards
 */
public record NodePython(Optional<String> interpreter, boolean piped, Optional<String> parent, String folder) {
    /** Nothing is named. */
    public static final NodePython NONE = new NodePython(Optional.empty(), true, Optional.empty(), "");

    private static final Sh USUAL = Sh.raw("\"${TMPDIR:-/tmp}\"");

    /** The script that starts the program, in a subshell of its own. */
    public Sh start(String name, String program) {
        List<String> python = words();
        return piped
                ? Sh.of("{}printf %s {} | {}", Shell.LOGIN, program, new Sh.Part.Started(Sh.of("{}", python)))
                : Sh.of("""
                        {}printf %s {} >"$b_dir"/{} || exit 1
                        umask "$b_um"
                        {}{} </dev/null""", made(), program, name, Shell.LOGIN,
                        new Sh.Part.Started(Sh.of("{} {}", python, file(name))));
    }

    /** A path is one word, whatever is in it; {@code /usr/bin/env python3} is two. */
    private List<String> words() {
        String python = interpreter.orElseThrow();
        return python.matches("\\S*/env\\s.*") ? List.of(python.split("\\s+", -1)) : List.of(python);
    }

    /** Shell syntax that makes the folder, for its owner alone: {@code b_dir} is its name, {@code b_um} the umask before. */
    public Sh made() {
        return Sh.of("""
                b_um=$(umask); umask 077
                {}b_dir={}
                mkdir "$b_dir" || exit 1
                trap 'rm -rf "$b_dir"' EXIT
                trap 'exit 1' HUP INT TERM PIPE
                """, parent.isPresent() ? Sh.of("mkdir -p {} || exit 1\n", below(Optional.empty())) : Sh.raw(""),
                below(Optional.of(folder)));
    }

    /** A file in the folder, as a word of the shell. */
    public Sh file(String name) {
        return below(Optional.of(folder + "/" + name));
    }

    private Sh below(Optional<String> path) {
        if (parent.isEmpty()) {
            return Sh.of("{}{}", USUAL, path.map(rest -> Sh.of("/{}", rest)).orElse(Sh.raw("")));
        }
        String from = parent.get().replaceFirst("/+$", "");
        String whole = path.map(rest -> from + "/" + rest).orElse(from);
        return whole.startsWith("~/") ? Sh.of("~/{}", whole.substring(2)) : Sh.of("{}", whole);
    }
}
