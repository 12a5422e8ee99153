package bramble.modules.containers;

import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A container.
 *
 * @param image the image's id
 * @param imageName what it was made of, as it was named then
 * @param status created, running, paused, exited ...
 * @param health healthy, unhealthy, starting; empty where nothing checks it
 * @param ends its places in networks, by network
 * @param told all that docker tells of it; unknown for one that isn't there yet
 */
record ContainerState(String image, String imageName, String status, String health, Map<Setting, Value> settings,
        Map<String, NetworkEnd> ends, Value told) {
    static final String RUNNING = "running";
    static final String PAUSED = "paused";

    ContainerState {
        settings = Map.copyOf(settings);
        ends = Map.copyOf(ends);
    }

    static ContainerState of(MapValue told) {
        var settings = new EnumMap<Setting, Value>(Setting.class);
        for (Setting setting : Setting.values()) {
            settings.put(setting, setting.of(told));
        }
        var ends = new LinkedHashMap<String, NetworkEnd>();
        Tree.map(told, "NetworkSettings", "Networks").forEach((name, end) -> ends.put(name, NetworkEnd.told(end)));
        return new ContainerState(Tree.text(told, "Image"), Tree.text(told, "Config", "Image"),
                Tree.text(told, "State", "Status"), Tree.text(told, "State", "Health", "Status"), settings, ends, told);
    }

    boolean runs() {
        return status.equals(RUNNING) || status.equals("restarting") || paused();
    }

    boolean paused() {
        return status.equals(PAUSED);
    }

    /** What a setting is; of a predicted container, what nobody asked for is unknown and differs from all. */
    Value get(Setting setting) {
        return settings.getOrDefault(setting, new Text(""));
    }

    /** This one, with another state; docker would have more to tell then. */
    ContainerState with(String nextStatus, String nextHealth, Map<Setting, Value> changed,
            Map<String, NetworkEnd> nextEnds) {
        var all = new EnumMap<Setting, Value>(Setting.class);
        all.putAll(settings);
        all.putAll(changed);
        return new ContainerState(image, imageName, nextStatus, nextHealth, all, nextEnds,
                new Unknown("the container would be changed first"));
    }
}
