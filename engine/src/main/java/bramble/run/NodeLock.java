package bramble.run;

import bramble.connection.NodeShells;
import bramble.shell.Answer;
import bramble.shell.Piece;
import bramble.shell.Sh;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One run at a time changes a node: the second waits, and says for whom. The lock is a link in /tmp that names the holder
 * and its resident shell, by process id and time of start; when that process is gone, whatever the reason, the lock counts
 * for nothing. Where no lock can be made (the disk is full, another user's stale one can't be removed), there is none.
 * A run that reaches a node by two addresses holds it once.
 */
final class NodeLock {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String TAKE = """
            l={} me={}
            since() { { read -r s <"/proc/$1/stat"; } 2>/dev/null || return; s=${s##*) }; set -- $s; s=${20}; }
            since $$
            mine="$$ $s $me"
            for i in 1 2 3; do
              if ln -s "$mine" "$l" 2>/dev/null; then exit 0; fi
              h=$(readlink "$l" 2>/dev/null) || continue
              p=${h%% *} h=${h#* }
              since "$p" && [ "$s" = "${h%% *}" ] && { [ "${h#* }" != "$me" ] || exit 0; printf '%s' "${h#* }"; exit 1; }
              rm -f "$l" 2>/dev/null
            done
            exit 1""";

    private final String path;
    private final String holder;
    private final boolean needed;
    private final Consumer<String> waiting;
    private boolean held;

    /**
     * @param holder who holds it, for the others: a user, a machine, since when
     * @param needed not for a dry run, nor for this machine itself
     * @param waiting is told who it is waited for, and nothing when the wait is over
     */
    NodeLock(String holder, boolean needed, Consumer<String> waiting) {
        this("/tmp/.bramble.lock", holder, needed, waiting);
    }

    NodeLock(String path, String holder, boolean needed, Consumer<String> waiting) {
        this.path = path;
        this.holder = holder;
        this.needed = needed;
        this.waiting = waiting;
    }

    void hold(NodeShells shells) {
        if (!needed || held) {
            return;
        }
        String told = "";
        while (true) {
            Answer answer = shells.shell(Optional.empty()).ask(List.of(Piece.free(Sh.of(TAKE, path, holder))))
                    .getFirst();
            if (answer.ok()) {
                held = true;
                if (!told.isEmpty()) {
                    waiting.accept("");
                }
                return;
            }
            if (answer.text().isEmpty()) {
                held = true; // no lock can be made, and no reason to stop
                return;
            }
            if (!answer.text().equals(told)) {
                told = answer.text();
                waiting.accept(told);
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for " + answer.text(), e);
            }
        }
    }

    /** The connection is gone, and the lock with it. */
    void lost() {
        held = false;
    }

    void release(NodeShells shells) {
        if (needed && held) {
            held = false;
            shells.shell(Optional.empty()).ask(List.of(Piece.free(Sh.of(
                    "l={}; case $(readlink \"$l\") in *' '{}) rm -f \"$l\";; esac", path, holder))));
        }
    }
}
