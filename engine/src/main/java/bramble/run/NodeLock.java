package bramble.run;

import bramble.connection.NodeShells;
import bramble.shell.Answer;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.shell.Shell;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One run at a time changes a node: the second waits, and says for whom. The lock is a link in /tmp that names the holder
 * and its resident shell, by process id and time of start; when that process is gone, whatever the reason, the lock counts
 * for nothing, and likewise when the run is gone whose shell it was (see {@link Holder}). Where no lock can be made (the disk is full, another user's stale one can't be removed), there is none.
 * A run that reaches a node by two addresses holds it once. A shell that notices its end takes its lock with it.
 */
final class NodeLock {
    /** How long to wait before the next look. */
    static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int LONGEST_NAME = 200;
    /** How the script ends where another run has the node. */
    private static final int HELD = 1;

    /**
     * {@code b_lock PATH DEPTH} takes a lock. That of a dead process may be removed only by who holds a lock on that very
     * removal, and only as long as it is still the same: else one that was slow would remove its successor's. A living shell
     * counts for dead if its run is gone and it does nothing: what a run set off holds the node until it is over.
     */
    private static final String TAKE = """
            b_since() { { read -r b_s <"/proc/$1/stat"; } 2>/dev/null || return; b_s=${b_s##*) }; set -- $b_s; b_s=${20}; }
            b_idle() {
              for b_d in /proc/[0-9]*; do
                { read -r b_s <"$b_d/stat"; } 2>/dev/null || continue
                b_s=${b_s##*) }
                case $b_s in Z*) continue ;; esac
                b_s=${b_s#* }
                [ "${b_s%% *}" != "$1" ] || return 1
              done
            }
            b_lock() {
              for b_i in 1 2 3 4 5; do
                ln -s "$b_mine" "$1" 2>/dev/null && return 0
                b_h=$(readlink "$1" 2>/dev/null) || continue
                b_p=${b_h%% *} b_r=${b_h#* }
                case $b_p${b_r%% *} in ''|*[!0-9]*) return 2 ;; esac
                if b_since "$b_p" && [ "$b_s" = "${b_r%% *}" ] && { [ "${b_r#* }" != "$b_gone" ] || ! b_idle "$b_p"; }; then
                  [ "${b_r#* }" = "$b_me" ] && return 0
                  b_who=${b_r#* }
                  return 1
                fi
                [ "$2" -gt 0 ] || return 2
                b_c=$1.$b_p.${b_r%% *}
                ( b_lock "$b_c" $(($2-1)) )
                case $? in
                0)
                  [ "$(readlink "$1" 2>/dev/null)" != "$b_h" ] || rm -f "$1" 2>/dev/null
                  rm -f "$b_c" ;;
                1)
                  b_who=$(readlink "$b_c" 2>/dev/null) || continue
                  b_who=${b_who#* }
                  b_who=${b_who#* }
                  return 1 ;;
                *) return 2 ;;
                esac
              done
              return 2
            }
            b_bye() { case $(readlink LOCK 2>/dev/null) in "$$ "*) rm -f LOCK ;; esac; }""";

    private final String path;
    private final Sh.Library library;
    private final String holder;
    private final boolean needed;
    private final Consumer<String> waiting;
    /** The login shell that took it: with that shell the lock ends. */
    private Optional<Shell> held = Optional.empty();
    private String told = "";

    /**
     * @param holder who holds it, for the others: a user, a machine, since when
     * @param needed not for this machine itself
     * @param waiting is told who it is waited for, and nothing when the wait is over
     */
    NodeLock(String holder, boolean needed, Consumer<String> waiting) {
        this("/tmp/.bramble.lock", holder, needed, waiting);
    }

    NodeLock(String path, String holder, boolean needed, Consumer<String> waiting) {
        this.path = path;
        this.library = new Sh.Library("b_lock", TAKE.replace("LOCK", Sh.quote(path)));
        this.holder = holder;
        this.needed = needed;
        this.waiting = waiting;
    }

    /** Another run has it. */
    static final class HeldException extends RuntimeException {
        HeldException(String who) {
            super("held by " + who);
        }
    }

    /**
     * Takes it, unless the login shell that took it is still open.
     *
     * @throws HeldException if it is to be tried again later
     */
    void take(NodeShells shells) {
        if (!needed || holds()) {
            return;
        }
        Shell shell = shells.shell(Optional.empty());
        Answer answer = take(shell, "");
        if (answer.status() == HELD && Holder.isGone(answer.text())) {
            answer = take(shell, answer.text());
        }
        if (answer.status() == HELD) {
            String who = shown(Holder.name(answer.text()));
            if (!who.equals(told)) {
                told = who;
                waiting.accept(who);
            }
            throw new HeldException(who);
        }
        held = Optional.of(shell); // also where no lock can be made: that is no reason to stop
        if (!told.isEmpty()) {
            told = "";
            waiting.accept("");
        }
    }

    /** @param gone a holder who is known to be no more: what its lock says doesn't count */
    private Answer take(Shell shell, String gone) {
        return shell.ask(List.of(Piece.free(Sh.of("""
                b_me={}
                b_gone={}
                b_since $$
                b_mine="$$ $b_s $b_me"
                b_lock {} 2
                b_got=$?
                [ "$b_got" != 1 ] || printf %s "$b_who"
                exit "$b_got\"""", holder, gone, path).using(library)))).getFirst();
    }

    /** The holder's name comes from the node, where anybody may have written it. */
    private static String shown(String name) {
        String plain = name.replaceAll("[\\s\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+", " ").strip();
        return plain.isEmpty()
                ? "somebody without a name"
                : plain.length() > LONGEST_NAME ? plain.substring(0, LONGEST_NAME) + "..." : plain;
    }

    /** A connection may have ended and been made again unnoticed: then the shell is another one, and nothing is held. */
    private boolean holds() {
        held = held.filter(Shell::isOpen);
        return held.isPresent();
    }

    /** The connection is gone, and the lock with it. */
    void lost() {
        held = Optional.empty();
    }

    void release(NodeShells shells) {
        if (needed && held.isPresent()) {
            held = Optional.empty();
            shells.shell(Optional.empty()).ask(List.of(Piece.free(Sh.of(
                    "l={}; case $(readlink \"$l\") in *' '{}) rm -f \"$l\";; esac", path, holder))));
        }
    }
}
