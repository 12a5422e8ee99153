package bramble.modules.files;

import bramble.module.Attributes;
import bramble.shell.Content;
import bramble.shell.Sh;
import java.util.Optional;
import java.util.OptionalInt;

/** What a file will be once it is written anew. */
public final class Written {
    private Written() {}

    /** What was asked for, and for the rest what the file has now: a rewritten file is a new one to the system. */
    static Attributes keeping(PathState state, Me me, Attributes wanted) {
        if (!(state instanceof PathState.File(_, Inode inode))) {
            return wanted;
        }
        boolean foreign = !inode.user().equals(me.user());
        boolean others = !inode.group().equals(me.group());
        return new Attributes(wanted.mode().isPresent() ? wanted.mode() : OptionalInt.of(inode.mode()),
                wanted.owner().or(() -> foreign ? Optional.of(inode.user().label()) : Optional.empty()),
                wanted.group().or(() -> others ? Optional.of(inode.group().label()) : Optional.empty()),
                wanted.inPlace());
    }

    /** The file at the place of {@code state}, written with these attributes. */
    static PathState.File file(PathState state, Me me, Attributes attributes, long size) {
        var inode = Inode.made(attributes.mode().orElse(0666 & ~me.umask()), me, state.real()).withSize(size)
                .withUser(owner(attributes.owner(), me.user())).withGroup(owner(attributes.group(), me.group()));
        return new PathState.File(state.real(), inode);
    }

    private static Owner owner(Optional<String> wanted, Owner own) {
        return wanted.map(name -> own.is(name) ? own : named(name)).orElse(own);
    }

    /** The user or group that a playbook names, or gives the number of. */
    static Owner named(String name) {
        if (name.equals("root")) {
            return Owner.ROOT;
        }
        return name.chars().allMatch(Character::isDigit)
                ? new Owner("", OptionalInt.of(Integer.parseUnsignedInt(name)))
                : new Owner(name, OptionalInt.empty());
    }

    /** Why it can't be written, in the words of the script that writes it. */
    public static Optional<String> refusal(PathState state, Attributes attributes) {
        return attributes.inPlace() ? Optional.empty() : Tried.refusal("write " + state.real(), state);
    }

    /** Fails if the file is no longer what was read. */
    static Sh still(PathState state, FileContent content) {
        return switch (content) {
            case FileContent.Missing _ -> Sh.of("[ ! -e {} ]", state.real());
            case FileContent.Bytes(_, Content bytes) ->
                Sh.of("[ \"$(md5sum <{})\" = {} ]", state.real(), bytes.digest("MD5") + "  -");
            case FileContent.TooLarge _,FileContent.Unreadable _ -> Sh.raw(":");
        };
    }
}
