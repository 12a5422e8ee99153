package bramble.modules.sync;

import bramble.modules.files.Owner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What has to be done to one tree to make it like another.
 *
 * @param steps in the order of their names
 * @param obstacle why it can't be done
 */
record Difference(List<Step> steps, Optional<String> obstacle) {
    /** What is done with a name. */
    enum What {
        /** It is made, or gets the source's content. */
        SEND,
        /** The same, and something of another kind goes first; where that is a folder, after all that is in it. */
        REPLACE,
        /** It becomes one file with another of that side, which has the content and attributes already. */
        LINK,
        /** Its mode or owner changes. */
        ATTRIBUTES,
        /** It goes; a folder after all that is in it. */
        DELETE
    }

    /**
     * One of them.
     *
     * @param becoming what it is then; for what goes, what it was; for a file that is linked, with the other one's path as its target
     * @param told the line that rsync prints of it, without the direction; empty for what it doesn't tell
     */
    record Step(String name, What what, Side.Entry becoming, String told) {}

    /**
     * Who makes it, and as what.
     *
     * @param me whose the files are that get no other owner
     * @param root whether owners can be given
     * @param user the source's owner, as the other side has it; group likewise
     */
    record Maker(Owner me, Owner myGroup, int umask, boolean root, UnaryOperator<Owner> user,
            UnaryOperator<Owner> group) {}

    /**
     * A tree of the other side whose files may be linked.
     *
     * @param same the names whose contents are alike, where checksums count
     */
    record Other(Side side, Set<String> same) {}

    /**
     * @param same whether the contents of that name are alike, where checksums count
     * @param others in the order in which they are looked through
     */
    static Difference between(Side source, Side dest, Options options, Maker maker, Predicate<String> same,
            List<Other> others) {
        var steps = new ArrayList<Step>();
        for (Map.Entry<String, Side.Entry> one : source.entries().entrySet()) {
            String name = one.getKey();
            Side.Entry from = one.getValue();
            boolean unknownKind = from.kind() == Side.Kind.OTHER
                    || (from.kind() == Side.Kind.LINK && !options.links());
            if (options.deep(name) || unknownKind
                    || options.filters().excludes(name, from.kind() == Side.Kind.FOLDER)) {
                continue;
            }
            Optional<Side.Entry> old = Optional.ofNullable(dest.entries().get(name));
            if (old.isPresent() && from.kind() != old.get().kind() && old.get().kind() == Side.Kind.FOLDER
                    && !options.delete()) {
                return new Difference(List.of(), Optional.of("could not make way for " + name + ": there is a folder"
                        + " of that name in " + dest.base() + ", and delete isn't set"));
            }
            if (old.isPresent() && from.kind() != old.get().kind()) {
                Optional<String> kept = kept(name, dest, options);
                if (kept.isPresent()) {
                    return new Difference(List.of(), Optional.of("could not make way for " + name + ": "
                            + dest.path(kept.get()) + " is there, and is excluded"));
                }
            }
            if (old.isEmpty() && options.existingOnly()) {
                continue;
            }
            step(name, from, old, options, maker, same)
                    .map(step -> linked(step, from, old, options, maker, others)).ifPresent(steps::add);
        }
        if (options.delete()) {
            deleted(source, dest, options, steps);
        }
        return new Difference(List.copyOf(steps), Optional.empty());
    }

    /** What of a name, and of all below it, is there and protected. */
    private static Optional<String> kept(String top, Side dest, Options options) {
        return dest.entries().entrySet().stream()
                .filter(one -> one.getKey().equals(top) || above(one.getKey()).contains(top))
                .filter(one -> safe(one.getKey(), one.getValue(), options)).map(Map.Entry::getKey).findFirst();
    }

    private static boolean safe(String name, Side.Entry entry, Options options) {
        return !options.deleteExcluded() && options.filters().excludes(name, entry.kind() == Side.Kind.FOLDER);
    }

    /** One by one, for a folder stays in which anything stays; what is in a folder before the folder. */
    private static void deleted(Side source, Side dest, Options options, List<Step> steps) {
        Set<String> replaced = replaced(steps);
        var holding = new HashSet<String>();
        for (String name : List.copyOf(dest.entries().keySet()).reversed()) {
            Side.Entry entry = Objects.requireNonNull(dest.entries().get(name));
            boolean hidden = options.filters().excludes(name, entry.kind() == Side.Kind.FOLDER);
            boolean wanted = (source.entries().containsKey(name) && !hidden)
                    || (options.deep(name)
                            && source.entries().containsKey(name.substring(0, Math.max(0, name.indexOf('/')))));
            boolean inWay = above(name).stream().anyMatch(replaced::contains);
            boolean meant = source.isFolder() || inWay;
            if (name.isEmpty() || !meant || wanted || safe(name, entry, options) || holding.contains(name)) {
                holding.addAll(above(name));
            } else {
                steps.add(new Step(name, What.DELETE, entry, "*deleting   "));
            }
        }
    }

    /** What goes: before anything is sent, because it is in the way, or else afterwards. */
    List<Step> deleted(boolean early) {
        Set<String> replaced = replaced(steps);
        return steps.stream().filter(step -> step.what() == What.DELETE)
                .filter(step -> early == above(step.name()).stream().anyMatch(replaced::contains)).toList();
    }

