package bramble.value;

import java.math.BigInteger;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One value. Values don't change, except a {@link ListValue} or {@link MapValue} that was {@linkplain #thaw() thawed} for
 * a template which calls a method like {@code append}.
 */
public sealed interface Value permits None, Bool, Int, Real, Text, Template, Vaulted, ListValue, TupleValue, MapValue,
        Undefined, Unknown, Omit, Callable, ObjectValue {

    /**
     * The value for a plain Java object: null, Boolean, Integer, Long, BigInteger, Double, CharSequence, Collection, Map,
     * or a value itself. Text made here is plain: it is never evaluated as a template.
     */
    static Value of(@org.jspecify.annotations.Nullable Object object) {
        return switch (object) {
            case null -> None.NONE;
            case Value value -> value;
            case Boolean flag -> Bool.of(flag);
            case Integer number -> Int.of(number);
            case Long number -> Int.of(number);
            case BigInteger number -> new Int(number);
            case Float number -> new Real(number);
            case Double number -> new Real(number);
            case CharSequence text -> new Text(text.toString());
            case Collection<?> items -> new ListValue(items.stream().map(Value::of).toList());
            case Map<?, ?> map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.forEach((key, value) -> entries.put(of(key), of(value)));
                yield new MapValue(entries);
            }
            default -> throw new IllegalArgumentException("no value can be made of a " + object.getClass());
        };
    }

    static Text text(String text) {
        return new Text(text);
    }

    static ListValue texts(List<String> texts) {
        return new ListValue(texts.stream().<Value>map(Text::new).toList());
    }

    /**
     * Whether it is finished data alone, as JSON has it: no template, tuple, undefined, unknown or callable part, nothing
     * that may change. Such a value needs no walk to be evaluated.
     */
    default boolean plain() {
        return switch (this) {
            case None _,Bool _,Int _,Real _,Text _,Omit _ -> true;
            case Template _,Vaulted _,ListValue _,TupleValue _,MapValue _,Undefined _,Unknown _,Callable _,ObjectValue _ ->
                false;
        };
    }

    /** A deep copy that may be changed in place; values without parts are their own copy. */
    default Value thaw() {
        return this;
    }
}
