package bramble.modules.files;

import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Verdict;
import bramble.value.MapValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A text file whose text and attributes a task looks after: the common part of {@code lineinfile}, {@code blockinfile} and
 * {@code replace}.
 */
record EditedFile(TextEdit edit, Rights rights) {

    static Inquiry<EditedFile> of(String path, Rights.Wanted wanted) {
        Rights.Wanted here = wanted.at(path);
        return TextEdit.of(path).and(Inquiry.ask(here.facts(), here::on), EditedFile::new);
    }

    /**
     * A text that a module made of another one.
     *
     * @param message what was done, in Ansible's words; empty if nothing
     */
    record Edited(String text, String message, MapValue results) {
        Edited(String text, String message) {
            this(text, message, MapValue.EMPTY);
        }
    }

    /**
     * Why it can't be edited.
     *
     * @param missing what is said of a file that isn't there, with {@code %s} for its path
     */
    Optional<String> obstacle(boolean create, Replacing replacing, String missing) {
        if (edit.content() instanceof FileContent.Unreadable(_, String why) && why.equals("is a directory")) {
            return Optional.of("Path " + edit.path() + " is a directory !");
        }
        if (edit.content().missing() && !create) {
            return Optional.of(missing.formatted(edit.path()));
        }
        boolean blocked = edit.state() instanceof PathState.Absent absent && absent.blocked();
        Optional<String> other = edit.content().missing() && !blocked ? Optional.empty() : edit.obstacle();
        return rights.obstacle().or(() -> Validation.obstacle(replacing.validate()))
                .or(() -> other.map(why -> "Tried to edit " + edit.path() + ", but " + why));
    }

    /** The refusal, with the code that Ansible gives what is not there or a folder. */
    Plan.Refused refused(String why) {
        return new Plan.Refused(why, why.matches("(?s).* does not exist ?!")
                ? MapValue.of("rc", 257)
                : why.endsWith(" is a directory !") ? MapValue.of("rc", 256) : MapValue.EMPTY);
    }

    /** The changes that give it the text, and its attributes. */
    Plan plan(Edited edited, Replacing replacing) {
        var changes = new ArrayList<Change>();
        TextEdit now = edit;
        boolean write = !edit.exists() || !edited.text().equals(edit.text());
        if (write && edit.state() instanceof PathState.Absent absent && !absent.hasParent()) {
            Change folders = folders(absent);
            changes.add(folders);
            PathState state = absent;
            for (Effect effect : folders.effects()) {
                if (effect instanceof Effect.Becomes<?> becomes && becomes.value() instanceof PathState made) {
                    state = state.after(made);
                }
            }
            now = new TextEdit(edit.path(), state, edit.content(), edit.me());
        }
        PathState after = now.state();
        if (write) {
            boolean fresh = now.state().missing();
            var options = new TextEdit.Options(
                    fresh
                            ? rights.written(now.state())
                            : rights.kept(),
                    replacing.validate().map(Validation::script), replacing.backup() && !fresh);
            List<Change> written = now.to(edited.text(), options);
            changes.addAll(written);
            after = written.stream().flatMap(change -> change.effects().stream())
                    .filter(Effect.Becomes.class::isInstance).map(effect -> ((Effect.Becomes<?>) effect).value())
                    .filter(PathState.class::isInstance).map(PathState.class::cast).findFirst().orElse(after);
            if (fresh) {
                changes.replaceAll(change -> written.contains(change) ? rights.flagged(change) : change);
                return Plan.of(changes);
            }
        }
        if (after instanceof PathState.Present present) {
            (write ? rights.renewed() : rights).change(present, edit.path()).ifPresent(changes::add);
        }
        return Plan.of(changes);
    }

    /** The same, where diffs of the text and of the attributes are headed differently. */
    Plan planHeaded(Edited edited, Replacing replacing) {
        return plan(edited, replacing) instanceof Plan.Changes(List<Change> changes)
                ? Plan.of(changes.stream().map(this::headed).toList())
                : Plan.NOTHING;
    }

    private Change headed(Change change) {
        Diff diff = change.diff();
        if (!diff.header().equals(edit.path())) {
            return change;
        }
        Diff headed = diff.before() instanceof MapValue before && diff.after() instanceof MapValue after
                ? Diff.attributes(diff.header() + " (file attributes)", before.without("path"), after.without("path"))
                : new Diff(diff.before(), diff.after(), diff.header() + " (content)");
        return new Change(change.subject(), headed, change.actions(), change.effects(), change.refusal());
    }

    private Change folders(PathState.Absent absent) {
        String parent = NodePath.parent(absent.real());
        var folder = new PathState.Absent(parent, absent.ground(), false);
        var plain = Rights.none(rights.me());
        return NewFolders.change(folder, plain, parent, Diff.attributes(parent,
                MapValue.of("path", parent, "state", "absent"), MapValue.of("path", parent, "state", "directory")));
    }

    /** How it ended, in Ansible's words. */
    static Verdict verdict(Verdict plain, Edited edited, Applied<EditedFile> applied) {
        return verdict(plain, edited, applied, "backup");
    }

    /** @param key the result that names the file's backup, which replace and blockinfile call otherwise than lineinfile */
    static Verdict verdict(Verdict plain, Edited edited, Applied<EditedFile> applied, String key) {
        boolean attributes = !applied.changes().isEmpty()
                && applied.changes().getLast().diff().before() instanceof MapValue;
        String message = edited.message();
        if (attributes) {
            message = (message.isEmpty() ? "" : message + " and ") + "ownership, perms or SE linux context changed";
        }
        MapValue results = edited.results().with("msg", message);
        Optional<String> backup = Place.backup(applied);
        return plain.with(key.equals("backup")
                ? results.with(key, backup.orElse(""))
                : backup.map(name -> results.with(key, name)).orElse(results));
    }
}
