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
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.TextEdit;
import com.google.auto.service.AutoService;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code dns_server}: what BIND answers, and whom. */
@AutoService(AnyModule.class)
public final class DnsServerModule
        implements
            TaskModule<DnsServerModule.Args, DnsServerModule.State>,
            Forechecked<DnsServerModule.Args> {
    private static final int WITH_KEYS = 0640;
    private static final Pattern SECRETS = Pattern.compile("\\bsecret\\s+\"?([^\";]+)");

    /** The arguments of {@code dns_server}. */
    @Doc(value = "Keeps the whole named.conf of a node with BIND: who may ask, zones, keys, logs. It is checked before it replaces the old one, by Bramble and by named-checkconf. Zones' files are left to dns_zone, DNSSEC keys to named. The running server takes it over when it is reloaded. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: Names for the cluster
              dns_server:
                acls: {rpinet: [localhost, 192.168.10.0/24]}
                allow_query: [rpinet]
                allow_recursion: [rpinet]
                version: dns
                zones:
                  clust0r: {file: /etc/bind/db.clust0r, allow_transfer: [192.168.10.67], also_notify: [192.168.10.67]}
              notify: Reload named
            """, returns = {
        "path: str: the file", "backup: str: where the old file was kept"})
    public record Args(DnsServerConf conf,
            @Arg(value = "The file.", fallback = "/etc/bind/named.conf", nodePath = true) String path,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup) {}

    /** What is there; {@code missing} says of what the text needs, and isn't there. */
    public record State(DaemonConfig config, List<String> missing) {
        private Optional<String> lacking() {
            return missing.isEmpty()
                    ? Optional.empty()
                    : Optional.of("Tried to write " + config.file().path()
                            + ", but what it names has to be there first: " + String.join("; ", missing));
        }
    }

    @Override
    public String name() {
        return "dns_server";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public List<Finding> findings(Map<String, Args> byHost) {
        return Forechecked.each(byHost, args -> args.conf().mistakes());
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var used = new LinkedHashSet<PathFact>();
        args.conf().folders().forEach(folder -> used.add(new PathFact(NodePath.normal(folder))));
        args.conf().included().forEach(file -> used.add(new PathFact(NodePath.normal(file))));
        var accepted = new AcceptedFact(args.path(), args.conf().text(), List.of("named-checkconf", "%s"),
                used.stream().map(PathFact::path).toList());
        return DaemonConfig.of(accepted).and(Inquiry.ask(List.copyOf(used), facts -> used.stream()
                .filter(path -> facts.maybe(path).map(PathState::missing).orElse(false))
                .map(path -> path.path() + " isn't there").toList()), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        List<String> mistakes = args.conf().mistakes();
        if (!mistakes.isEmpty()) {
            return Plan.mistake("This is not what BIND can do: " + String.join("; ", mistakes));
        }
        Optional<String> refusal = actual.config.lacking("bind9").or(actual::lacking).or(actual.config::refused);
        if (refusal.isPresent()) {
            return new Plan.Refused(refusal.get());
        }
        String text = args.conf().text();
        return Plan.of(TextEdit.hiding(SECRETS, args.conf().keys().isEmpty()
                ? actual.config.to(text, args.backup())
                : actual.config.secret(text, WITH_KEYS, args.backup())));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        return before.config.verdict(TaskModule.super.judge(args, before, applied), applied);
    }
}