    private static Set<String> replaced(List<Step> steps) {
        return steps.stream().filter(step -> step.what() == What.REPLACE).map(Step::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The names of the folders that a name is in. */
    private static List<String> above(String name) {
        var above = new ArrayList<String>();
        if (!name.isEmpty()) {
            above.add("");
        }
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            above.add(name.substring(0, slash));
        }
        return above;
    }

    /** What is done instead where one of the others has it already; and how it is told, where one has something like it. */
    private static Step linked(Step step, Side.Entry from, Optional<Side.Entry> old, Options options, Maker maker,
            List<Other> others) {
        boolean file = from.kind() == Side.Kind.FILE;
        if (step.what() != What.SEND || (old.isPresent() && !file) || options.ignoreExisting() || options.update()) {
            return step;
        }
        Optional<String> told = Optional.empty();
        for (Other other : others) {
            Optional<Side.Entry> there = Optional.ofNullable(other.side().entries().get(step.name()))
                    .filter(entry -> entry.kind() == from.kind());
            if (there.isEmpty()) {
                continue;
            }
            Optional<Step> against = step(step.name(), from, there, options, maker, other.same()::contains);
            if (against.isEmpty()) {
                return file
                        ? new Step(step.name(), What.LINK, there.get().withTarget(other.side().path(step.name())),
                                "hf          ")
                        : new Step(step.name(), What.SEND, step.becoming(), "");
            }
            told = told.or(() -> against.map(Step::told));
        }
        return old.isPresent()
                ? step
                : new Step(step.name(), What.SEND, step.becoming(),
                        told.map(line -> line.replaceFirst("^\\.", "c")).orElse(step.told()));
    }

    private static Optional<Step> step(String name, Side.Entry from, Optional<Side.Entry> old, Options options,
            Maker maker, Predicate<String> same) {
        Optional<Side.Entry> kin = old.filter(entry -> entry.kind() == from.kind());
        Side.Entry wanted = wanted(from, kin, options, maker);
        char letter = switch (from.kind()) {
            case FILE -> 'f';
            case FOLDER -> 'd';
            case LINK -> 'L';
            case OTHER -> 'S';
        };
        if (kin.isEmpty()) {
            return Optional.of(new Step(name, old.isPresent() ? What.REPLACE : What.SEND, wanted,
                    (from.kind() == Side.Kind.FILE ? '>' : 'c') + "" + letter + "+++++++++ "));
        }
        Side.Entry there = kin.get();
        boolean size = from.kind() == Side.Kind.FILE && there.size() != from.size();
        boolean time = from.mtime() != there.mtime() && from.kind() != Side.Kind.LINK;
        boolean other = switch (from.kind()) {
            case FILE -> size || (options.checksum() ? !same.test(name) : !options.sizeOnly() && time);
            case LINK -> !there.target().equals(from.target());
            case FOLDER, OTHER -> false;
        };
        boolean left = options.ignoreExisting() || (options.update() && from.kind() == Side.Kind.FILE
                && there.mtime() > from.mtime());
        if (left) {
            return Optional.empty();
        }
        boolean sum = other && (from.kind() == Side.Kind.LINK || options.checksum());
        boolean dated = options.times() && time && (from.kind() != Side.Kind.FOLDER || options.folderTimes());
        boolean mode = wanted.mode() != there.mode() && from.kind() != Side.Kind.LINK;
        boolean user = !same(wanted.user(), there.user());
        boolean group = !same(wanted.group(), there.group());
        if (!other && !dated && !mode && !user && !group) {
            return Optional.empty();
        }
        char doing = !other ? '.' : from.kind() == Side.Kind.FILE ? '>' : 'c';
        char timed = dated ? 't' : other && !options.times() ? 'T' : '.';
        String told = "" + doing + letter + (sum ? 'c' : '.') + (size ? 's' : '.') + timed + (mode ? 'p' : '.')
                + (user ? 'o' : '.') + (group ? 'g' : '.') + "... ";
        boolean sends = other || dated || from.kind() != Side.Kind.FILE;
        return Optional.of(new Step(name, sends ? What.SEND : What.ATTRIBUTES, wanted, told));
    }

    private static Side.Entry wanted(Side.Entry from, Optional<Side.Entry> old, Options options, Maker maker) {
        boolean link = from.kind() == Side.Kind.LINK;
        int mode = link
                ? 0777
                : options.perms() ? from.mode() : old.map(Side.Entry::mode).orElse(from.mode() & ~maker.umask());
        Owner user = options.owner() && maker.root()
                ? maker.user().apply(from.user())
                : old.map(Side.Entry::user).orElse(maker.me());
        Owner group = options.group() && maker.root()
                ? maker.group().apply(from.group())
                : old.map(Side.Entry::group).orElse(maker.myGroup());
        boolean dated = options.times() && (from.kind() != Side.Kind.FOLDER || options.folderTimes());
        return new Side.Entry(from.kind(), mode, user, group, from.size(),
                dated ? from.mtime() : -1, from.target());
    }

    private static boolean same(Owner a, Owner b) {
        return (a.id().isPresent() && b.id().isPresent())
                ? a.id().getAsInt() == b.id().getAsInt()
                : a.name().equals(b.name());
    }
}
