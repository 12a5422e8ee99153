package bramble.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Pieces that go to the shell as one, because they may share a subshell ({@link Sh.Shared}); or a single one. What the node
 * would do for each of them, start a subshell and a program, it does once for all.
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
        for (Piece piece : pieces) {
            boolean joins = gather(piece) != null && !open.isEmpty()
                    && Objects.equals(gather(piece), gather(open.getFirst())) && open.size() < MOST && length < LONG;
            if (!joins && !open.isEmpty()) {
                all.add(new Series(List.copyOf(open)));
                open.clear();
                length = 0;
            }
            open.add(piece);
            length += words(piece).stream().mapToInt(String::length).sum();
        }
        if (!open.isEmpty()) {
            all.add(new Series(List.copyOf(open)));
        }
        return all;
    }

    /** The function that gathers for it and others; none if it wants a subshell of its own. */
    private static @Nullable String gather(Piece piece) {
        boolean plain = piece.group() == Piece.FREE && piece.input().length() == 0;
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
        Sh script = Sh.of("""
                {} {}
                for b_q in {}; do
                  eval "$b_q"
                  printf '%s %s\\n' {} "$?"; printf '%s\\n' {} >&2
                done""", Sh.raw(Objects.requireNonNull(gather(pieces.getFirst()))), words,
                Sh.raw(pieces.stream().map(piece -> Sh.quote(piece.script().source()))
                        .collect(Collectors.joining(" "))),
                between, between);
        for (Piece piece : pieces) {
            for (Sh.Library library : piece.script().libraries()) {
                script = script.using(library);
            }
        }
        return Piece.free(script);
    }

    /** The answer to each, in their order; to no more than the first ones, if one of them ended all, or they printed too much. */
    List<Answer> answers(Answer answer, String between) {
        if (pieces.size() == 1) {
            return List.of(answer);
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
