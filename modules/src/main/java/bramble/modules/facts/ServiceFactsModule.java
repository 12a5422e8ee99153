package bramble.modules.facts;

import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.Lacking;
import bramble.modules.services.Service;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Unknown;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code service_facts}: the services of a node. */
@AutoService(AnyModule.class)
public final class ServiceFactsModule implements TaskModule<ServiceFactsModule.Args, ServiceFactsModule.Services> {

    /** It takes no arguments. */
    @Doc(value = "Lists the services: which run, which start at boot.", example = """
            - name: Which services are there?
              service_facts:
            """, returns = "ansible_facts: dict: services, with name, state, status and source by each name")
    public record Args() {}

    /** The services by name: a package may always bring another. */
    public record Services(MapValue byName) implements Lacking {
        @Override
        public boolean lacking() {
            return true;
        }
    }

    /** The services by name. */
    private record ServicesFact() implements Fact<Services> {
        @Override
        public Maybe<Services> after(Effect.Becomes<?> effect, Services current) {
            return Maybe.known(Service.altered(effect)
                    .map(name -> new Services(current.byName().with(name,
                            new Unknown(name + " would be made, or changed, before"))))
                    .orElse(current));
        }

        @Override
        public Sh script() {
            return Sh
                    .raw("""
                            if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
                              systemctl list-units --no-pager --no-legend --plain --type service --all 2>/dev/null |
                                while read -r n l a s r; do echo "unit $n $l $a $s"; done
                              systemctl list-unit-files --no-pager --no-legend --type service 2>/dev/null |
                                while read -r n s r; do echo "file $n $s"; done
                            elif command -v rc-status >/dev/null 2>&1; then
                              rc-status -a -s 2>/dev/null | sed -n 's/^ *\\([^ ]*\\) *\\[ *\\([a-z]*\\).*/openrc \\1 \\2/p'
                            else
                              for f in /etc/init.d/*; do
                                [ -x "$f" ] && [ -f "$f" ] || continue
                                n=${f##*/} e=disabled
                                for l in /etc/rc[S2345].d/S[0-9][0-9]"$n" /etc/rc.d/S[0-9][0-9]"$n"; do [ -e "$l" ] && e=enabled; done
                                r=unknown
                                for p in "/run/$n.pid" "/var/run/$n.pid"; do
                                  [ -r "$p" ] && { r=stopped; kill -0 "$(cat "$p")" 2>/dev/null && r=running; break; }
                                done
                                echo "sysv $n $r $e"
                              done
                              command -v service >/dev/null 2>&1 && service --status-all 2>/dev/null |
                                sed -n 's/^ *\\[ \\([-+?]\\) \\] *\\([^ ]*\\).*/said \\2 \\1/p'
                            fi; :""");
        }

        @Override
        public Services parse(Answer answer) {
            Map<String, MapValue> services = new TreeMap<>();
            for (String line : answer.text().lines().toList()) {
                String[] words = line.split(" ", -1);
                if (words.length < 3) {
                    continue;
                }
                String name = words[1];
                switch (words[0]) {
                    case "unit" -> services.put(name, service(name, state(words), status(words), "systemd"));
                    case "file" -> services.put(name, services
                            .getOrDefault(name,
                                    service(name, name.endsWith("@.service") ? "unknown" : "inactive", "", "systemd"))
                            .with("status", words[2]));
                    case "openrc" -> services.put(name,
                            service(name, words[2].equals("started") ? "running" : words[2], "unknown", "openrc"));
                    case "said" ->
                        services.computeIfPresent(name, (_, service) -> service.with("state", switch (words[2]) {
                            case "+" -> "running";
                            case "-" -> "stopped";
                            default -> "unknown";
                        }));
                    default ->
                        services.put(name, service(name, words[2], words.length > 3 ? words[3] : "unknown", "sysv"));
                }
            }
            return new Services(MapValue.named(services));
        }

        private static MapValue service(String name, String state, String status, String source) {
            return MapValue.of("name", name, "state", state, "status", status, "source", source);
        }

        private static String state(String[] words) {
            String sub = words.length > 4 ? words[4] : "";
            return sub.equals("running") ? "running" : sub.equals("failed") ? "failed" : "stopped";
        }

        private static String status(String[] words) {
            return words[2].equals("not-found")
                    ? "not-found"
                    : words.length > 4 && words[4].equals("failed") ? "failed" : "unknown";
        }
    }

    @Override
    public String name() {
        return "service_facts";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Services> inspect(Args args, Platform node) {
        return Inquiry.of(new ServicesFact());
    }

    @Override
    public List<String> facts(MapValue given) {
        return List.of("services");
    }

    @Override
    public Plan plan(Args args, Services services) {
        return Plan.NOTHING;
    }

    @Override
    public Verdict judge(Args args, Services services, Applied<Services> applied) {
        return Verdict.changed(false, MapValue.of("ansible_facts", MapValue.of("services", services.byName())));
    }
}
