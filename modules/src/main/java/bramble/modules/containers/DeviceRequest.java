package bramble.modules.containers;

import bramble.args.Arg;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Devices that a driver hands to a container, in the words of {@code docker --gpus}, which asks for graphics processors alone. */
public record DeviceRequest(@Arg("The driver: nvidia.") Optional<String> driver,
        @Arg("How many of them; -1 for all.") Optional<Integer> count,
        @Arg("Which of them.") Optional<List<String>> deviceIds,
        @Arg("What they have to be able to do: a list with one list of words, gpu among them.") Optional<List<Value>> capabilities,
        @Arg("Options of the driver.") Optional<MapValue> options) {
    private static final String GPU = "gpu";

    String word() {
        List<Value> given = capabilities.orElse(List.of());
        List<String> words = given.size() == 1 ? Tree.texts(given.getFirst()) : List.of();
        if (!words.contains(GPU)) {
            throw new IllegalArgumentException("Tried to read device_requests, but docker's command asks only for"
                    + " devices with the capability gpu: capabilities has to be one list with gpu in it, as in [[gpu]].");
        }
        long many = count.isPresent() ? count.get() : deviceIds.isPresent() ? 0 : 1;
        return word(driver.orElse(""), many, deviceIds.orElse(List.of()), words,
                options.map(MapValue::byName).orElse(Map.of()));
    }

    /** The same of what docker tells. */
    static String told(Value request) {
        return word(Tree.text(request, "Driver"), Tree.number(request, "Count"), Tree.texts(request, "DeviceIDs"),
                Tree.list(request, "Capabilities").stream().flatMap(one -> Tree.texts(one).stream()).toList(),
                Tree.map(request, "Options"));
    }

    private static String word(String driver, long count, List<String> devices, List<String> capabilities,
            Map<String, Value> options) {
        var fields = new ArrayList<String>();
        if (!driver.isEmpty()) {
            fields.add("driver=" + driver);
        }
        if (devices.isEmpty() || count != 0) {
            fields.add("count=" + (count < 0 ? "all" : String.valueOf(count)));
        }
        if (!devices.isEmpty()) {
            fields.add("device=" + String.join(",", devices));
        }
        var more = new TreeSet<>(capabilities); // docker adds gpu itself
        more.remove(GPU);
        if (!more.isEmpty()) {
            fields.add("capabilities=" + String.join(",", more));
        }
        if (!options.isEmpty()) {
            fields.add("options=" + String.join(",", new TreeMap<>(options).entrySet().stream()
                    .map(one -> one.getKey() + "=" + Tree.text(one.getValue())).toList()));
        }
        return MountSpec.line(fields);
    }
}
