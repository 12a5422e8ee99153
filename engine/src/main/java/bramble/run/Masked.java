package bramble.run;

import bramble.event.HostResult;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.value.Secrets;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.LinkedHashMap;
import java.util.List;

/** Changes as listeners may see them. */
final class Masked {
    private Masked() {}

    static List<Change> changes(List<Change> changes, Secrets secrets) {
        return changes.stream().map(change -> new Change(secrets.mask(change.subject()), diff(change.diff(), secrets),
                List.of(), List.of())).toList();
    }

    static Diff diff(Diff diff, Secrets secrets) {
        return new Diff(value(diff.before(), secrets), value(diff.after(), secrets), diff.header(),
                diff.prepared());
    }

    /** A result, with what can't be known said so. */
    static MapValue result(MapValue result, Secrets secrets) {
        return (MapValue) value(result, secrets);
    }

    private static Value value(Value value, Secrets secrets) {
        return secrets.mask(told(value));
    }

    private static Value told(Value value) {
        return switch (value) {
            case Unknown(String why) -> new Text(HostResult.UNKNOWN + why + ")");
            case ListValue list -> new ListValue(list.items().stream().map(Masked::told).toList());
            case TupleValue(List<Value> items) -> new ListValue(items.stream().map(Masked::told).toList());
            case MapValue map -> {
                var told = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, one) -> told.put(key, told(one)));
                yield new MapValue(told);
            }
            default -> value;
        };
    }
}
