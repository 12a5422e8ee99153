package bramble.value;

import java.util.List;
import java.util.Map;

/** Something that an expression can call: a macro, a global function, a bound method. */
@FunctionalInterface
public non-sealed interface Callable extends Value {
    Value call(List<Value> positional, Map<String, Value> named);
}
