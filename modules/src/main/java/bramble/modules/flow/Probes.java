package bramble.modules.flow;

import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.system.SysctlFact;
import bramble.regex.PythonRegex;
import bramble.regex.PythonRegex.Flag;
import bramble.shell.Sh;
import bramble.value.PythonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code check} asks of a node for each kind of thing, and what it makes of the answers. */
final class Probes {
    /** How many seconds another host may take to answer. */
    static final int PATIENCE = 2;

    /** The kernel cuts off the rest of a program's name. */
    private static final int NAME = 15;
    private static final int NO_PROGRAM = 127;
    private static final Pattern FORBIDDEN = Pattern.compile("(?i)permi|denied|socket");
    private static final String LISTENING = "0A";
    private static final String BOUND = "07";

    private Probes() {}

    static List<Probe> of(CheckModule.Args args) {
        var probes = new ArrayList<Probe>();
        args.packages().forEach(name -> probes.add(installed(name, true)));
        args.absentPackages().forEach(name -> probes.add(installed(name, false)));
        args.services().forEach((name, service) -> service(probes, name, service));
        args.files().forEach((path, place) -> place(probes, path, place));
        args.ports().forEach(port -> probes.add(port(port, true)));
        args.closedPorts().forEach(port -> probes.add(port(port, false)));
        each(args.processes(), Probes::process, probes);
        each(args.users(), Probes::user, probes);
        each(args.groups(), Probes::group, probes);
        args.hosts().forEach((name, host) -> host(probes, name, host));
        args.commands().forEach(command -> probes.add(command(command)));
        args.interfaces().forEach((name, card) -> card(probes, name, card));
        args.defaultGateway().ifPresent(gateway -> probes.add(gateway(gateway)));
        args.kernelParameters().byName()
                .forEach((name, value) -> probes.add(parameter(name, PythonText.of(value))));
        args.cron().forEach(job -> probes.add(new Probe("crontab of " + job.user(),
                Sh.of("crontab -l -u {} 2>/dev/null || cat /etc/crontabs/{} 2>/dev/null", job.user(), job.user()),
                said -> unless(has(said.text(), job.line()), "has no line " + job.line()))));
        args.iptables().forEach(rule -> probes.add(new Probe("table " + rule.table(),
                Sh.of("iptables -t {} -S", rule.table()),
                said -> said.status() == NO_PROGRAM
                        ? Optional.of("can't be read: the node has no iptables")
                        : unless(said.text().lines().map(String::strip).anyMatch(rule.rule().strip()::equals),
                                "has no rule " + rule.rule()))));
        return probes;
    }

    private static <T> void each(Map<String, T> all, BiFunction<String, T, Probe> made, List<Probe> probes) {
        all.forEach((name, one) -> probes.add(made.apply(name, one)));
    }

    private static Optional<String> unless(boolean right, String why) {
        return right ? Optional.empty() : Optional.of(why);
    }

    private static boolean has(String text, String expression) {
        return PythonRegex.compile(expression, Flag.MULTILINE).search(text).isPresent();
    }

    private static Probe installed(String name, boolean wanted) {
        return new Probe("package " + name, Sh.of("""
                if command -v dpkg-query >/dev/null; then
                  [ "$(dpkg-query -W -f '${db:Status-Status}' {} 2>/dev/null)" = installed ]
                elif command -v rpm >/dev/null; then rpm -q {} >/dev/null 2>&1
                elif command -v apk >/dev/null; then apk info -e {} >/dev/null 2>&1
                elif command -v opkg >/dev/null; then opkg status {} 2>/dev/null | grep -q '^Status:.* installed'
                else exit 127; fi""", name, name, name, name),
                said -> said.status() == NO_PROGRAM
                        ? Optional.of("can't be looked for: the node has none of dpkg, rpm, apk and opkg")
                        : unless(said.ok() == wanted, wanted ? "is not installed" : "is installed"));
    }

    private static void service(List<Probe> probes, String name, CheckModule.Service service) {
        String what = "service " + name;
        probes.add(new Probe(what, Sh.of("""
                if [ -d /run/systemd/system ]; then systemctl is-active -q {}
                elif [ -x /etc/init.d/{} ] && /etc/init.d/{} status >/dev/null 2>&1 </dev/null; then :
                else pidof {} >/dev/null 2>&1; fi""", name, name, name, name),
                said -> said.status() == NO_PROGRAM
                        ? Optional.of("can't be looked for: the node has no pidof; install the package procps")
                        : unless(said.ok() == service.running(), service.running() ? "does not run" : "runs")));
        service.enabled().ifPresent(wanted -> probes.add(new Probe(what, Sh.of("""
                if [ -d /run/systemd/system ]; then systemctl is-enabled -q {}
                else ls /etc/rc[2345].d/S[0-9][0-9]{} /etc/rc.d/S[0-9][0-9]{} 2>/dev/null | grep -q .; fi""",
                name, name, name),
                said -> unless(said.ok() == wanted, wanted ? "is not started at boot" : "is started at boot"))));
        if (service.systemd()) {
            probes.add(new Probe(what, Sh.of("systemctl show -p LoadState {}", name),
                    said -> unless(said.text().strip().equals("LoadState=loaded"), "is not known to systemd")));
        }
    }

