package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Attributes;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ClockFact;
import bramble.modules.files.CommandFact;
import bramble.modules.files.Place;
import bramble.modules.files.TextEdit;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code dns_zone}: what a zone of the domain name system says. */
@AutoService(AnyModule.class)
public final class DnsZoneModule implements TaskModule<DnsZoneModule.Args, DnsZoneModule.State> {
    private static final CommandFact TOOL = new CommandFact("named-checkzone");
    private static final int OPEN = 0644;

    /** The arguments of {@code dns_zone}. */
    @Doc(value = "Keeps the whole file of a zone: its SOA record, and what is in it. The serial rises when anything else changes, and only then. The file is checked before it replaces the old one, by Bramble and by named-checkzone. The running server takes it over when it is reloaded. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: The cluster's names
              dns_zone:
                zone: clust0r
                soa: {primary: dns1, mail: admin@clust0r}
                name_servers: [dns1, dns2]
                hosts: {dns1: 192.168.10.66, dns2: 192.168.10.67, float: 192.168.10.111}
                records:
                  - {name: lansrv, type: CNAME, value: float}
                  - {name: txttest, type: TXT, value: txttest rpi_cluster_test}
              notify: Reload named
            """, returns = {
        "path: str: the file", "serial: int: the serial that it has now", "backup: str: where the old file was kept"})
    public record Args(DnsZone zone,
            @Arg(value = "The file; db. and the zone's name in /etc/bind.", nodePath = true) Optional<String> path,
            @Arg(value = "How the serial rises: date for the day and two digits, 2020020900; counter for one more each time. Either way it is greater than before, as secondaries count (RFC 1982).", fallback = "date") DnsSerial serial,
            @Arg(value = "What a new serial is at least, where secondaries know of one already.", fallback = "0") long serialFrom,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup) {
        private String file() {
            return path.orElse("/etc/bind/db." + zone.origin().replace('/', '-'));
        }
    }

    /** What is there. */
    public record State(TextEdit file, long now, Maybe<Optional<String>> tool, Optional<String> complaint) {}

    @Override
    public String name() {
        return "dns_zone";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var clock = new ClockFact();
        var accepted = new AcceptedFact(args.file(), args.zone().text(1),
                List.of("named-checkzone", "-k", "fail", "-i", "local", args.zone().origin(), "%s"));
        return TextEdit.whole(args.file()).and(Inquiry.ask(List.of(clock, TOOL, accepted), facts -> facts),
                (file, facts) -> new State(file, facts.get(clock), facts.maybe(TOOL), accepted.complaint(facts)));
    }

    @Override
    public Plan plan(Args args, State actual) {
        List<String> mistakes = args.zone().mistakes();
        if (!mistakes.isEmpty()) {
            return Plan.mistake("This is not what the zone " + args.zone().origin() + " can say: "
                    + String.join("; ", mistakes));
        }
        Optional<String> lacking = TOOL.lacking(actual.tool, "check " + args.file(), "bind9");
        if (lacking.isPresent()) {
            return new Plan.Refused(lacking.get());
        }
        if (actual.complaint.isPresent()) {
            return new Plan.Refused(
                    "Tried to check " + args.file() + ", but named-checkzone says: " + actual.complaint.get());
        }
        Optional<String> obstacle = actual.file.obstacle();
        if (obstacle.isPresent()) {
            return new Plan.Refused("Tried to write " + args.file() + ", but " + obstacle.get());
        }
        String before = actual.file.text();
        if (args.zone().says(before)) {
            return Plan.NOTHING;
        }
        long serial = args.serial().next(DnsZone.serial(before), args.serialFrom(), actual.now);
        return Plan.of(actual.file.to(args.zone().text(serial),
                new TextEdit.Options(new Attributes(actual.file.exists() ? OptionalInt.empty() : OptionalInt.of(OPEN),
                        Optional.empty(), Optional.empty()), Optional.empty(), args.backup() && actual.file.exists())));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        MapValue results = MapValue.of("path", args.file());
        Optional<Long> serial = DnsZone.serial(applied.after().get().file.text());
        return new Verdict(plain.changed(), plain.failure(), Place.withBackup(
                serial.map(number -> results.with("serial", Value.of(number))).orElse(results), applied));
    }
}
