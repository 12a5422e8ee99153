package bramble.template;

import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A template that was read, ready to be evaluated any number of times. */
sealed interface Parsed permits Parsed.Plain, Parsed.Lone, Parsed.Mixed, Document {
    /** Its value: the expression's own where it is one expression alone, otherwise text. */
    Value value(Evaluator evaluator);

    /** Its text. */
    default String text(Evaluator evaluator) {
        Value value = value(evaluator);
        if (value instanceof Unknown(String why)) {
            throw new UnknownValueException(why);
        }
        return evaluator.text(value);
    }

    /** Text without anything to evaluate. */
    record Plain(Text text) implements Parsed {
        @Override
        public Value value(Evaluator evaluator) {
            return text;
        }
    }

    /** One expression alone. */
    record Lone(Expression expression, boolean mutating) implements Parsed {
        @Override
        public Value value(Evaluator evaluator) {
            if (mutating) {
                evaluator.mutate();
            }
            Value value = evaluator.eval(expression, null);
            return mutating ? evaluator.finish(value) : value;
        }
    }

    /** Text and expressions, without tags. Where a newline alone follows one expression, a list or mapping stays what it is. */
    record Mixed(List<Part> parts, int newlines, String newline, boolean mutating) implements Parsed {
        @Override
        public Value value(Evaluator evaluator) {
            return value(evaluator, parts.size() == 1);
        }

        @Override
        public String text(Evaluator evaluator) {
            Value value = value(evaluator, false);
            if (value instanceof Unknown(String why)) {
                throw new UnknownValueException(why);
            }
            return evaluator.text(value);
        }

        /** @param alone whether a list or mapping is no text */
        private Value value(Evaluator evaluator, boolean alone) {
            if (mutating) {
                evaluator.mutate();
            }
            var out = new StringBuilder();
            for (Part part : parts) {
                switch (part) {
                    case Part.Data(String text) -> out.append(text);
                    case Part.Output(Expression expression) -> {
                        Value value = evaluator.late(evaluator.eval(expression, null));
                        if (alone && (value instanceof ListValue || value instanceof MapValue)) {
                            return mutating ? evaluator.finish(value) : value;
                        }
                        if (value instanceof Unknown) {
                            return value;
                        }
                        try {
                            out.append(evaluator.text(value));
                        } catch (UnknownValueException e) {
                            return new Unknown(e.why());
                        } catch (bramble.problem.ProblemException e) {
                            throw Python.placed(e, evaluator.place(expression.at()));
                        }
                    }
                    case Part.Tag _ -> throw new IllegalStateException();
                }
            }
            Parsed.restore(out, newlines, newline);
            return new Text(out.toString());
        }
    }

    /** Adds the newlines at the end of a template that its text has lost, as Ansible does. */
    static void restore(StringBuilder out, int newlines, String newline) {
        int there = 0;
        while (there < out.length() && out.charAt(out.length() - 1 - there) == '\n') {
            there++;
        }
        out.repeat(newline, Math.max(0, newlines - there));
    }

    static int newlines(String text) {
        int count = 0;
        while (count < text.length() && text.charAt(text.length() - 1 - count) == '\n') {
            count++;
        }
        return count;
    }

    /** Reads each text once. */
    final class Cache {
        private static final int MOST = 50_000;
        private static final int MOST_DOCUMENTS = 1_000;

        private final ConcurrentHashMap<String, Parsed> inline = new ConcurrentHashMap<>();
        private final ConcurrentHashMap<String, Lone> expressions = new ConcurrentHashMap<>();
        private final ConcurrentHashMap<Key, Parsed> documents = new ConcurrentHashMap<>();
        private final ConcurrentHashMap<Key, Document> tagged = new ConcurrentHashMap<>();

        private record Key(String text, DocumentOptions options) {}

        /** A template inside YAML. */
        Parsed inline(String text) {
            return cached(inline, MOST, text, key -> parse(key, DocumentOptions.INLINE, true));
        }

        /** A template file's text. */
        Parsed document(String text, DocumentOptions options) {
            return cached(documents, MOST_DOCUMENTS, new Key(text, options),
                    key -> parse(key.text(), key.options(), false));
        }

        /** A file that is included, imported or extended: a document, also where it has no tags. */
        Document tagged(String text, DocumentOptions options) {
            return cached(tagged, MOST_DOCUMENTS, new Key(text, options),
                    key -> DocumentReader.read(key.text(), key.options(),
                            Scanner.scan(key.text(), 0, key.options(), false),
                            0));
        }

        /** A bare expression. */
        Lone expression(String text) {
            return cached(expressions, MOST, text, key -> {
                var parser = new Parser(key, 0, key.length());
                Expression expression = parser.tuple();
                parser.end();
                return new Lone(expression, parser.mutating());
            });
        }

        private static <K, V> V cached(ConcurrentHashMap<K, V> cache, int most, K key, Function<K, V> parse) {
            V there = cache.get(key);
            if (there != null) {
                return there;
            }
            if (cache.size() > most) {
                cache.clear();
            }
            V made = parse.apply(key);
            cache.put(key, made);
            return made;
        }

        private static Parsed parse(String text, DocumentOptions options, boolean inline) {
            return parse(text, Overrides.read(text, options), inline);
        }

        private static Parsed parse(String text, Overrides overrides, boolean inline) {
            DocumentOptions options = overrides.options();
            Scanner.Result scanned = Scanner.scan(text, overrides.start(), options, inline);
            List<Part> parts = scanned.parts();
            int newlines = options.keepTrailingNewline() ? newlines(text) : 0;
            if (parts.stream().anyMatch(Part.Tag.class::isInstance)) {
                return DocumentReader.read(text, options, scanned, newlines);
            }
            if (parts.size() == 1 && parts.getFirst() instanceof Part.Output(Expression expression) && newlines == 0) {
                if (inline && expression instanceof Expression.TupleOf(List<Expression> items, _) && items.isEmpty()) {
                    return new Plain(new Text("()")); // to Ansible a text, since it is neither a list nor a mapping
                }
                return new Lone(expression, scanned.mutating());
            }
            if (parts.stream().allMatch(Part.Data.class::isInstance)) {
                var out = new StringBuilder();
                parts.forEach(part -> out.append(((Part.Data) part).text()));
                restore(out, newlines, options.newlineSequence());
                return new Plain(new Text(out.toString()));
            }
            return new Mixed(parts, newlines, options.newlineSequence(), scanned.mutating());
        }
    }
}