    private static void place(List<Probe> probes, String path, CheckModule.Place place) {
        var fact = new PathFact(path);
        probes.add(new Probe(path, fact.script(), said -> {
            if (!(fact.parse(said.answer()) instanceof PathState.Present present)) {
                return unless(place.state() == CheckModule.Kind.ABSENT, "is not there");
            }
            if (place.state() == CheckModule.Kind.ABSENT) {
                return Optional.of("is there");
            }
            var wrong = new ArrayList<String>();
            String kind = switch (present) {
                case PathState.File _ -> "file";
                case PathState.Directory _ -> "directory";
                case PathState.Link _ -> "link";
                case PathState.Other _ -> "something else";
            };
            String wanted = place.state().name().toLowerCase(Locale.ROOT);
            compare(wrong, "is a", kind,
                    place.state() == CheckModule.Kind.ANY ? Optional.empty() : Optional.of(wanted));
            compare(wrong, "has the mode", present.inode().octal(), place.mode().map(mode -> "0".repeat(
                    Math.max(0, 4 - mode.length())) + mode));
            compare(wrong, "has the owner", present.inode().user().label(), place.owner());
            compare(wrong, "has the group", present.inode().group().label(), place.group());
            return joined(wrong);
        }));
        place.contains().ifPresent(expression -> probes.add(new Probe(path, Sh.of("cat {} 2>/dev/null", path),
                said -> unless(has(said.text(), expression), "has nothing like " + expression))));
    }

    private static void compare(List<String> wrong, String says, String found, Optional<String> wanted) {
        wanted.filter(value -> !value.equals(found))
                .ifPresent(value -> wrong.add(says + " " + found + ", not " + value));
    }

    private static Optional<String> joined(List<String> wrong) {
        return wrong.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", wrong));
    }

    private static Probe port(String port, boolean wanted) {
        String[] parts = port.split("/", 2);
        boolean udp = parts.length == 2 && parts[1].equals("udp");
        String tables = udp ? "/proc/net/udp /proc/net/udp6" : "/proc/net/tcp /proc/net/tcp6";
        return new Probe("port " + port, Sh.of("cat {} 2>/dev/null; :", List.of(tables.split(" ", -1))), said -> {
            String end = String.format(Locale.ROOT, ":%04X", Integer.parseInt(parts[0]));
            boolean listens = said.text().lines().map(line -> line.strip().split("\\s+", -1))
                    .anyMatch(words -> words.length > 3 && words[1].endsWith(end)
                            && words[3].equals(udp ? BOUND : LISTENING));
            return unless(listens == wanted, wanted ? "has nobody who listens" : "has somebody who listens");
        });
    }

    /** The owner's number is asked for: the plainest ls cuts long names off. */
    private static Probe process(String name, CheckModule.Program process) {
        String user = process.user().orElse("root");
        return new Probe("process " + name, Sh.of("""
                id -u {} 2>/dev/null || echo {}
                for d in /proc/[0-9]*; do
                  read -r n 2>/dev/null <"$d/comm" && [ "$n" = {} ] && ls -ldn "$d"
                done 2>/dev/null; :""", user, user, name.substring(0, Math.min(NAME, name.length()))), said -> {
            List<String> lines = said.text().lines().toList();
            long found = lines.stream().skip(1).map(line -> line.split("\\s+", -1)).filter(words -> words.length > 3
                    && (process.user().isEmpty() || words[2].equals(lines.getFirst()))).count();
            String whose = process.user().map(owner -> " of " + owner).orElse("");
            return process.count().isPresent()
                    ? unless(found == process.count().get(),
                            "is there " + found + " times" + whose + ", not " + process.count().get())
                    : unless(found > 0, "is not there" + whose);
        });
    }

    /** Prints the line of an account, wherever the node has it from. */
    private static Sh entry(String database, String name) {
        return Sh.of("""
                getent {} {} 2>/dev/null || while IFS= read -r b_l; do
                  case $b_l in {}:*) printf '%s\\n' "$b_l" ;; esac
                done <{}
                """, database, name, name, "/etc/" + database);
    }

    private static Probe user(String name, CheckModule.User user) {
        return new Probe("user " + name, Sh.of(
                "{}id -Gn {} 2>/dev/null", entry("passwd", name), name), said -> {
                    List<String> lines = said.text().lines().toList();
                    if (lines.size() < 2) {
                        return Optional.of("is not there");
                    }
                    String[] entry = lines.getFirst().split(":", -1);
                    var wrong = new ArrayList<String>();
                    compare(wrong, "has the number", entry[2], user.uid().map(String::valueOf));
                    compare(wrong, "has the home", entry[5], user.home());
                    compare(wrong, "has the shell", entry[6], user.shell());
                    List<String> groups = Arrays.asList(lines.get(1).split(" ", -1));
                    user.groups().stream().filter(group -> !groups.contains(group))
                            .forEach(group -> wrong.add("is not in the group " + group));
                    return joined(wrong);
                });
    }

