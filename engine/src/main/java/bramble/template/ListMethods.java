package bramble.template;

import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.TupleValue;
import bramble.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The methods of lists and tuples. Those that change a list do so only in a thawed one. */
final class ListMethods {
    private ListMethods() {}

    static Optional<Value> of(TupleValue tuple, String name) {
        return reading(tuple.items(), "tuple", name);
    }

    static Optional<Value> of(ListValue list, String name) {
        List<Value> items = list.items();
        return switch (name) {
            case "append" -> Methods.bound(a -> {
                changed(list).add(a.value(0, "object"));
                return None.NONE;
            });
            case "extend" -> Methods.bound(a -> {
                changed(list).addAll(List.copyOf(Python.items(a.value(0, "iterable"))));
                return None.NONE;
            });
            case "insert" -> Methods.bound(a -> {
                int index = a.integer(0, "index").intValue();
                int size = items.size();
                changed(list).add(index < 0 ? Math.max(0, size + index) : Math.min(size, index), a.value(1, "object"));
                return None.NONE;
            });
            case "pop" -> Methods.bound(a -> {
                int index = a.integer(0, "index", -1);
                int place = index < 0 ? items.size() + index : index;
                if (place < 0 || place >= items.size()) {
                    throw new TemplateException(items.isEmpty() ? "pop from empty list" : "pop index out of range");
                }
                return changed(list).remove(place);
            });
            case "remove" -> Methods.bound(a -> {
                int place = find(items, a.value(0, "value"), 0, items.size());
                if (place < 0) {
                    throw new TemplateException("list.remove(x): x not in list");
                }
                changed(list).remove(place);
                return None.NONE;
            });
            case "clear" -> Methods.bound(_ -> {
                changed(list).clear();
                return None.NONE;
            });
            case "reverse" -> Methods.bound(_ -> {
                Collections.reverse(changed(list));
                return None.NONE;
            });
            case "sort" -> Methods.bound(a -> {
                Comparator<Value> order = Python::compare;
                changed(list).sort(a.bool(-1, "reverse", false) ? order.reversed() : order);
                return None.NONE;
            });
            case "copy" -> Methods.bound(_ -> list.thawed() ? ListValue.thawed(new ArrayList<>(items)) : list);
            default -> reading(items, "list", name);
        };
    }

    private static List<Value> changed(ListValue list) {
        if (!list.thawed()) {
            throw new TemplateException("this list can't be changed in place");
        }
        return list.items();
    }

    private static Optional<Value> reading(List<Value> items, String type, String name) {
        return switch (name) {
            case "index" -> Methods.bound(a -> {
                Value wanted = a.value(0, "value");
                int from = a.integer(1, "start", 0);
                int to = a.integer(2, "stop", items.size());
                int place = find(items, wanted, from < 0 ? Math.max(0, items.size() + from) : from,
                        to < 0 ? items.size() + to : Math.min(to, items.size()));
                if (place < 0) {
                    throw new TemplateException(type.equals("list")
                            ? PythonText.repr(wanted) + " is not in list"
                            : "tuple.index(x): x not in tuple");
                }
                return Int.of(place);
            });
            case "count" -> Methods.bound(a -> {
                Value wanted = a.value(0, "value");
                return new Int(BigInteger.valueOf(items.stream().filter(item -> Python.equal(item, wanted)).count()));
            });
            default -> Optional.empty();
        };
    }

    private static int find(List<Value> items, Value wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (Python.equal(items.get(i), wanted)) {
                return i;
            }
        }
        return -1;
    }
}
