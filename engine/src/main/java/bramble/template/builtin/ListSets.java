package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.TemplateException;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.BinaryOperator;

/** The filters lists_union, lists_intersect ... of community.general: sets of two lists or more, in the order of their items. */
@AutoService(Extensions.class)
public final class ListSets implements Extensions {
    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("lists_union", folded("union")),
                entry("lists_intersect", folded("intersect")),
                entry("lists_difference", folded("difference")),
                entry("lists_symmetric_difference", folded("symmetric_difference")));
    }

    /** One list after the other; with {@code flatten} the input is a list of them itself. */
    private static Filter folded(String filter) {
        return (input, arguments, evaluation) -> {
            Arguments rest = arguments.without("flatten");
            var lists = new ArrayList<Value>();
            if (arguments.bool(-1, "flatten", false)) {
                lists.addAll(evaluation.items(input));
            } else {
                lists.add(input);
            }
            lists.addAll(rest.positional());
            if (lists.size() < 2) {
                throw new TemplateException("lists_" + filter + " takes two lists or more, but there is "
                        + (lists.isEmpty() ? "none" : "one"));
            }
            BinaryOperator<Value> both = (a, b) -> evaluation.filter(filter, a, Arguments.of(b));
            return lists.stream().reduce(both).orElseThrow();
        };
    }
}
