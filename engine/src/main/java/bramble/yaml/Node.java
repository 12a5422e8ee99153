package bramble.yaml;

import bramble.problem.Source;
import java.util.List;
import java.util.Optional;

/** One node of a YAML document, with its place and tag. Aliases and merge keys are resolved. */
public sealed interface Node {
    Source source();

    /** The explicit tag, {@code !vault} or {@code !unsafe} say; empty where the node has none. */
    String tag();

    /**
     * A scalar.
     *
     * @param source where the text itself begins: after an opening quote, and for a block on its first line, so that a
     *        place inside the text can be counted from here
     * @param text as it was written, quotes and escapes undone: {@code 0644} is still "0644"
     * @param plain whether it was written without quotes and not as a block, so that YAML 1.1 gives it a type
     */
    record Scalar(Source source, String tag, String text, boolean plain) implements Node {}

    /** A sequence. */
    record Items(Source source, String tag, List<Node> items) implements Node {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** A mapping; of a key that stands twice only the last entry is here, and a warning was given. */
    record Fields(Source source, String tag, List<Field> fields) implements Node {
        public Fields {
            fields = List.copyOf(fields);
        }

        public Optional<Field> field(String name) {
            return fields.stream().filter(field -> field.name().equals(name)).findFirst();
        }
    }

    /** A key and its value. */
    record Field(Scalar key, Node value) {
        public String name() {
            return key.text();
        }
    }
}
