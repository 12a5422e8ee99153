package bramble.modules.cluster;

import bramble.module.Applied;
import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.modules.files.Place;
import bramble.modules.files.TextEdit;
import bramble.value.MapValue;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * A daemon's configuration that is kept whole, and that the daemon's own checker sees before it is written.
 *
 * @param file what is there
 * @param tool the checker
 * @param found where it is
 * @param complaint what it says of the new text
 */
record DaemonConfig(TextEdit file, CommandFact tool, Maybe<Optional<String>> found, Optional<String> complaint) {
    private static final int OPEN = 0644;

    /** Reads what is there, and has the new text checked, in one round trip. */
    static Inquiry<DaemonConfig> of(AcceptedFact accepted) {
        var tool = new CommandFact(accepted.command().getFirst());
        return TextEdit.whole(accepted.path()).and(Inquiry.ask(List.of(tool, accepted), facts -> facts),
                (file, facts) -> new DaemonConfig(file, tool, facts.maybe(tool), accepted.complaint(facts)));
    }

    /**
     * Why it can't be checked, as a sentence.
     *
     * @param packages what brings the checker on Debian
     */
    Optional<String> lacking(String packages) {
        return tool.lacking(found, "check " + file.path(), packages);
    }

    /** Why it can't be written, as a sentence. */
    Optional<String> refused() {
        return refused(UnaryOperator.identity());
    }

    /**
     * Why it can't be written, as a sentence.
     *
     * @param words what is told of what the checker says
     */
    Optional<String> refused(UnaryOperator<String> words) {
        return complaint
                .map(said -> "Tried to check " + file.path() + ", but " + tool.name() + " says: " + words.apply(said))
                .or(() -> file.obstacle().map(why -> "Tried to write " + file.path() + ", but " + why));
    }

    /** The change to that text. Everybody may read a file that is new; the rights of one that is there stay. */
    List<Change> to(String text, boolean backup) {
        OptionalInt mode = file.exists() ? OptionalInt.empty() : OptionalInt.of(OPEN);
        return file.to(text, new TextEdit.Options(new Attributes(mode, Optional.empty(), Optional.empty()),
                Optional.empty(), backup && file.exists()));
    }

    /** The change to a text that holds passwords. */
    List<Change> secret(String text, int mode, boolean backup) {
        return file.secret(text, mode, backup && file.exists());
    }

    /** How the task ended, with the file's path and where the old one was kept. */
    Verdict verdict(Verdict plain, Applied<?> applied) {
        return new Verdict(plain.changed(), plain.failure(),
                Place.withBackup(MapValue.of("path", file.path()), applied));
    }
}
