package bramble.modules.databases;

import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One statement that a user wrote.
 *
 * @param text without a semicolon at its end
 * @param bare the text with blanks in place of comments, texts and quoted names: only what the server reads as words
 */
record Statement(String text, String bare) {
    private static final Pattern HOLE = Pattern.compile("%(?:\\((\\w+)\\))?(.)", Pattern.DOTALL);
    private static final Pattern QUOTED = Pattern.compile(
            "'(?:[^'\\\\]|\\\\.|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\\$(\\w*)\\$.*?\\$\\1\\$|--[^\n]*|/\\*.*?\\*/|#[^\n]*",
            Pattern.DOTALL);

    /** What a statement does to what a server keeps. */
    enum Kind {
        /** It reads, as far as its words tell. */
        READS,
        /** It makes, changes or removes rows, as many as there are. */
        ROWS,
        /** It makes, changes or removes something else. */
        SHAPE,
        /** It is about the session alone. */
        SESSION
    }

    static Statement of(String written) {
        String text = written.strip();
        while (text.endsWith(";")) {
            text = text.substring(0, text.length() - 1).stripTrailing();
        }
        Matcher matcher = QUOTED.matcher(text);
        var bare = new StringBuilder();
        while (matcher.find()) { // '#' begins a comment for MySQL alone: elsewhere nothing is lost by a word less
            matcher.appendReplacement(bare, " ".repeat(matcher.end() - matcher.start()));
        }
        matcher.appendTail(bare);
        return new Statement(text, bare.toString().toUpperCase(Locale.ROOT));
    }

    /** The first of its words, in capitals. */
    String verb() {
        return bare.strip().replaceFirst("^\\(+\\s*", "").split("[^A-Z]+", 2)[0];
    }

    Kind kind() {
        return switch (verb()) {
            case "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE" -> Kind.ROWS;
            case "CREATE", "DROP", "ALTER", "RENAME", "TRUNCATE", "GRANT", "REVOKE", "CALL", "LOAD", "COPY", "COMMENT",
                    "DO", "REINDEX", "CLUSTER", "VACUUM", "REASSIGN", "IMPORT", "INSTALL", "UNINSTALL" ->
                Kind.SHAPE;
            case "SET", "USE", "RESET", "BEGIN", "START", "COMMIT", "ROLLBACK", "LOCK", "UNLOCK", "FLUSH", "ANALYZE",
                    "OPTIMIZE", "CHECK", "DISCARD", "LISTEN", "NOTIFY", "CHECKPOINT" ->
                bare.matches("(?s)\\s*SET\\s+(GLOBAL|PERSIST|@@GLOBAL|@@PERSIST).*") ? Kind.SHAPE : Kind.SESSION;
            case "SELECT", "VALUES", "TABLE" -> has("INTO")
                    ? Kind.SHAPE
                    : has("(NEXTVAL|SETVAL|GET_LOCK|PG_ADVISORY_LOCK)") ? Kind.SESSION : Kind.READS;
            case "WITH" -> has("(INSERT|DELETE|MERGE|INTO)") || has("UPDATE .* SET") ? Kind.ROWS : Kind.READS;
            case "SHOW", "DESCRIBE", "DESC" -> Kind.READS;
            case "EXPLAIN" -> has("ANALYZE") ? Kind.SESSION : Kind.READS;
            default -> Kind.SHAPE;
        };
    }

    /** Whether it is several. */
    boolean several() {
        return bare.contains(";");
    }

    boolean has(String words) {
        return Pattern.compile("\\b" + words.replace(" ", "\\s+") + "\\b", Pattern.DOTALL).matcher(bare).find();
    }

    /** Whether it is sure to change something: rows that are named, or what isn't there yet. */
    boolean surelyChanges() {
        return switch (kind()) {
            case ROWS -> verb().equals("INSERT") && has("VALUES") && !has("IGNORE") && !has("ON CONFLICT");
            case SHAPE -> !has("IF NOT EXISTS") && !has("IF EXISTS");
            case READS, SESSION -> false;
        };
    }

    /**
     * The text with values in place of {@code %s} and {@code %(name)s}; as it is where there are no arguments.
     *
     * @param literal how a value is written
     */
    static String filled(String text, Optional<List<Value>> positional, Optional<MapValue> named,
            Function<Value, String> literal) {
        if (positional.isEmpty() && named.isEmpty()) {
            return text;
        }
        Matcher matcher = HOLE.matcher(text);
        var filled = new StringBuilder();
        int next = 0;
        while (matcher.find()) {
            String value;
            if (matcher.group(2).equals("%") && matcher.group(1) == null) {
                value = "%";
            } else if (!matcher.group(2).equals("s") && !matcher.group(2).equals("b")) {
                throw new IllegalArgumentException("Cannot execute SQL '" + text + "': " + matcher.group()
                        + " is no place for an argument: write %s, %(name)s, or %% for a percent sign");
            } else if (matcher.group(1) != null) {
                String name = matcher.group(1);
                value = literal.apply(named.flatMap(all -> all.get(name)).orElseThrow(
                        () -> new IllegalArgumentException("Cannot execute SQL '" + text + "': named_args has no "
                                + name)));
            } else {
                List<Value> values = positional.orElse(List.of());
                if (next >= values.size()) {
                    throw new IllegalArgumentException("Cannot execute SQL '" + text + "': it has more places than the "
                            + values.size() + " arguments of positional_args");
                }
                value = literal.apply(values.get(next++));
            }
            matcher.appendReplacement(filled, Matcher.quoteReplacement(value));
        }
        matcher.appendTail(filled);
        if (next < positional.map(List::size).orElse(0)) {
            throw new IllegalArgumentException("Cannot execute SQL '" + text + "': it has " + next
                    + " places for the " + positional.map(List::size).orElse(0) + " arguments of positional_args");
        }
        return filled.toString();
    }

    /** The statements of an argument that is one text or a list of them. */
    static List<String> texts(Value query) {
        var texts = new ArrayList<String>();
        for (Value one : query instanceof bramble.value.ListValue list ? list.items() : List.of(query)) {
            if (!(one instanceof bramble.value.Text)) {
                throw new IllegalArgumentException(
                        "query must be a text, or a list of texts, not " + PythonText.of(one));
            }
            texts.add(PythonText.of(one));
        }
        return List.copyOf(texts);
    }
}
