package bramble.playbook;

import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a group of modules says of itself, among its members: {@code metadata} with the groups that it extends. */
record GroupMetadata(String group, List<Value> entries) {
    /** What is wrong with it. */
    Optional<String> wrong() {
        List<MapValue> about = entries.stream().filter(MapValue.class::isInstance).map(MapValue.class::cast).toList();
        Optional<String> why = about.size() > 1
                ? Optional.of("The group contains multiple metadata entries.")
                : about.stream().findFirst().flatMap(GroupMetadata::wrong);
        return why.map(text -> "Invalid metadata was found for action_group " + group
                + " while loading module_defaults. " + text);
    }

    private static Optional<String> wrong(MapValue entry) {
        if (entry.entries().size() != 1 || entry.get("metadata").isEmpty()) {
            return Optional.of("The only expected key is metadata, but got keys: " + names(entry.byName()));
        }
        Value metadata = entry.get("metadata").get();
        if (!(metadata instanceof MapValue options)) {
            return Optional.of("The metadata is not a dictionary. Got " + PythonText.of(metadata));
        }
        Map<String, Value> unknown = options.without("extend_group").byName();
        if (!unknown.isEmpty()) {
            return Optional.of("The metadata contains unexpected keys: " + names(unknown));
        }
        return options.get("extend_group")
                .filter(value -> !(value instanceof ListValue) && !(value instanceof Text))
                .map(value -> "The metadata contains unexpected key types: extend_group is " + PythonText.of(value)
                        + " (expected type list)");
    }

    private static String names(Map<String, Value> keys) {
        return keys.keySet().stream().sorted().collect(Collectors.joining(", "));
    }
}
