package bramble.modules.keys;

import bramble.args.Mode;
import bramble.module.Action;
import bramble.module.Applied;
import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.modules.files.FileContent;
import bramble.modules.files.Inode;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathResults;
import bramble.modules.files.PathState;
import bramble.modules.files.Placed;
import bramble.modules.files.Rights;
import bramble.modules.files.Written;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A place where a key, a request or a certificate is to be, and what is there.
 *
 * @param path as it was asked for
 * @param state what is at the end of its links
 */
record KeyPlace(String path, PathState state, Maybe<KeyFile> file, Rights rights) {

    /** What goes into a file is made when it is about to be written, by the controller. */
    @FunctionalInterface
    interface Making {
        /** The bytes; empty where what it is made of is only predicted, so that all has to be looked at again. */
        Optional<Content> make() throws IOException, InterruptedException;
    }

    static Inquiry<KeyPlace> at(String path, Rights.Wanted wanted) {
        var stat = new PathFact(path);
        var file = new KeyFileFact(path);
        var facts = new ArrayList<Fact<?>>(wanted.at(path).facts());
        facts.add(stat);
        facts.add(file);
        return Inquiry.ask(facts, known -> new KeyPlace(path, known.get(stat).followed(), known.maybe(file),
                wanted.at(path).on(known)));
    }

    boolean missing() {
        return state.missing();
    }

    /** Why nothing can be written there. */
    Optional<String> obstacle() {
        return rights.obstacle().or(() -> switch (state) {
            case PathState.Absent absent when !absent.hasParent() -> Optional.of("The directory "
                    + NodePath.parent(state.real()) + " does not exist or the file is not a directory");
            case PathState.Directory _ -> Optional.of("Tried to write " + path + ", but it is a directory");
            case PathState.Other _ -> Optional.of("Tried to write " + path + ", but it is not a regular file");
            case PathState _ ->
                file instanceof Maybe.Known<KeyFile>(KeyFile.Held(FileContent.Unreadable(_, String why)))
                        ? Optional.of("Tried to read " + path + ", but it " + why)
                        : Optional.empty();
        });
    }

    /**
     * The change that makes it.
     *
     * @param what tells it from others, see {@link KeyFile.Made}
     * @param mode the permissions, where the task gives none: of a new file
     */
    Change made(String what, Diff diff, String mode, boolean backup, Making making) {
        Rights given = rights.mode().isEmpty() && missing() ? rights.withMode(Optional.of(new Mode(mode))) : rights;
        Attributes attributes = given.written(state);
        String real = state.real();
        var errand = new Action.Errand("make " + path, _ -> {
            Optional<Content> content = making.make();
            return new Action.Write(real, content.orElse(Content.none()), attributes, Optional.empty(),
                    backup && !missing(), content.isEmpty() ? Optional.of(Sh.raw("false")) : still());
        });
        Inode base = state instanceof PathState.File(_, Inode old)
                ? Inode.made(old.mode(), rights.me(), real).withUser(old.user()).withGroup(old.group())
                : Inode.made(0666 & ~rights.me().umask(), rights.me(), real);
        String why = path + " would be made by this run";
        return rights.flagged(new Change(path, diff, List.of(errand),
                List.of(new Effect.Unknown((_, value) -> value instanceof Placed placed && placed.real().equals(real)
                        && !(value instanceof PathState) && !(value instanceof KeyFile), why, true),
                        Effect.becomes(new PathFact(real), new PathState.File(real, given.rewritten(base))),
                        Effect.becomes(new KeyFileFact(path), new KeyFile.Made(real, what))),
                Written.refusal(state, attributes)));
    }

    private Optional<Sh> still() {
        return state instanceof PathState.Absent
                ? Optional.of(Sh.of("[ ! -e {} ]", state.real()))
                : file instanceof Maybe.Known<KeyFile>(KeyFile held) && held.bytes().isPresent()
                        ? Optional.of(Sh.of("[ \"$(md5sum <{})\" = {} ]", state.real(),
                                new Content.Bytes(held.bytes().get()).digest("MD5") + "  -"))
                        : Optional.empty();
    }

    /** The change that removes it; none if there is nothing. */
    List<Change> gone() {
        if (missing()) {
            return List.of();
        }
        String real = state.real();
        return List.of(new Change(path,
                Diff.attributes(path, MapValue.of("path", path, "state", "file"),
                        MapValue.of("path", path, "state", "absent")),
                List.of(new Action.Run(Sh.of("rm -f {}", real))),
                List.of(Effect.becomes(new PathFact(real),
                        new PathState.Absent(real, NodePath.parent(real), false)))));
    }

    /** The change of attributes, if one is needed. */
    List<Change> attributes() {
        return state instanceof PathState.Present present ? rights.change(present, path).stream().toList() : List.of();
    }

    /** The name under which the old file was kept. */
    static MapValue backup(Applied<?> applied) {
        return applied.answers().stream().map(Answer::text).flatMap(String::lines)
                .filter(line -> line.startsWith("backup ")).findFirst()
                .map(line -> MapValue.of("backup_file", line.substring("backup ".length()))).orElse(MapValue.EMPTY);
    }

    /** The results that all have. */
    MapValue results(Applied<?> applied) {
        return MapValue.of("filename", path).with(PathResults.of(state)).with(backup(applied));
    }
}
