package bramble.template;

import bramble.value.MapValue;
import bramble.value.ObjectValue;
import bramble.value.Value;
import java.util.Optional;

/** What a lookup found that gives a mapping where others give a list. */
public record OneMapping(MapValue map) implements ObjectValue {
    @Override
    public String type() {
        return "dict";
    }

    @Override
    public Optional<Value> attribute(String name) {
        return Optional.empty();
    }
}
