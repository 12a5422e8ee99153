package bramble.run;

import bramble.connection.Become;
import bramble.shell.Answer;
import bramble.shell.Piece;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a node answered before it was asked: the facts of tasks to come, read in a round trip that went to the node anyway.
 *
 * <p>Such an answer holds only as long as nothing is done on any node of the run, since one may see what is done on another
 * (a shared folder, a cluster); and only for a few seconds, for what others do. Each task that was expected to ask uses it
 * once. How far is read ahead grows with the number of readings after which nothing was done, so that tasks that change much
 * cost nothing in vain.
 */
final class Ahead {
    /** No more tasks than these are looked ahead at. */
    private static final int MOST = 24;
    private static final long SLOW = Duration.ofSeconds(1).toNanos();
    private static final long FRESH = Duration.ofSeconds(5).toNanos();

    private record Question(Optional<Become> become, Piece piece) {}

    /** An answer, and how many tasks will ask for it. */
    private record Held(Answer answer, int tasks) {
        @Nullable
        Held less() {
            return tasks > 1 ? new Held(answer, tasks - 1) : null;
        }
    }

    private final AtomicLong deeds;
    private final Map<Question, Held> answers = new HashMap<>();
    private long seen;
    private long readAt;
    private int calm;

    /** @param deeds counts what is done on the nodes of the run, once when it begins and once when it is over */
    Ahead(AtomicLong deeds) {
        this.deeds = deeds;
    }

    /**
     * Answers from what is known, or by one round trip.
     *
     * @param more the pieces of so many tasks to come, as often as they will be asked for
     * @param ask the round trip
     */
    List<Answer> read(Optional<Become> become, List<Piece> pieces, IntFunction<List<Piece>> more,
            Function<List<Piece>, List<Answer>> ask) {
        long now = deeds.get();
        calm = now == seen ? Math.min(calm + 1, MOST) : 0;
        List<Optional<Answer>> known = taken(become, pieces);
        var asked = new LinkedHashSet<Piece>();
        for (int i = 0; i < pieces.size(); i++) {
            if (known.get(i).isEmpty()) {
                asked.add(pieces.get(i));
            }
        }
        var given = new HashMap<Piece, Answer>();
        if (!asked.isEmpty()) {
            var later = new LinkedHashMap<Piece, Integer>();
            (calm == 0 ? List.<Piece>of() : more.apply(calm)).forEach(piece -> later.merge(piece, 1, Integer::sum));
            Map<Question, Held> still = now == seen && deeds.get() == now ? held(become, later) : Map.of();
            later.keySet().stream().filter(piece -> !still.containsKey(new Question(become, piece)))
                    .forEach(asked::add);
            answers.clear();
            answers.putAll(still);
            long asking = System.nanoTime();
            readAt = still.isEmpty() ? asking : readAt;
            seen = still.isEmpty() ? deeds.get() : now;
            Iterator<Answer> told = ask.apply(List.copyOf(asked)).iterator();
            if (System.nanoTime() - asking > SLOW) {
                calm = 0; // what comes next may cost more than a round trip
            }
            asked.forEach(piece -> given.put(piece, told.next()));
            later.forEach((piece, tasks) -> answers.computeIfAbsent(new Question(become, piece),
                    _ -> new Held(Objects.requireNonNull(given.get(piece)), tasks)));
        }
        var all = new ArrayList<Answer>();
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            all.add(known.get(i).orElseGet(() -> Objects.requireNonNull(given.get(piece))));
        }
        return all;
    }

    /** What is known of what will be asked: in a loop whose items go one by one, each would ask for the same. */
    private Map<Question, Held> held(Optional<Become> become, Map<Piece, Integer> later) {
        var still = new HashMap<Question, Held>();
        later.forEach((piece, tasks) -> {
            var question = new Question(become, piece);
            Held known = answers.get(question);
            if (known != null) {
                still.put(question, new Held(known.answer, tasks));
            }
        });
        return still;
    }

    private List<Optional<Answer>> taken(Optional<Become> become, List<Piece> pieces) {
        if (deeds.get() != seen || System.nanoTime() - readAt > FRESH) {
            answers.clear();
        }
        return pieces.stream().map(piece -> taken(new Question(become, piece))).toList();
    }

    private Optional<Answer> taken(Question question) {
        Optional<Answer> answer = Optional.ofNullable(answers.get(question)).map(Held::answer);
        answers.computeIfPresent(question, (_, held) -> held.less());
        return answer;
    }
}
