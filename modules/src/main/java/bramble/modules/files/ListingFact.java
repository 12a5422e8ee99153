package bramble.modules.files;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Asks for the names in a folder. */
public record ListingFact(String path) implements AboutPath<ListingFact.Listing> {

    /**
     * The names in it, sorted.
     *
     * @param missing whether there is no such folder
     */
    public record Listing(String real, boolean missing, List<String> names) implements Placed {
        public Listing {
            names = List.copyOf(names);
        }

        @Override
        public boolean lists(String path) {
            return NodePath.parent(path).equals(real);
        }
    }

    private static final Sh.Library LIBRARY = new Sh.Library("b_list",
            """
                    b_list() {
                      b_go "$1" || { b_lost; return 0; }
                      b_real
                      CDPATH= cd -P -- "$b_b" 2>/dev/null || { printf 'm%s\\0' "$b_l"; return 0; }
                      printf 'd%s\\0' "$PWD"
                      for b_n in * .[!.]* ..?*; do { [ -e "$b_n" ] || [ -L "$b_n" ]; } && printf '%s\\0' "$b_n"; done
                      return 0
                    }""");

    public ListingFact {
        path = NodePath.normal(path);
    }

    @Override
    public Sh script() {
        return Sh.of("b_list {}", NodePath.word(path)).using(PathScript.LIBRARY).using(LIBRARY);
    }

    @Override
    public Listing parse(Answer answer) {
        List<String> fields = List.of(EscapedBytes.decode(answer.out()).split("\0", -1));
        return listing(NodePath.normal(fields.getFirst().substring(1)), !fields.getFirst().startsWith("d"),
                fields.subList(1, Math.max(1, fields.size() - 1)));
    }

    private static Listing listing(String real, boolean missing, List<String> names) {
        return new Listing(real, missing, new ArrayList<>(new TreeSet<>(names)));
    }

    @Override
    public Fact<Listing> through(Effect.Becomes<?> effect) {
        return effect.fact() instanceof PathFact(String changed) && effect.value() instanceof PathState.Link link
                && (path.equals(changed) || NodePath.below(path, changed))
                        ? new ListingFact(link.destination().real() + path.substring(changed.length()))
                        : this;
    }

    @Override
    public Maybe<Listing> after(Effect.Becomes<?> effect, Listing current) {
        if (effect.fact().equals(this)) {
            return Maybe.known((Listing) effect.value());
        }
        if (!(effect.fact() instanceof PathFact(String at) && effect.value() instanceof PathState state)) {
            return Maybe.known(current);
        }
        String real = current.real();
        if (state.leadsAway(real) || (state instanceof PathState.Link && state.real().equals(real))) {
            return Maybe.unknown(path + " would lie behind a link that this run makes");
        }
        boolean folder = state instanceof PathState.Directory;
        if (at.equals(path) || state.real().equals(real)) {
            return Maybe.known(folder ? listing(real, false, current.names()) : listing(real, true, List.of()));
        }
        if (cutOff(at, state)
                || (NodePath.below(real, state.real()) && !folder && !(state instanceof PathState.Link))) {
            return Maybe.known(listing(real, true, List.of()));
        }
        if (!NodePath.parent(state.real()).equals(real)) {
            return Maybe.known(current);
        }
        SortedSet<String> names = new TreeSet<>(current.names());
        if (state.missing()) {
            names.remove(NodePath.name(state.real()));
        } else {
            names.add(NodePath.name(state.real()));
        }
        return Maybe.known(new Listing(real, false, List.copyOf(names)));
    }
}
