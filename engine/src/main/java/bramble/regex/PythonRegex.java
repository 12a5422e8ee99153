package bramble.regex;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A compiled regular expression in Python's syntax, with Python's meaning: {@code (?P<name>)}, {@code \Z}, {@code $} before
 * a last line feed only, Unicode classes, conditionals. A search that looks at the text too often is given up with an error.
 */
public final class PythonRegex {
    /** The flags of Python's {@code re} that change a meaning. */
    public enum Flag {
        IGNORECASE,
        MULTILINE,
        DOTALL,
        VERBOSE,
        ASCII
    }

    private static final long DEEP = 1L << 29; // bytes of stack, taken only as far as they are used
    private static final String SPECIAL = "()[]{}?*+-|^$\\.&~# \t\n\r\u000b\f";

    private final Pattern pattern;
    private final List<Integer> groups; // Python's group number -> the translated pattern's
    private final Map<String, Integer> names; // group name -> Python's group number

    private PythonRegex(Pattern pattern, List<Integer> groups, Map<String, Integer> names) {
        this.pattern = pattern;
        this.groups = List.copyOf(groups);
        this.names = names;
    }

    /** Reads an expression; a malformed one is a {@link RegexException}. */
    public static PythonRegex compile(String expression, Flag... flags) {
        return compile(expression, Set.of(flags));
    }

    /** Reads an expression; a malformed one is a {@link RegexException}. */
    public static PythonRegex compile(String expression, Set<Flag> flags) {
        Translation translation = Translation.of(expression, flags);
        try {
            return new PythonRegex(Pattern.compile(translation.java(), Pattern.UNIX_LINES), translation.groups(),
                    translation.names());
        } catch (PatternSyntaxException e) {
            throw new RegexException(e.getDescription() + " in \"" + expression + "\"");
        }
    }

    /** The text with everything escaped that has a meaning in an expression, as {@code re.escape} does it. */
    public static String escape(String text) {
        var escaped = new StringBuilder(text.length() + 8);
        text.chars().forEach(c -> {
            if (SPECIAL.indexOf(c) >= 0) {
                escaped.append('\\');
            }
            escaped.append((char) c);
        });
        return escaped.toString();
    }

    /** The first place where the expression matches. */
    public Optional<Found> search(String text) {
        return guarded(text, matcher -> matcher.find() ? Optional.of(found(matcher)) : Optional.empty());
    }

    /** A match at the start of the text, as {@code re.match}. */
    public Optional<Found> match(String text) {
        return guarded(text, matcher -> matcher.lookingAt() ? Optional.of(found(matcher)) : Optional.empty());
    }

    /** A match of the whole text, as {@code re.fullmatch}. */
    public Optional<Found> fullMatch(String text) {
        return guarded(text, matcher -> matcher.matches() ? Optional.of(found(matcher)) : Optional.empty());
    }

    /** All matches that don't overlap, in order. */
    public List<Found> findAll(String text) {
        return guarded(text, matcher -> {
            var all = new ArrayList<Found>();
            while (matcher.find()) {
                all.add(found(matcher));
            }
            return all;
        });
    }

    /** The text with every match replaced, see {@link #replacement}. */
    public String replaceAll(String text, String replacement) {
        return replace(text, replacement, 0).text();
    }

    /**
     * Replaces matches, as {@code re.subn}.
     *
     * @param count how many at most; 0 for all
     * @throws RegexException if the replacement is malformed
     */
    public Replaced replace(String text, String replacement, int count) {
        Replacement parsed = replacement(replacement);
        return guarded(text, matcher -> {
            var result = new StringBuilder();
            int copied = 0;
            int replaced = 0;
            while ((count <= 0 || replaced < count) && matcher.find()) {
                result.append(text, copied, matcher.start()).append(parsed.fill(found(matcher)));
                copied = matcher.end();
                replaced++;
            }
            return new Replaced(result.append(text, copied, text.length()).toString(), replaced);
        });
    }

    /**
     * Reads a replacement in Python's syntax for this expression: {@code \1}, {@code \g<1>}, {@code \g<name>}, {@code \n}.
     *
     * @throws RegexException if it is malformed or names a group that the expression doesn't have
     */
    public Replacement replacement(String text) {
        return Replacement.parse(text, groupCount(), names);
    }

    /** What there is between the matches; at most {@code limit} cuts, 0 for all. Groups are part of the result, as in {@code re.split}. */
    public List<@Nullable String> split(String text, int limit) {
        var parts = new ArrayList<@Nullable String>();
        int from = 0;
        int cuts = 0;
        for (Found found : findAll(text)) {
            if (limit > 0 && cuts == limit) {
                break;
            }
            parts.add(text.substring(from, found.start()));
            parts.addAll(found.groups().subList(1, found.groups().size()));
            from = found.end();
            cuts++;
        }
        parts.add(text.substring(from));
        return parts;
    }

    /** How many capturing groups the expression has. */
    public int groupCount() {
        return groups.size() - 1;
    }

    /** The names of its groups, with their numbers. */
    public Map<String, Integer> names() {
        return names;
    }

    private Found found(Matcher matcher) {
        var texts = new ArrayList<@Nullable String>(groups.size());
        for (int group : groups) {
            texts.add(matcher.group(group));
        }
        return new Found(matcher.start(), matcher.end(), texts, names);
    }

    private <T> T guarded(String text, Function<Matcher, T> search) {
        var matcher = pattern.matcher(new BoundedText(text));
        try {
            return search.apply(matcher);
        } catch (StackOverflowError e) {
            return deep(() -> search.apply(pattern.matcher(new BoundedText(text))), text);
        }
    }

    /** Java's matcher recurses for each round of a repeated alternative, Python's doesn't: long text needs a deep stack. */
    private static <T> T deep(Supplier<T> search, String text) {
        var task = new FutureTask<T>(search::get);
        var thread = new Thread(null, task, "regex", DEEP);
        thread.start();
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RegexException known) {
                throw known;
            }
            throw new RegexException("Tried to match a regular expression, but it needs too much memory for a text of "
                    + text.length() + " characters");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegexException("Tried to match a regular expression, but was interrupted");
        }
    }

    /** One match: where it is, and the text of its groups. */
    public record Found(int start, int end, List<@Nullable String> groups, Map<String, Integer> names) {
        /** The matched text. */
        public String text() {
            return group(0);
        }

        /** A group's text; empty if the group took no part in the match. */
        public String group(int number) {
            String text = groups.get(number);
            return text == null ? "" : text;
        }
    }

    /** The text after replacing, and how many matches were replaced. */
    public record Replaced(String text, int count) {}

    /** A replacement that was read: literal text and groups in turn. */
    public record Replacement(List<Object> parts) {
        static Replacement parse(String text, int groupCount, Map<String, Integer> names) {
            return new ReplacementReader(text, groupCount, names).read();
        }

        /** What takes the place of a match. */
        public String fill(Found found) {
            var filled = new StringBuilder();
            for (Object part : parts) {
                filled.append(part instanceof Integer group ? found.group(group) : part);
            }
            return filled.toString();
        }
    }
}
