package bramble.modules.services;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Asks which modules Debian's Apache has, by their names; empty where there is no a2enmod. */
record ApacheModulesFact() implements Fact<Optional<Map<String, ApacheModulesFact.Loadable>>> {
    /**
     * A module.
     *
     * @param needs others that are enabled with it
     * @param conflicts others that must not be enabled with it
     */
    record Loadable(boolean enabled, List<String> needs, List<String> conflicts) {
        Loadable {
            needs = List.copyOf(needs);
            conflicts = List.copyOf(conflicts);
        }

        Loadable enabled(boolean now) {
            return new Loadable(now, needs, conflicts);
        }
    }

    @Override
    public Sh script() {
        return Sh.of("""
                command -v a2enmod >/dev/null && cd /etc/apache2/mods-available 2>/dev/null || exit 0
                printf 'has %s\\n' *.load
                grep -HE '^# *(Depends|Conflicts):' *.load /dev/null
                cd ../mods-enabled 2>/dev/null && printf 'enabled %s\\n' *.load; :""");
    }

    @Override
    public Optional<Map<String, Loadable>> parse(Answer answer) {
        Map<String, Loadable> modules = new TreeMap<>();
        for (String line : answer.text().lines().toList()) {
            String name = line.replaceFirst("^(has|enabled) ", "").replaceFirst("\\.load(:.*)?$", "");
            Loadable known = modules.getOrDefault(name, new Loadable(false, List.of(), List.of()));
            if (line.startsWith("enabled ")) {
                modules.computeIfPresent(name, (_, module) -> module.enabled(true));
            } else if (line.startsWith("has ")) {
                modules.put(name, known);
            } else {
                boolean conflicts = line.contains("Conflicts:");
                var others = new ArrayList<>(conflicts ? known.conflicts() : known.needs());
                others.addAll(List.of(line.replaceFirst("^.*(Depends|Conflicts):", "").strip().split("[\\s,]+", -1)));
                modules.put(name, new Loadable(known.enabled(), conflicts ? known.needs() : others,
                        conflicts ? others : known.conflicts()));
            }
        }
        return answer.text().isEmpty() ? Optional.empty() : Optional.of(modules);
    }
}
