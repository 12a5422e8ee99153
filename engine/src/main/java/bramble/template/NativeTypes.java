package bramble.template;

import bramble.value.PythonLiteral;
import bramble.value.Text;
import bramble.value.Value;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the setting {@code jinja2_native} adds: where a template gives a text that Python would read as a literal, it gives the
 * literal's value; and {@code type_debug} tells of a text where it came from. Texts that it has seen are known again by
 * identity, as long as they are in use.
 *
 * @see <a href="https://jinja.palletsprojects.com/en/stable/nativetypes/">Native Python Types</a>
 */
final class NativeTypes {
    /** Whose text stays text, whatever it reads as: the default of the setting {@code string_type_filters}. */
    private static final Set<String> TEXT_FILTERS = Set.of("string", "to_json", "to_nice_json", "to_yaml",
            "to_nice_yaml", "ppretty", "json");

    private final Map<Known, String> types = new ConcurrentHashMap<>();
    private final ReferenceQueue<Text> gone = new ReferenceQueue<>();

    /** A text, by identity. */
    private static final class Known extends WeakReference<Text> {
        private final int hash;

        Known(Text text, ReferenceQueue<Text> gone) {
            super(text, gone);
            this.hash = System.identityHashCode(text);
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // equal texts may have come from different places
        public boolean equals(Object other) {
            return this == other || (other instanceof Known known && get() != null && get() == known.get());
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** What a template's value is then. */
    Value of(Parsed template, Value value) {
        if (!(value instanceof Text text) || type(text).isPresent()) {
            return value;
        }
        Optional<Expression> alone = template instanceof Parsed.Lone(Expression expression, _)
                ? Optional.of(expression)
                : Optional.empty();
        if (alone.orElse(null) instanceof Expression.Filtered filtered && TEXT_FILTERS.contains(filtered.name())) {
            return known(text.value(), "NativeJinjaText");
        }
        Value read = read(text.value());
        if (!(read instanceof Text)) {
            return read;
        }
        boolean variable = alone.filter(expression -> expression instanceof Expression.Name
                || expression instanceof Expression.Attribute || expression instanceof Expression.Item).isPresent();
        return variable ? text : known(text.value(), "str");
    }

    /** The value of a text that reads as a literal; quotes stay where they are. */
    static Value read(String text) {
        return PythonLiteral.read(text).filter(value -> !(value instanceof Text)).orElseGet(() -> new Text(text));
    }

    /** A text that is not read any more. */
    Text known(String text, String type) {
        var made = new Text(text);
        for (Reference<?> old; (old = gone.poll()) != null;) {
            types.remove(old);
        }
        types.put(new Known(made, gone), type);
        return made;
    }

    /** Where a text came from; empty for what the user wrote, which Python calls {@code AnsibleUnicode}. */
    Optional<String> type(Text text) {
        return Optional.ofNullable(types.get(new Known(text, gone)));
    }
}
