package bramble.modules.files;

import bramble.shell.Sh;
import java.util.Optional;

/** Commands that change one thing, whose failures are told in the words in which a dry run foresees them. */
public final class Tried {
    private static final String DENIED = "Permission denied";
    private static final Sh.Library LIBRARY = new Sh.Library("b_tried", """
            b_tried() { # what is done, a sentence's begin; the command
              b_what=$1; shift
              b_why=$("$@" 2>&1) && return
              b_why=${b_why##*: }
              case $b_why in *"ermission denied" | *"not permitted") b_why="$b_why. Does the task need become?" ;; esac
              printf '%s\\n' "$b_what, but: $b_why" >&2
              return 1
            }""");

    private Tried() {}

    /**
     * The command; if it fails, what was tried stands before its words.
     *
     * @param what is done, with its verb: {@code make the directory /a}
     * @param command the words of one
     */
    public static Sh of(String what, Sh command) {
        return Sh.of("b_tried {} {}", "Tried to " + what, command).using(LIBRARY);
    }

    /** Why it will fail in a folder that may not be written. */
    static Optional<String> refusal(String what, PathState state) {
        return state.closed() ? Optional.of(refused(what, DENIED)) : Optional.empty();
    }

    /** Why it will fail where nothing may be written. */
    public static String denied(String what) {
        return refused(what, DENIED);
    }

    /** Why it will fail for who doesn't own the file. */
    static String foreign(String what) {
        return refused(what, "Operation not permitted");
    }

    private static String refused(String what, String why) {
        return "Tried to " + what + ", but: " + why + ". Does the task need become?";
    }
}