    private static Probe group(String name, CheckModule.Members group) {
        return new Probe("group " + name,
                entry("group", name), said -> {
                    String[] entry = said.text().strip().split(":", -1);
                    if (entry.length < 3) {
                        return Optional.of("is not there");
                    }
                    var wrong = new ArrayList<String>();
                    compare(wrong, "has the number", entry[2], group.gid().map(String::valueOf));
                    return joined(wrong);
                });
    }

    private static void host(List<Probe> probes, String name, CheckModule.Host host) {
        String what = "host " + name;
        if (host.port().isEmpty()) {
            probes.add(new Probe(what, Sh.of("ping -c 1 -W {} {} 2>&1 >/dev/null", String.valueOf(PATIENCE), name),
                    said -> said.status() == NO_PROGRAM
                            ? Optional.of("can't be asked: the node has no ping; name a port instead, or install the"
                                    + " package iputils-ping")
                            : FORBIDDEN.matcher(said.text()).find()
                                    ? Optional.of("can't be asked: " + said.text().strip())
                                    : unless(said.ok() == host.reachable(),
                                            host.reachable() ? "is not reachable" : "is reachable")));
        }
        if (host.resolvable().isPresent() || host.address().isPresent()) {
            probes.add(new Probe(what,
                    Sh.of("""
                            if command -v getent >/dev/null; then getent ahosts {}
                            elif grep -w -e {} /etc/hosts; then :
                            elif command -v nslookup >/dev/null; then nslookup {} | sed -n '3,$s/^Address[ 0-9]*: *//p'
                            else exit 127; fi 2>/dev/null; exit 0""",
                            name, name, name),
                    said -> {
                        if (said.status() == NO_PROGRAM) {
                            return Optional.of("can't be looked up: the node has no getent and no nslookup; install the"
                                    + " package libc-bin or bind9-dnsutils");
                        }
                        List<String> addresses = said.text().lines().map(line -> line.split("\\s+", -1)[0]).toList();
                        boolean wanted = host.resolvable().orElse(true);
                        return unless(!addresses.isEmpty() == wanted, wanted ? "has no address" : "has an address")
                                .or(() -> host.address().filter(address -> !addresses.contains(address))
                                        .map(address -> "has the addresses "
                                                + String.join(", ", addresses.stream().distinct().toList()) + ", not "
                                                + address));
                    }));
        }
    }

    private static Probe command(CheckModule.Command command) {
        return new Probe("command " + command.command(), Sh.of("sh -c {} 2>&1 </dev/null", command.command()),
                said -> said.status() != command.exit()
                        ? Optional.of("ends with " + said.status() + ", not " + command.exit()
                                + said.text().lines().findFirst().map(line -> ": " + line).orElse(""))
                        : command.stdout().filter(expression -> !has(said.text(), expression))
                                .map(expression -> "prints nothing like " + expression));
    }

    private static void card(List<Probe> probes, String name, CheckModule.Interface card) {
        String what = "interface " + name;
        probes.add(new Probe(what, Sh.of("cat /sys/class/net/{}/operstate; ip -o addr show dev {}", name, name),
                said -> {
                    List<String> lines = said.text().lines().toList();
                    if (lines.isEmpty()) {
                        return Optional.of("is not there");
                    }
                    boolean up = Stream.of("up", "unknown").anyMatch(lines.getFirst()::equals);
                    if (up != card.up()) {
                        return Optional.of(up ? "is up" : "is down");
                    }
                    List<String> addresses = lines.stream().skip(1).map(line -> line.strip().split("\\s+", -1))
                            .filter(words -> words.length > 3).map(words -> words[3]).toList();
                    return joined(card.addresses().stream()
                            .filter(address -> addresses.stream().noneMatch(
                                    own -> own.equals(address) || own.replaceFirst("/.*", "").equals(address)))
                            .map(address -> "has no address " + address).toList());
                }));
    }

    private static Probe gateway(CheckModule.Gateway gateway) {
        return new Probe("default gateway", Sh.raw("ip route show 2>/dev/null | grep '^default'"), said -> {
            if (said.text().isBlank()) {
                return Optional.of("is not there");
            }
            List<String> words = Arrays.asList(said.text().lines().findFirst().orElse("").strip().split("\\s+", -1));
            var wrong = new ArrayList<String>();
            compare(wrong, "has the address", after(words, "via"), gateway.address());
            compare(wrong, "is behind", after(words, "dev"), gateway.device());
            return joined(wrong);
        });
    }

    private static String after(List<String> words, String word) {
        int at = words.indexOf(word);
        return at >= 0 && at + 1 < words.size() ? words.get(at + 1) : "none";
    }

    private static Probe parameter(String name, String wanted) {
        var fact = new SysctlFact(name);
        return new Probe("kernel parameter " + name, fact.script(),
                said -> fact.parse(said.answer())
                        .map(found -> unless(found.equals(wanted.strip()), "is " + found + ", not " + wanted))
                        .orElse(Optional.of("is not there")));
    }
}
