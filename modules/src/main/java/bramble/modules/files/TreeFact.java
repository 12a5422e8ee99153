package bramble.modules.files;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Asks for everything below a folder. Links are told, not followed; a link's destination isn't looked at.
 *
 * @param depth how far down: 1 is what the folder itself contains, 0 is everything
 */
public record TreeFact(String path, int depth) implements AboutPath<TreeFact.Tree> {

    /**
     * What is below it, parents before their children.
     *
     * @param missing whether there is no such folder
     * @param closed the folders, itself included, that may not be read
     */
    public record Tree(String real, boolean missing, List<PathState.Present> entries, List<String> closed)
            implements
                Placed {
        public Tree {
            entries = List.copyOf(entries);
            closed = List.copyOf(closed);
        }

        public Tree(String real, boolean missing, List<PathState.Present> entries) {
            this(real, missing, entries, List.of());
        }

        @Override
        public boolean lists(String path) {
            return NodePath.below(path, real);
        }
    }

    private static final Sh.Library LIBRARY = new Sh.Library("b_tree",
            """
                    if find / -maxdepth 0 -printf '' >/dev/null 2>&1; then
                    b_walk() { find . -mindepth 1 -maxdepth "$2" -printf '%P\\0%M %U %G %s %D:%i %A@ %T@ %n\\n%u\\n%g\\n\\0%l\\n\\0' -type d ! -readable -printf '%P\\0!\\0\\n\\0' 2>/dev/null; }
                    else
                    b_walk() { # prefix depth
                      for b_n in * .[!.]* ..?*; do
                        { [ -e "$b_n" ] || [ -L "$b_n" ]; } || continue
                        printf '%s\\0' "$1$b_n"
                        b_ls "./$b_n"
                        printf '\\0'
                        if [ -L "./$b_n" ]; then readlink "./$b_n"; else echo; fi
                        printf '\\0'
                        if [ "$2" -gt 1 ] && [ -d "./$b_n" ] && ! [ -L "./$b_n" ]; then
                          [ -r "./$b_n" ] || printf '%s\\0!\\0\\n\\0' "$1$b_n"
                          ( CDPATH= cd -P -- "./$b_n" 2>/dev/null && b_walk "$1$b_n/" $(($2 - 1)) )
                        fi
                      done
                      return 0
                    }
                    fi
                    b_tree() { # path depth
                      b_go "$1" || { b_lost; return 0; }
                      b_real
                      CDPATH= cd -P -- "$b_b" 2>/dev/null || { [ -d "$b_b" ] && printf c || printf m; printf '%s\\0' "$b_l"; return 0; }
                      printf 'd%s\\0' "$PWD"
                      [ -r . ] || printf '\\0!\\0\\n\\0'
                      b_walk '' "$2"
                      return 0
                    }""");

    public TreeFact {
        path = NodePath.normal(path);
    }

    public TreeFact(String path) {
        this(path, 0);
    }

    @Override
    public Sh script() {
        return Sh.of("b_tree {} {}", NodePath.word(path), depth == 0 ? 9999 : depth).using(PathScript.LIBRARY)
                .using(LIBRARY);
    }

    @Override
    public Tree parse(Answer answer) {
        String[] fields = EscapedBytes.decode(answer.out()).split("\0", -1);
        String real = NodePath.normal(fields[0].substring(1));
        SortedMap<String, PathState.Present> entries = new TreeMap<>();
        var closed = new ArrayList<String>();
        if (fields[0].startsWith("c")) {
            closed.add(real);
        }
        for (int i = 1; i + 3 <= fields.length; i += 3) {
            String target = fields[i + 2].substring(0, Math.max(0, fields[i + 2].length() - 1));
            String place = fields[i].isEmpty() ? real : NodePath.within(real, fields[i]);
            if (fields[i + 1].equals("!")) {
                closed.add(place);
            } else if (!fields[i + 1].isEmpty()) {
                entries.put(place, PathScript.present(place, fields[i + 1], target, () -> lost(place, target)));
            }
        }
        return new Tree(real, !fields[0].startsWith("d"), List.copyOf(entries.values()), closed);
    }

    private static PathState lost(String place, String target) {
        String parent = NodePath.parent(place);
        return new PathState.Absent(NodePath.target(parent, target), parent, true);
    }

    @Override
    public Fact<Tree> through(Effect.Becomes<?> effect) {
        return new ContentFact(path).through(effect) instanceof ContentFact(String other) && !other.equals(path)
                ? new TreeFact(other, depth)
                : this;
    }

    @Override
    public Maybe<Tree> after(Effect.Becomes<?> effect, Tree current) {
        if (!(effect.fact() instanceof PathFact(String at) && effect.value() instanceof PathState changed)) {
            return Maybe.known(current);
        }
        String real = current.real();
        if (changed.leadsAway(real) || (changed instanceof PathState.Link && changed.real().equals(real))) {
            return Maybe.unknown(path + " would lie behind a link that this run makes");
        }
        boolean folder = changed instanceof PathState.Directory;
        if (cutOff(at, changed)) {
            return Maybe.known(new Tree(real, true, List.of()));
        }
        boolean itself = at.equals(path) || changed.real().equals(real);
        if (itself || NodePath.below(real, changed.real())) {
            return Maybe.known(folder
                    ? new Tree(real, current.missing() && !itself, current.entries(), current.closed())
                    : changed instanceof PathState.Link && !itself ? current : new Tree(real, true, List.of()));
        }
        if (!NodePath.below(changed.real(), real)) {
            return Maybe.known(current);
        }
        var entries = new ArrayList<PathState.Present>();
        for (PathState.Present entry : current.entries()) {
            if (!entry.real().equals(changed.real()) && (folder || !NodePath.below(entry.real(), changed.real()))) {
                entries.add(entry);
            }
        }
        boolean near = depth == 0 || levels(changed.real(), real) <= depth;
        if (near && changed instanceof PathState.Present present) {
            entries.add(present);
        }
        entries.sort((a, b) -> a.real().compareTo(b.real()));
        return Maybe.known(new Tree(real, false, entries, current.closed()));
    }

    private static int levels(String path, String folder) {
        return (int) path.substring(folder.length()).chars().filter(c -> c == '/').count();
    }
}
