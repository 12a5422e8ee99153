package bramble.modules.facts;

import bramble.args.Arg;
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
import bramble.modules.packages.Installed;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code package_facts}: what is installed. */
@AutoService(AnyModule.class)
public final class PackageFactsModule implements TaskModule<PackageFactsModule.Args, MapValue> {

    /** The arguments of {@code package_facts}. */
    @Doc(value = "Lists the installed packages with their versions.", example = """
            - name: What is installed?
              package_facts:
            """, returns = "ansible_facts: dict: packages, a list of name, version, arch and source by each name")
    public record Args(
            @Arg(value = "Package managers: auto, apt, rpm, apk, opkg.", fallback = "auto") List<String> manager,
            @Arg(value = "Whether the first manager that is there is asked, or all.", fallback = "first") Strategy strategy) {

        /** As they are asked: those that work on rpm's packages are rpm. */
        private List<String> names() {
            return manager.stream().map(name -> name.strip().toLowerCase(Locale.ROOT))
                    .map(name -> RPM.contains(name) ? "rpm" : name).distinct().toList();
        }
    }

    private static final List<String> KNOWN = List.of("apt", "rpm", "apk", "opkg");
    private static final Set<String> RPM = Set.of("yum", "dnf", "dnf5", "zypper");
    /** Those of systems on which nothing is asked. */
    private static final Set<String> ELSEWHERE = Set.of("pacman", "portage", "pkg", "pkg5", "pkgng", "openbsd_pkg");

    /** Which managers are asked. */
    public enum Strategy {
        FIRST,
        ALL
    }

    /** The packages that one manager or all have installed, by name. */
    private record PackagesFact(List<String> managers, boolean all) implements Fact<MapValue> {
        @Override
        public Sh script() {
            return Sh.of(
                    """
                            for m in {}; do
                              case $m in
                              apt) command -v dpkg-query >/dev/null 2>&1 && dpkg-query -W -f \
                                '${db:Status-Abbrev}|apt|${Package}|${Version}|${Architecture}|${Section}|${Origin}\\n' | grep '^.i' ;;
                              rpm) command -v rpm >/dev/null 2>&1 && rpm -qa --qf ' |rpm|%{NAME}|%{VERSION}|%{ARCH}|%{RELEASE}|%{EPOCH}\\n' ;;
                              apk) command -v apk >/dev/null 2>&1 && apk info -v 2>/dev/null | sed -n \
                                's/^\\(.*\\)-\\([^-]*-r[0-9]*\\)$/ |apk|\\1|\\2/p' ;;
                              opkg) command -v opkg >/dev/null 2>&1 && opkg list-installed | sed -n \
                                's/^\\([^ ]*\\) - \\(.*\\)$/ |opkg|\\1|\\2/p' ;;
                              esac && {} && break
                            done; :""",
                    managers, Sh.raw(all ? "false" : ":"));
        }

        @Override
        public Maybe<MapValue> after(Effect.Becomes<?> effect, MapValue current) {
            return Installed.after(effect, current);
        }

        @Override
        public MapValue parse(Answer answer) {
            Map<String, List<Value>> found = new LinkedHashMap<>();
            for (String line : answer.text().lines().toList()) {
                String[] words = line.split("\\|", -1);
                if (words.length < 4) {
                    continue;
                }
                MapValue one = MapValue.of("name", words[2], "version", words[3], "source", words[1]);
                if (words.length > 6) {
                    one = one.with("arch", words[4]);
                    one = words[1].equals("rpm")
                            ? one.with("release", words[5])
                                    .with("epoch", words[6].matches("\\d+") ? Integer.valueOf(words[6]) : null)
                            : one.with("category", words[5]).with("origin", words[6]);
                }
                found.computeIfAbsent(words[2], _ -> new ArrayList<>()).add(one);
            }
            var entries = new LinkedHashMap<Value, Value>();
            found.forEach((name, list) -> entries.put(Value.text(name), new ListValue(list)));
            return new MapValue(entries);
        }
    }

    @Override
    public String name() {
        return "package_facts";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<MapValue> inspect(Args args, Platform node) {
        List<String> managers = args.names().contains("auto") ? KNOWN : args.names();
        return Inquiry.of(new PackagesFact(managers, args.strategy() == Strategy.ALL));
    }

    @Override
    public List<String> facts(MapValue given) {
        return List.of("packages");
    }

    @Override
    public Plan plan(Args args, MapValue packages) {
        List<String> strangers = args.names().stream()
                .filter(name -> !name.equals("auto") && !KNOWN.contains(name) && !ELSEWHERE.contains(name)).toList();
        return strangers.isEmpty()
                ? Plan.NOTHING
                : Plan.mistake("Unsupported package managers requested: " + String.join(", ", strangers)
                        + " (there are auto, " + String.join(", ", KNOWN) + ")");
    }

    @Override
    public Verdict judge(Args args, MapValue packages, Applied<MapValue> applied) {
        return packages.entries().isEmpty()
                ? Verdict.failed("Could not detect a supported package manager from the following list: "
                        + args.manager(), MapValue.EMPTY)
                : Verdict.changed(false, MapValue.of("ansible_facts", MapValue.of("packages", packages)));
    }
}
