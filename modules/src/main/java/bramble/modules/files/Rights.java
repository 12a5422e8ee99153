package bramble.modules.files;

import bramble.args.Mode;
import bramble.module.Action;
import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Facts;
import bramble.module.Maybe;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The mode, owner and group that a task wants for a file, together with what the node has to know about them.
 *
 * @param user the owner that is wanted
 * @param obstacle why they can't be had: there is no such user
 * @param inPlace see {@link Attributes}
 * @param flags the file system's own attributes that are wanted
 */
public record Rights(Optional<Mode> mode, Optional<Owner> user, Optional<Owner> group, Me me,
        Optional<String> obstacle, boolean inPlace, Optional<Flagged> flags) {

    /** None is wanted. */
    static Rights none(Me me) {
        return new Rights(Optional.empty(), Optional.empty(), Optional.empty(), me, Optional.empty(), false,
                Optional.empty());
    }

    /**
     * What a task's arguments say.
     *
     * @param inPlace see {@link Attributes}
     * @param flags the file system's own attributes
     * @param labelled whether they say something of the SELinux label
     * @param places the paths whose own attributes matter
     */
    public record Wanted(Optional<Mode> mode, Optional<String> owner, Optional<String> group, boolean inPlace,
            Optional<String> flags, boolean labelled, List<String> places) {
        public Wanted {
            places = List.copyOf(places);
        }

        /** None, except perhaps a mode. */
        public static Wanted mode(Optional<Mode> mode) {
            return new Wanted(mode, Optional.empty(), Optional.empty(), false, Optional.empty(), false, List.of());
        }

        /** The same for what is at these paths. */
        public Wanted at(String... paths) {
            var all = new ArrayList<>(places);
            all.addAll(List.of(paths));
            return new Wanted(mode, owner, group, inPlace, flags, labelled, all);
        }

        /** What has to be asked for {@link #on}. */
        public List<Fact<?>> facts() {
            var facts = new ArrayList<Fact<?>>(List.of(new MeFact()));
            owner.filter(Wanted::unsure).ifPresent(name -> facts.add(IdFact.user(name)));
            group.filter(Wanted::unsure).ifPresent(name -> facts.add(IdFact.group(name)));
            flags.ifPresent(_ -> facts.addAll(Flagged.facts(places)));
            if (labelled) {
                facts.add(new SelinuxFact());
            }
            return facts;
        }

        /** Root is everywhere, and a number needs nobody who has it. */
        private static boolean unsure(String name) {
            return !name.equals("root") && !name.chars().allMatch(Character::isDigit);
        }

        public Rights on(Facts facts) {
            Me me = facts.get(new MeFact());
            Optional<String> obstacle = mode.filter(given -> !given.valid())
                    .map(given -> "mode must be in octal or symbolic form, not " + given.text())
                    .or(() -> owner.filter(Wanted::unsure).filter(name -> absent(facts.maybe(IdFact.user(name))))
                            .map(name -> "chown failed: failed to look up user " + name))
                    .or(() -> group.filter(Wanted::unsure).filter(name -> absent(facts.maybe(IdFact.group(name))))
                            .map(name -> "chgrp failed: failed to look up group " + name))
                    .or(() -> labelled && facts.get(new SelinuxFact())
                            ? Optional.of(
                                    "Tried to set the SELinux label, but Bramble can't: leave seuser, serole, setype"
                                            + " and selevel out, and set it by a command, semanage fcontext and restorecon.")
                            : Optional.empty())
                    .or(() -> flags.flatMap(Flagged::mistake))
                    .or(() -> flags.flatMap(_ -> {
                        var chattr = new CommandFact("chattr");
                        return chattr.lacking(facts.maybe(chattr), "set attributes of the file system", "e2fsprogs");
                    }));
            return new Rights(mode, owner.map(name -> named(facts, name, IdFact.user(name))),
                    group.map(name -> named(facts, name, IdFact.group(name))), me, obstacle, inPlace,
                    flags.map(wanted -> Flagged.on(wanted, places, facts)));
        }

        private static boolean absent(Maybe<IdFact.Id> id) {
            return !id.orElse(IdFact.Id.SOME).exists();
        }

        private static Owner named(Facts facts, String name, IdFact fact) {
            return unsure(name)
                    ? new Owner(name, facts.maybe(fact).orElse(IdFact.Id.SOME).number())
                    : Written.named(name);
        }

        /** The same with another mode. */
        public Wanted withMode(Optional<Mode> other) {
            return new Wanted(other, owner, group, inPlace, flags, labelled, places);
        }
    }

    public Rights withMode(Optional<Mode> other) {
        return new Rights(other, user, group, me, obstacle, inPlace, flags);
    }

    /** What a thing's attributes become. */
    public Inode over(Inode current, boolean directory) {
        boolean moved = user.filter(wanted -> !same(current.user(), wanted)).isPresent()
                || group.filter(wanted -> !same(current.group(), wanted)).isPresent();
        // the kernel takes the set-id bits from a file whose owner changes
        int kept = moved && !directory ? current.mode() & ~04000 & ~((current.mode() & 0010) << 7) : current.mode();
        Inode wanted = current.withMode(
                mode.map(given -> Modes.apply(given, current.mode(), directory, me.umask())).orElse(kept));
        if (user.isPresent() && !same(current.user(), user.get())) {
            wanted = wanted.withUser(user.get());
        }
        if (group.isPresent() && !same(current.group(), group.get())) {
            wanted = wanted.withGroup(group.get());
        }
        return wanted;
    }

    /** What a new file's attributes become that stands in for one with these: nothing is lost by a change of owner. */
    public Inode rewritten(Inode base) {
        Inode wanted = over(base, false);
        return mode.isPresent() ? wanted : wanted.withMode(base.mode());
    }

    /** Whether they are one, as far as is known: a number without a name is the user who has it. */
    private static boolean same(Owner actual, Owner wanted) {
        return (actual.id().isPresent() && wanted.id().isPresent())
                ? actual.id().getAsInt() == wanted.id().getAsInt()
                : actual.name().equals(wanted.name());
    }

    /** For a file that is written anew over what {@code state} has: what isn't asked for stays. */
    public Attributes written(PathState state) {
        Optional<Inode> old = state instanceof PathState.File file
                ? Optional.of(file.inode())
                : Optional.empty();
        OptionalInt bits = mode.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(Modes.apply(mode.get(), old.map(Inode::mode).orElse(0666 & ~me.umask()), false,
                        me.umask()));
        return Written.keeping(state, me,
                new Attributes(bits, user.map(Rights::argument), group.map(Rights::argument), inPlace));
    }

    /** For a file that is written anew with the attributes that it has. */
    public Attributes kept() {
        return new Attributes(OptionalInt.empty(), Optional.empty(), Optional.empty(), inPlace);
    }

    private static String argument(Owner owner) {
        return owner.name().isEmpty() ? owner.label() : owner.name();
    }

    /** The change of attributes that a thing needs, if any. Links themselves have no mode. */
    public Optional<Change> change(PathState.Present state, String shown) {
        boolean link = state instanceof PathState.Link;
        Inode now = state.inode();
        Inode then = over(now, state instanceof PathState.Directory);
        if (link) {
            then = then.withMode(now.mode());
        }
        if (then.equals(now)) {
            return flags(state, shown);
        }
        var plain = new Change(shown, diff(shown, now, then),
                List.of(new Action.Run(script(state.real(), now, then, link))),
                List.of(Effect.becomes(new PathFact(state.real()), state.with(then))),
                refusal(state.real(), now, then));
        return Optional.of(with(plain, flags(state, shown)));
    }

    /** The change of the file system's own attributes that a thing needs, if any. */
    public Optional<Change> flags(PathState.Present state, String shown) {
        MapValue named = MapValue.of("path", shown);
        return flags.flatMap(wanted -> wanted.step(state, me.root()))
                .map(step -> new Change(shown,
                        Diff.attributes(shown, named.with("attributes", step.before()),
                                named.with("attributes", step.after())),
                        List.of(step.action()), List.of(step.effect()), step.refusal()));
    }

    /**
     * The changes of the file system's own attributes that all places need.
     *
     * @param renewed whether something new was put there
     */
    public List<Change> flagsOfAll(boolean renewed) {
        var changes = new ArrayList<Change>();
        Rights wanting = renewed ? renewed() : this;
        flags.ifPresent(wanted -> wanted.places().forEach(real -> wanting
                .flags(new PathState.File(real, Inode.made(0, me, real)), real).ifPresent(changes::add)));
        return changes;
    }

    /** The same for what this run puts in place of what was there: what attributes that has isn't known. */
    public Rights renewed() {
        return new Rights(mode, user, group, me, obstacle, inPlace,
                flags.map(wanted -> new Flagged(wanted.mode(), wanted.letters(), Map.of())));
    }

    /** A change that writes a file, and what its own attributes need thereafter. */
    public Change flagged(Change written) {
        Change all = written;
        for (Effect effect : written.effects()) {
            if (effect instanceof Effect.Becomes<?>(_, PathState.Present made)) {
                all = with(all, renewed().flags(made, written.subject()));
            }
        }
        return all;
    }

    /** One after the other; of two tables of attributes one is shown. */
    private static Change with(Change one, Optional<Change> more) {
        if (more.isEmpty()) {
            return one;
        }
        Change other = more.get();
        var actions = new ArrayList<>(one.actions());
        actions.addAll(other.actions());
        var effects = new ArrayList<>(one.effects());
        effects.addAll(other.effects());
        Diff diff = one.diff().before() instanceof MapValue before && one.diff().after() instanceof MapValue after
                && other.diff().before() instanceof MapValue also && other.diff().after() instanceof MapValue later
                        ? Diff.attributes(one.diff().header(), before.with(also), after.with(later))
                        : one.diff();
        return new Change(one.subject(), diff, actions, effects, one.refusal().or(other::refusal));
    }

    /** Only root gives files away, and only whose they are may say more about them. */
    private Optional<String> refusal(String path, Inode now, Inode then) {
        boolean owner = me.root() || now.user().id().isEmpty() || same(now.user(), me.user());
        boolean given = !me.root() && !then.user().equals(now.user());
        return owner && !given
                ? Optional.empty()
                : Optional.of(Tried.foreign(then.user().equals(now.user()) && then.group().equals(now.group())
                        ? mode(path)
                        : owner(path)));
    }

    private static String owner(String path) {
        return "set the owner of " + path;
    }

    private static String mode(String path) {
        return "set the mode of " + path;
    }

    /** The commands that turn the one into the other. */
    public Sh script(String path, Inode now, Inode then, boolean link) {
        var commands = new ArrayList<Sh>();
        boolean chown = !then.user().equals(now.user());
        boolean chgrp = !then.group().equals(now.group());
        String h = link ? "-h " : "";
        if (chown) {
            commands.add(Tried.of(owner(path), Sh.of("chown " + h + "{} {}",
                    argument(then.user()) + (chgrp ? ":" + argument(then.group()) : ""), path)));
        } else if (chgrp) {
            commands.add(Tried.of(owner(path), Sh.of("chgrp " + h + "{} {}", argument(then.group()), path)));
        }
        if (mode.isPresent() && !link && (then.mode() != now.mode() || chown || chgrp)) {
            commands.add(Tried.of(mode(path), Sh.of("chmod {} {}", then.octal(), path)));
        }
        return commands.stream().reduce(Sh::and).orElse(Sh.raw(":"));
    }

    private static Diff diff(String path, Inode now, Inode then) {
        MapValue named = MapValue.of("path", path);
        return Diff.attributes(path, named.with(apart(now, then)), named.with(apart(then, now)));
    }

    /** Of group, mode and owner, those that another has differently. */
    static MapValue apart(Inode one, Inode other) {
        MapValue apart = MapValue.EMPTY;
        if (!one.group().equals(other.group())) {
            apart = apart.with("group", number(one.group()));
        }
        if (one.mode() != other.mode()) {
            apart = apart.with("mode", one.told());
        }
        if (!one.user().equals(other.user())) {
            apart = apart.with("owner", number(one.user()));
        }
        return apart;
    }

    private static Value number(Owner owner) {
        return owner.id().isPresent() ? Value.of(owner.id().getAsInt()) : Value.text(owner.name());
    }
}
