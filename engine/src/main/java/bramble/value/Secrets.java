package bramble.value;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The secrets that one run has learnt, and the mask that keeps them out of everything that is shown or stored. Any thread
 * may add and mask at any time.
 */
public final class Secrets {
    /** What stands in the place of a secret. */
    public static final String MASK = "********";
    /** Shorter secrets would mask half of all output; they are masked only where they are a whole text. */
    private static final int SHORTEST = 4;
    /** Lines of a secret that are shorter are masked only together with their neighbours: "}" says nothing. */
    private static final int SHORTEST_LINE = 8;
    private static final int FILTER_BITS = 1 << 18;
    /**
     * What a person may have thought up, and may be a part of other words by chance: short, or letters alone. A longer one, and
     * one that mixes letters with digits, is masked everywhere.
     */
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]{1,5}|[\\p{L}_]{1,15}|[\\p{N}_]{1,15}");
    private static final Pattern LONG_NUMBER = Pattern.compile("(?:[^0-9]*[0-9]){4}.*");
    /** The ends of what may stand before a word and look like letters: escapes, colours, an option of one letter. */
    private static final Pattern BEFORE = Pattern
            .compile(
                    "(?:\\\\[a-z0]|\\\\u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2}|\u001b\\[[0-9;]*m|(?<![\\p{L}\\p{N}_])-[a-zA-Z])\\z");
    private static final int LONGEST_BEFORE = 16;

    /**
     * A text to be masked.
     *
     * @param word whether it counts only where it is a whole word
     */
    private record Known(String text, boolean word) {}

    private final Map<Long, List<Known>> byStart = new ConcurrentHashMap<>();
    private final Set<String> wholes = ConcurrentHashMap.newKeySet();
    /** One bit for a hash of four letters: lets most places of a text pass without a look at the map. */
    private final AtomicLongArray filter = new AtomicLongArray(FILTER_BITS / Long.SIZE);

    /**
     * From now on the text is masked, also as JSON, Python, a shell's quotes, a web address or Base64 would have it; of
     * several lines, each long one by itself.
     */
    public void add(String secret) {
        if (secret.isBlank()) {
            return;
        }
        wholes.add(secret);
        boolean word = WORD.matcher(secret.strip()).matches();
        remember(secret, word);
        remember(secret.strip(), word);
        forms(secret).forEach(form -> remember(form, word));
        if (secret.indexOf('\n') >= 0) {
            secret.lines().map(String::strip).filter(line -> line.length() >= SHORTEST_LINE)
                    .flatMap(line -> Stream.concat(Stream.of(line), forms(line)))
                    .forEach(line -> remember(line, false));
        }
    }

    /** Numbers of fewer than four digits would mask half of all output. */
    private void addNumber(Value number) {
        String text = PythonText.of(number);
        if (LONG_NUMBER.matcher(text).matches()) {
            wholes.add(text);
            remember(text, true);
        }
    }

    /** Adds every text and every long number in a value, however deep: for variables that were in an encrypted file. */
    public void addAll(Value value) {
        switch (value) {
            case Text(String text) -> add(text);
            case Template template -> add(template.text());
            case ListValue list -> list.items().forEach(this::addAll);
            case TupleValue tuple -> tuple.items().forEach(this::addAll);
            case MapValue map -> map.entries().values().forEach(this::addAll);
            case Int _,Real _ -> addNumber(value);
            case None _,Bool _,Vaulted _,Undefined _,Unknown _,Omit _,Callable _,ObjectValue _ -> {
                // a flag would mask half of all output; the rest holds no text
            }
        }
    }

    /** The text with {@link #MASK} in place of each secret. */
    public String mask(String text) {
        if (wholes.isEmpty()) {
            return text;
        }
        if (wholes.contains(text)) {
            return MASK;
        }
        if (text.length() < SHORTEST) {
            return text;
        }
        StringBuilder masked = null;
        int copied = 0; // up to here the text is in masked, or covered by a mask
        int covered = 0; // up to here the secrets found so far reach; where they overlap, one mask covers them
        long start = ((long) text.charAt(0) << 32) | ((long) text.charAt(1) << 16) | text.charAt(2);
        for (int i = 0; i + SHORTEST <= text.length(); i++) {
            start = (start << 16) | text.charAt(i + SHORTEST - 1);
            int length = passes(start) ? longest(start, text, i) : 0;
            if (length > 0) {
                if (masked == null) {
                    masked = new StringBuilder(text.length());
                }
                if (i >= covered) {
                    masked.append(text, copied, i).append(MASK);
                }
                covered = Math.max(covered, i + length);
                copied = covered;
            }
        }
        return masked == null ? text : masked.append(text, copied, text.length()).toString();
    }

    /** The value with every text in it masked; keys stay. */
    public Value mask(Value value) {
        return switch (value) {
            case Text(String text) -> new Text(mask(text));
            case Template(String text, var source) -> new Template(mask(text), source);
            case ListValue list -> new ListValue(list.items().stream().map(this::mask).toList());
            case TupleValue(List<Value> items) -> new TupleValue(items.stream().map(this::mask).toList());
            case MapValue map -> {
                var entries = new java.util.LinkedHashMap<Value, Value>();
                map.entries().forEach((key, entry) -> entries.put(key, mask(entry)));
                yield new MapValue(entries);
            }
            case Int _,Real _ -> !wholes.isEmpty() && wholes.contains(PythonText.of(value)) ? new Text(MASK) : value;
            case None _,Bool _,Vaulted _,Undefined _,Unknown _,Omit _,Callable _,ObjectValue _ -> value;
        };
    }

    private void remember(String secret, boolean word) {
        if (secret.length() < SHORTEST) {
            return;
        }
        long start = 0;
        for (int i = 0; i < SHORTEST; i++) {
            start = (start << 16) | secret.charAt(i);
        }
        var known = new Known(secret, word);
        byStart.merge(start, List.of(known), (old, added) -> old.contains(known)
                ? old
                : Stream.concat(old.stream(), added.stream()).sorted((a, b) -> b.text.length() - a.text.length())
                        .toList());
        int bit = bit(start);
        filter.accumulateAndGet(bit / Long.SIZE, 1L << (bit % Long.SIZE), (bits, one) -> bits | one);
    }

    private boolean passes(long start) {
        int bit = bit(start);
        return (filter.get(bit / Long.SIZE) & (1L << (bit % Long.SIZE))) != 0;
    }

    private static int bit(long start) {
        return (int) ((start * 0x9E3779B97F4A7C15L) >>> 46);
    }

    private int longest(long start, String text, int at) {
        for (Known secret : byStart.getOrDefault(start, List.of())) {
            if (text.startsWith(secret.text, at)
                    && (!secret.word || isWord(text, at, at + secret.text.length()))) {
                return secret.text.length();
            }
        }
        return 0;
    }

    /** Whether no other word goes on before or behind. */
    private static boolean isWord(String text, int from, int to) {
        boolean ends = to == text.length() || !inWord(text.charAt(to - 1)) || !inWord(text.charAt(to));
        boolean begins = from == 0 || !inWord(text.charAt(from)) || !inWord(text.charAt(from - 1));
        return ends && (begins || BEFORE.matcher(text.substring(Math.max(0, from - LONGEST_BEFORE), from)).find());
    }

    private static boolean inWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    /** The text as what quotes or encodes it writes it. */
    private static Stream<String> forms(String text) {
        String escaped = escaped(text);
        String address = URLEncoder.encode(text, StandardCharsets.UTF_8);
        return Stream.of(escaped, escaped.replace("\\\"", "\"").replace("'", "\\'"), text.replace("'", "'\"'\"'"),
                text.replace("'", "'\\''"), address, address.replace("+", "%20"),
                address.replace("+", "%20").replace("%2F", "/"),
                Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))).distinct();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r").replace("\t",
                "\\t");
    }
}
