package bramble.modules.files;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;

/**
 * Asks for a file's access list, and what setfacl would make of it; empty where the node has no setfacl.
 *
 * @param read the words of getfacl
 * @param change those of setfacl; none to read only
 */
record AclFact(String path, List<String> read, List<String> change) implements Fact<Optional<AclFact.Access>> {
    AclFact {
        read = List.copyOf(read);
        change = List.copyOf(change);
    }

    /**
     * What there is.
     *
     * @param settled whether setfacl would change nothing
     * @param error its complaint
     */
    record Access(boolean exists, boolean folder, List<String> entries, boolean settled, String error) {
        Access {
            entries = List.copyOf(entries);
        }
    }

    /** Whom the change is about: {@code user:pi} of {@code user:pi:rw}. */
    private String whom() {
        return change.isEmpty() ? "" : change.getLast().replaceFirst("^((?:d(?:efault)?:)?[^:]*:[^:]*).*$", "$1");
    }

    /** A file that would be removed has no list; what one that would be made inherits, only the node knows. */
    @Override
    public Maybe<Optional<Access>> after(Effect.Becomes<?> effect, Optional<Access> current) {
        if (effect.fact() instanceof AclFact other && !other.equals(this)
                && NodePath.normal(other.path).equals(NodePath.normal(path)) && other.whom().equals(whom())) {
            return Maybe.unknown("the access list of " + path + " would be changed before");
        }
        if (current.isEmpty() || !(effect.fact() instanceof PathFact(String at))
                || !(effect.value() instanceof PathState state)) {
            return Fact.super.after(effect, current);
        }
        String place = NodePath.normal(path);
        Access now = current.get();
        if (state.missing()) {
            return Maybe.known(place.equals(at) || NodePath.below(place, at)
                    ? Optional.of(new Access(false, false, List.of(), false, ""))
                    : current);
        }
        return place.equals(at) && !now.exists()
                ? Maybe.unknown(path + " would be made by this run")
                : Maybe.known(current);
    }

    @Override
    public Sh script() {
        Sh test = change.isEmpty()
                ? Sh.raw("")
                : Sh.of("echo tested; setfacl --test {} -- {}", change, NodePath.word(path));
        return Sh.of("""
                command -v setfacl >/dev/null || exit 0
                echo tool; [ -e {} ] || exit 0
                echo there; [ -d {} ] && echo folder
                getfacl --omit-header --absolute-names {} -- {} && {}""", NodePath.word(path), NodePath.word(path),
                read, NodePath.word(path), change.isEmpty() ? Sh.raw(":") : test);
    }

    @Override
    public Optional<Access> parse(Answer answer) {
        List<String> lines = answer.text().lines().filter(line -> !line.isBlank()).toList();
        if (!lines.contains("tool")) {
            return Optional.empty();
        }
        int split = lines.indexOf("tested");
        List<String> head = split < 0 ? lines : lines.subList(0, split);
        boolean settled = split < 0
                || lines.subList(split + 1, lines.size()).stream().allMatch(line -> line.endsWith("*,*"));
        return Optional.of(new Access(lines.contains("there"), lines.contains("folder"),
                head.stream().filter(line -> line.contains(":")).toList(), settled,
                answer.ok() || !lines.contains("there") ? "" : answer.errors().strip()));
    }
}
