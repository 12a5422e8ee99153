package bramble.playbook;

import bramble.value.Template;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The keywords that were given, of those that have one value. */
public record Settings(Map<Keyword, Setting> given) {
    public static final Settings NONE = new Settings(Map.of());

    public Settings {
        var copy = new EnumMap<Keyword, Setting>(Keyword.class);
        copy.putAll(given);
        given = Collections.unmodifiableMap(copy);
    }

    public Optional<Setting> find(Keyword keyword) {
        return Optional.ofNullable(given.get(keyword));
    }

    /** Both; these are the stronger ones. */
    Settings over(Settings others) {
        var all = new EnumMap<Keyword, Setting>(Keyword.class);
        all.putAll(others.given);
        all.putAll(given);
        return new Settings(all);
    }

    /** These, and from the surroundings what is inherited and not given here. */
    public Settings within(Settings outer) {
        var all = new EnumMap<Keyword, Setting>(Keyword.class);
        outer.given.forEach((keyword, setting) -> {
            if (keyword.inherited()) {
                all.put(keyword, setting);
            }
        });
        given.forEach((keyword, setting) -> {
            Setting around = all.get(keyword);
            all.put(keyword, around != null && setting.value() instanceof Template
                    ? new Setting(setting.value(), setting.source(), Optional.of(around))
                    : setting);
        });
        return new Settings(all);
    }
}
