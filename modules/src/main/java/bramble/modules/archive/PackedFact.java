package bramble.modules.archive;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.AboutPath;
import bramble.modules.files.FlagsFact;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;

/** Asks what an archive would be made of, and whether an archive that is there holds just that. */
record PackedFact(Packing packing) implements Fact<PackedFact.Packed> {

    /**
     * What would be packed. Paths are absolute.
     *
     * @param root the folder that names in the archive count from; empty where no path is meant
     * @param expanded the paths that patterns stand for, and those that were given without any
     * @param targets those that are there and not left out; {@code missing} those that aren't there
     * @param archive where there are no targets: whether what is in the archive's place is one
     * @param same whether the archive holds the same files and links; false where there is none
     * @param single whether it is one file, which is compressed and not packed
     * @param failure why it can't be done; empty if it can
     */
    record Packed(boolean same, boolean single, boolean archive, String failure, String root, List<String> expanded,
            List<String> targets, List<String> missing, List<String> excluded, List<String> members) {
        Packed done() {
            return new Packed(true, single, archive, failure, root, expanded, targets, missing, excluded, members);
        }

        /** There is no archive of it any more. */
        Packed unpacked() {
            return new Packed(false, single, archive && !targets.isEmpty(), failure, root, expanded, targets, missing,
                    excluded, members);
        }

        /** Nothing is left to be packed. */
        Packed gone() {
            return new Packed(false, false, !single, "", root, expanded, List.of(), expanded, excluded, List.of());
        }
    }

    @Override
    public Sh script() {
        return packing.call("b_pk_ask");
    }

    @Override
    public Packed parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        List<String> failures = all(lines, 'f');
        return new Packed(lines.contains("same"), lines.contains("single"), lines.contains("archive"),
                failures.isEmpty() ? "" : failures.getFirst(), all(lines, 'r').stream().findFirst().orElse(""),
                all(lines, 'e'), all(lines, 't'), all(lines, 'm'), all(lines, 'x'), all(lines, 'a'));
    }

    private static List<String> all(List<String> lines, char kind) {
        return lines.stream().filter(line -> line.startsWith(kind + "|")).map(line -> line.substring(2)).toList();
    }

    @Override
    public Maybe<Packed> after(Effect.Becomes<?> effect, Packed current) {
        if (effect.fact().equals(this)) {
            return Maybe.known((Packed) effect.value());
        }
        if (effect.fact() instanceof PathFact(String gone) && effect.value() instanceof PathState.Absent
                && (gone.equals(NodePath.normal(packing.dest()))
                        || NodePath.below(NodePath.normal(packing.dest()), gone))
                && current.targets().stream().noneMatch(packed -> packed.equals(gone)
                        || NodePath.below(NodePath.normal(packed), gone))) {
            return Maybe.known(current.unpacked());
        }
        boolean rights = effect.fact() instanceof PathFact(String path) && path.equals(NodePath.normal(packing.dest()))
                && effect.value() instanceof PathState.File;
        return !rights && !(effect.fact() instanceof FlagsFact) && effect.fact() instanceof AboutPath<?> about
                && touches(about.path(), current)
                        ? Maybe.unknown(about.path() + " would be changed by this run")
                        : Maybe.known(current);
    }

    private boolean touches(String path, Packed current) {
        return path.equals(NodePath.normal(packing.dest())) || packing.paths().stream()
                .anyMatch(packed -> NodePath.normal(packed).equals(path)
                        || NodePath.below(path, NodePath.normal(packed)))
                || current.targets().stream().anyMatch(packed -> NodePath.normal(packed).equals(path)
                        || NodePath.below(path, NodePath.normal(packed)));
    }
}
