package bramble.image;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * What config.txt and cmdline.txt are to have, for every model.
 *
 * @param settings by their names
 * @param dtparam parameters of the board's own device tree
 * @param dtoverlay each as it stands behind {@code dtoverlay=}
 * @param cmdline words
 */
public record BootSettings(SequencedMap<String, String> settings, SequencedMap<String, String> dtparam,
        List<String> dtoverlay, List<String> cmdline) {
    static final BootSettings NONE = new BootSettings(new LinkedHashMap<>(), new LinkedHashMap<>(), List.of(),
            List.of());

    public BootSettings {
        settings = new LinkedHashMap<>(settings);
        dtparam = new LinkedHashMap<>(dtparam);
        dtoverlay = List.copyOf(dtoverlay);
        cmdline = List.copyOf(cmdline);
    }

    String config(String text) {
        var config = new ConfigTxt(text);
        settings.forEach((name, value) -> config.set(ConfigTxt.ALL, name, Optional.of(value)));
        dtparam.forEach((name, value) -> config.dtparam(ConfigTxt.ALL, name, Optional.of(value)));
        Map<String, List<String>> byName = dtoverlay.stream()
                .collect(Collectors.groupingBy(ConfigTxt::overlay, LinkedHashMap::new, Collectors.toList()));
        byName.values().forEach(overlays -> config.overlays(ConfigTxt.ALL, overlays));
        return config.text();
    }

    /** The first line of config.txt that the firmware would cut. */
    Optional<String> tooLong(String text) {
        return new ConfigTxt(config(text)).tooLong().stream().filter(line -> !text.contains(line)).findFirst();
    }

    boolean isEmpty() {
        return settings.isEmpty() && dtparam.isEmpty() && dtoverlay.isEmpty();
    }
}
