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
 * and the process id of its resident shell; when that process is gone, whatever the reason, the lock counts for nothing.
 */
final class NodeLock {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String TAKE = """
            l=/tmp/.bramble.lock; me={}
            while :; do
              if ln -s "$$ $me" "$l" 2>/dev/null; then exit 0; fi
              h=$(readlink "$l") || continue
              p=${h%% *}
              [ -d "/proc/$p" ] && { printf '%s' "${h#* }"; exit 1; }
              rm -f "$l"
            done""";

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
            Answer answer = shells.shell(Optional.empty()).ask(List.of(Piece.free(Sh.of(TAKE, holder)))).getFirst();
            if (answer.ok()) {
                held = true;
                if (!told.isEmpty()) {
                    waiting.accept("");
                }
                return;
            }
            if (answer.text().isEmpty()) {
                held = true; // no /tmp to write to, no readlink: no lock, and no reason to stop
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
            shells.shell(Optional.empty()).ask(List.of(Piece.free(Sh.raw(
                    "case $(readlink /tmp/.bramble.lock) in \"$$ \"*) rm -f /tmp/.bramble.lock;; esac"))));
        }
    }
}
