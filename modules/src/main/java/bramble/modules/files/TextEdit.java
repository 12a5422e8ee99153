package bramble.modules.files;

import bramble.args.Mode;
import bramble.module.Action;
import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;
import bramble.value.Secrets;
import bramble.value.Text;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text file that is to get another text, keeping its attributes, as {@code lineinfile} and everything that keeps lines in
 * /etc does. Links are followed. Bytes that are no UTF-8 survive.
 *
 * @param path as it was asked for
 * @param state what is there, a link's destination
 */
public record TextEdit(String path, PathState state, FileContent content, Me me) {

    /** How the new text is put in place. */
    public record Options(Attributes attributes, Optional<Sh> validate, boolean backup) {
        public static final Options PLAIN = new Options(Attributes.NONE, Optional.empty(), false);

        /** With attributes for a file that isn't there yet, or whose own aren't to stay. */
        public static Options mode(int mode) {
            return new Options(new Attributes(OptionalInt.of(mode), Optional.empty(), Optional.empty()),
                    Optional.empty(),
                    false);
        }
    }

    /** Reads what is there, in one round trip. */
    public static Inquiry<TextEdit> of(String path) {
        var stat = new PathFact(path);
        var content = new ContentFact(path);
        var me = new MeFact();
        return Inquiry.ask(List.of(stat, content, me), facts -> new TextEdit(path, facts.get(stat).followed(),
                facts.get(content), facts.get(me)));
    }

    /** The same for a file that a package may bring: unknown in a dry run before it is installed. */
    public static Inquiry<Maybe<TextEdit>> maybe(String path) {
        var stat = new PathFact(path);
        var content = new ContentFact(path);
        var me = new MeFact();
        return Inquiry.ask(List.of(stat, content, me), facts -> facts.maybe(content)
                .map(there -> new TextEdit(path, facts.get(stat).followed(), there, facts.get(me))));
    }

    /**
     * The same for a file that is kept whole, and that nobody else writes as it will be: what a package brings there in a dry run
     * is replaced, whatever it is.
     */
    public static Inquiry<TextEdit> whole(String path) {
        var stat = new PathFact(path);
        var content = new ContentFact(path);
        var me = new MeFact();
        var nothing = new PathState.Absent(stat.path(), NodePath.parent(stat.path()), false);
        return Inquiry.ask(List.of(stat, content, me), facts -> {
            PathState state = facts.maybe(stat).map(PathState::followed).orElse(nothing);
            FileContent there = facts.maybe(content).orElse(new FileContent.Missing(state.real()));
            return new TextEdit(path, state, there, facts.get(me));
        });
    }

    public boolean exists() {
        return content instanceof FileContent.Bytes;
    }

    /** Why there can't be a text, as the end of a sentence; nothing where there is one or could be one. */
    public Optional<String> obstacle() {
        return switch (content) {
            case FileContent.Bytes _ -> Optional.empty();
            case FileContent.TooLarge _ -> Optional.of("it is larger than " + (ContentFact.LIMIT >> 20) + " MiB");
            case FileContent.Unreadable(_, String why) -> Optional.of("it " + why);
            case FileContent.Missing _ -> state instanceof PathState.Absent absent && !absent.hasParent()
                    ? Optional.of("the directory " + NodePath.parent(state.real()) + " does not exist")
                    : Optional.empty();
        };
    }

    /** The text as it is; empty where there is no file. */
    public String text() {
        return content instanceof FileContent.Bytes(_, Content bytes) ? EscapedBytes.decode(bytes.bytesOf()) : "";
    }

    /** Bytes as a text that loses none of them, also where they are no UTF-8. */
    public static String text(byte[] bytes) {
        return EscapedBytes.decode(bytes);
    }

    /** The change to that text; none if it is what is there. An {@link #obstacle} must have been ruled out. */
    public List<Change> to(String text, Options options) {
        if (exists() && text.equals(text())) {
            return List.of();
        }
        byte[] before = content instanceof FileContent.Bytes(_, Content bytes) ? bytes.bytesOf() : new byte[0];
        byte[] after = EscapedBytes.encode(text);
        Content becoming = new Content.Bytes(after);
        String real = state.real();
        Attributes attributes = Written.keeping(state, me, options.attributes());
        var write = new Action.Write(real, becoming, attributes, options.validate(), options.backup(),
                Optional.of(Written.still(state, content)));
        Diff diff = Texts.diff(path, before, after);
        return List.of(new Change(path, diff, List.of(write),
                List.of(Effect.becomes(new ContentFact(real), new FileContent.Bytes(real, becoming)),
                        Effect.becomes(new PathFact(real), Written.file(state, me, attributes, after.length))),
                Written.refusal(state, attributes)));
    }

    /** The same for a text with secrets: whom the mode leaves out can't read the file, also where its text stays. */
    public List<Change> secret(String text, int mode, boolean backup) {
        List<Change> changes = to(text, new Options(Options.mode(mode).attributes(), Optional.empty(), backup));
        if (changes.isEmpty() && state instanceof PathState.File file && (file.inode().mode() & ~mode) != 0) {
            return Rights.none(me).withMode(Optional.of(new Mode(String.format(Locale.ROOT, "%04o", mode))))
                    .change(file, path).stream().toList();
        }
        return changes;
    }

    /**
     * The same changes, which don't show the secrets of files, those too that are there and that the run doesn't know.
     *
     * @param secrets finds them, each as its first group
     */
    public static List<Change> hiding(Pattern secrets, List<Change> changes) {
        return changes.stream().map(
                change -> change.diff().before() instanceof Text(String before)
                        && change.diff().after() instanceof Text(String after)
                                ? new Change(change.subject(),
                                        Diff.text(change.diff().header(), hidden(secrets, before),
                                                hidden(secrets, after)),
                                        change.actions(), change.effects(), change.refusal())
                                : change)
                .toList();
    }

    private static String hidden(Pattern secrets, String text) {
        return secrets.matcher(text).replaceAll(found -> Matcher.quoteReplacement(
                text.substring(found.start(), found.start(1)) + Secrets.MASK
                        + text.substring(found.end(1), found.end())));
    }

    /** The change to that text, with the attributes of what is there, or those of a new file. */
    public List<Change> to(String text) {
        return to(text, Options.PLAIN);
    }
}
