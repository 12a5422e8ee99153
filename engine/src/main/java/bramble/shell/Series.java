package bramble.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Pieces that go to the shell as one, because they may share a subshell ({@link Sh.Shared}); or a single one. What the node
 * would do for each of them, start a subshell and a program, it does once for all. They are of one group, or each is the only one
 * of its own.
 *
 * @param pieces as they were asked for
 */
record Series(List<Piece> pieces) {
    private static final int MOST = 250; // pieces; what they are about has to fit one command line
    private static final int LONG = 32 * 1024; // characters of it

    /** All pieces in their order, those that follow each other and may share a subshell together. */
    static List<Series> of(List<Piece> pieces) {
        var all = new ArrayList<Series>();
        var open = new ArrayList<Piece>();
        int length = 0;
        Map<Integer, Long> groups = pieces.stream()
                .collect(Collectors.groupingBy(Piece::group, Collectors.counting()));
        for (Piece piece : pieces) {
            boolean joins = gather(piece) != null && !open.isEmpty()
                    && Objects.equals(gather(piece), gather(open.getFirst())) && open.size() < MOST && length < LONG
                    && (piece.group() == open.getFirst().group()
                            || (alone(piece, groups) && alone(open.getFirst(), groups)));
            if (!joins && !open.isEmpty()) {
                all.add(new Series(List.copyOf(open)));
                open.clear();
                length = 0;
            }
            open.add(piece);
            length += words(piece).stream().mapToInt(String::length).sum()
                    + (piece.group() == Piece.FREE ? 0 : piece.script().source().length());
        }
        if (!open.isEmpty()) {
            all.add(new Series(List.copyOf(open)));
        }
        return all;
    }

    /** Whether no other piece is left out if it fails. */
    private static boolean alone(Piece piece, Map<Integer, Long> groups) {
        return piece.group() != Piece.FREE && Objects.equals(groups.get(piece.group()), 1L);
    }

    /** The function that gathers for it and others; none if it wants a subshell of its own. */
    private static @Nullable String gather(Piece piece) {
        boolean plain = piece.input().length() == 0;
        return plain ? piece.script().shared().map(Sh.Shared::gather).orElse(null) : null;
    }

    private static List<String> words(Piece piece) {
        return piece.script().shared().map(Sh.Shared::words).orElse(List.of());
    }

    /** The piece that does the work of all. */
    Piece together(String between) {
        if (pieces.size() == 1) {
            return pieces.getFirst();
        }
        List<String> words = pieces.stream().flatMap(piece -> words(piece).stream()).distinct().toList();
        int group = pieces.getFirst().group();
        boolean one = pieces.stream().allMatch(piece -> piece.group() == group);
        Sh script = Sh.of("""
                b_all() {
                  for b_q in {}; do "$@"; done
                }
                b_told() {
                  b_qr=-1
                  case $b_qf in '' | {}) eval "$b_q"; b_qr=$?; [ "$b_qr" = 0 ] || b_qf=$b_qr ;; esac
                  printf '%s %s\\n' {} "$b_qr"; printf '%s\\n' {} >&2
                }
                {} {}
                b_qf=
                b_all b_told
                [ -z "$b_qf" ]""",
                pieces.stream().map(piece -> Sh.secret(piece.script().source())).toList(),
                Sh.raw(one && group != Piece.FREE ? "''" : "*"), between, between,
                Sh.raw(Objects.requireNonNull(gather(pieces.getFirst()))), words);
        for (Piece piece : pieces) {
            for (Sh.Library library : piece.script().libraries()) {
                script = script.using(library);
            }
        }
        return Piece.in(one ? group : Piece.FREE, script);
    }

    /** The answer to each, in their order; to no more than the first ones, if one of them ended all, or they printed too much. */
    List<Answer> answers(Answer answer, String between) {
        if (pieces.size() == 1) {
            return List.of(answer);
        }
        if (answer.status() == Answer.NOT_RUN) {
            return pieces.stream().map(_ -> answer).toList();
        }
        List<Catcher.Part> out = parts(answer.out(), between);
        List<Catcher.Part> err = parts(answer.err(), between);
        var answers = new ArrayList<Answer>();
        for (int i = 0; i < Math.min(out.size(), err.size()); i++) {
            answers.add(new Answer(Integer.parseInt(out.get(i).word()), out.get(i).bytes(), err.get(i).bytes()));
        }
        return answers;
    }

    private List<Catcher.Part> parts(byte[] printed, String between) {
        var catcher = new Catcher(between, pieces.size(), Integer.MAX_VALUE, _ -> {});
        catcher.feed(printed);
        return catcher.parts();
    }
}
