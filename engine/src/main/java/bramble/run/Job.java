package bramble.run;

import bramble.shell.Answer;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.shell.Shell;
import bramble.value.MapValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Work that a node goes on with by itself, whatever becomes of the connection: {@code async}. A folder on the node holds, for
 * each piece, its input, its output, its errors and its status, and a file {@code done} when all is over.
 *
 * @param id as {@code ansible_job_id} has it
 * @param home the folder that jobs are kept in
 * @param count how many pieces there are
 */
record Job(String id, String home, int count) {

    static Job fresh(String home, int count) {
        long number = ThreadLocalRandom.current().nextLong(100_000_000_000L, 1_000_000_000_000L);
        return new Job("j" + number + "." + ProcessHandle.current().pid(), home, count);
    }

    String path() {
        return home + (home.endsWith("/") ? "" : "/") + id;
    }

    /** The folder that jobs are kept in, as the variables have it and the node's user expands it. */
    static String home(Optional<String> configured, TaskPlace place, Turn turn) throws InterruptedException {
        return place.path(configured.orElse("~/.ansible_async"), turn);
    }

    /**
     * The pieces that store the inputs and set off the work in the background.
     *
     * @param limit when it is ended if it isn't over
     */
    List<Piece> begin(List<Piece> pieces, Duration limit) {
        var all = new ArrayList<Piece>();
        all.add(Piece.in(0, Sh.of("umask 077; mkdir -p {}", path())));
        Sh work = Sh.raw("");
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            boolean fed = piece.input().length() > 0;
            if (fed) {
                all.add(new Piece(0, Sh.of("umask 077; cat >{}/{}", path(), i + ".in"), piece.input()));
            }
            work = Sh.of("""
                    {}( {} ) <{} >"$b_job"/{} 2>"$b_job"/{}
                    b_rc=$?; echo $b_rc >"$b_job"/{}
                    [ $b_rc = 0 ] || b_go=
                    """, work, Sh.of("[ -n \"$b_go\" ] || exit 255\n{}\n", piece.script()),
                    fed ? Sh.of("\"$b_job\"/{}", i + ".in") : Sh.raw("/dev/null"), i + ".out", i + ".err", i + ".rc");
        }
        all.add(Piece.in(0, Sh.of("""
                b_job={}
                (
                  trap '' HUP
                  ( b_go=1
                {}
                : >"$b_job/done" ) &
                  b_work=$!
                  b_time=0
                  while [ ! -e "$b_job/done" ] && [ -d "$b_job" ]; do
                    [ "$b_time" -lt {} ] || { {}; : >"$b_job/late"; : >"$b_job/done"; }
                    sleep 1
                    b_time=$((b_time+1))
                  done
                ) </dev/null >/dev/null 2>&1 &
                """, path(), work, limit.toSeconds(), Shell.ending("b_work"))));
        return all;
    }

    /** Says whether it is over, and gives each piece's answer. */
    List<Piece> look() {
        var all = new ArrayList<Piece>();
        all.add(Piece.free(Sh.of("[ -d {} ] || exit 2; [ -e {}/done ] || exit 1; [ ! -e {}/late ] || exit 3", path(),
                path(), path())));
        for (int i = 0; i < count; i++) {
            all.add(Piece
                    .free(Sh.of("cd {} || exit; cat {}; cat {} >&2; exit $(cat {})", path(), i + ".out", i + ".err",
                            i + ".rc")));
        }
        return all;
    }

    /** The state that {@link #look} found, from its first answer. */
    static State state(Answer answer) {
        return switch (answer.status()) {
            case 0 -> State.OVER;
            case 1 -> State.RUNNING;
            case 3 -> State.LATE;
            default -> State.LOST;
        };
    }

    /** How far it is. */
    enum State {
        RUNNING,
        OVER,
        LATE,
        LOST
    }

    Piece remove() {
        return Piece.free(Sh.of("rm -rf {}", path()));
    }

    /** A result as a job's file has it. */
    static MapValue told(MapValue result) {
        return result.get("module_stderr").filter(_ -> result.get("stderr").isEmpty())
                .map(errors -> result.with("stderr", errors)).orElse(result);
    }

    /** A job that this run knows, and what it knows of it. */
    record Known(Job job, Optional<TaskEnd> end, Optional<ModuleCall.Background> work) {}
}
