package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Forechecked;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ClockFact;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code dns_zone}: what a zone of the domain name system says. */
@AutoService(AnyModule.class)
public final class DnsZoneModule
        implements
            TaskModule<DnsZoneModule.Args, DnsZoneModule.State>,
            Forechecked<DnsZoneModule.Args> {
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
    public record State(DaemonConfig config, long now) {}

    @Override
    public String name() {
        return "dns_zone";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public List<Finding> findings(Map<String, Args> byHost) {
        return Forechecked.each(byHost, args -> args.zone().mistakes());
    }

    @Override
    public List<Finding> certain(Map<String, Args> byHost) {
        return Forechecked.each(byHost, args -> args.zone().ofRecords());
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return DaemonConfig.of(new AcceptedFact(args.file(), args.zone().text(1),
                List.of("named-checkzone", "-k", "fail", "-i", "local", args.zone().origin(), "%s")))
                .and(Inquiry.of(new ClockFact()), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        List<String> mistakes = args.zone().mistakes();
        if (!mistakes.isEmpty()) {
            return Plan.mistake("This is not what the zone " + args.zone().origin() + " can say: "
                    + String.join("; ", mistakes));
        }
        Optional<String> refusal = actual.config.lacking("bind9").or(actual.config::refused);
        if (refusal.isPresent()) {
            return new Plan.Refused(refusal.get());
        }
        String before = actual.config.file().text();
        if (args.zone().says(before)) {
            return Plan.NOTHING;
        }
        long serial = args.serial().next(DnsZone.serial(before), args.serialFrom(), actual.now);
        return Plan.of(actual.config.to(args.zone().text(serial), args.backup()));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict told = before.config.verdict(TaskModule.super.judge(args, before, applied), applied);
        Optional<Long> serial = DnsZone.serial(applied.after().get().config.file().text());
        return new Verdict(told.changed(), told.failure(),
                serial.map(number -> told.results().with("serial", Value.of(number))).orElse(told.results()));
    }
}
