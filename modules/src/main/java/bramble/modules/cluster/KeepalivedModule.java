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
import bramble.modules.files.TextEdit;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code keepalived}: addresses that move from node to node. */
@AutoService(AnyModule.class)
public final class KeepalivedModule
        implements
            TaskModule<KeepalivedModule.Args, KeepalivedModule.State>,
            Forechecked<KeepalivedModule.Args> {
    private static final int MODE = 0640; // there are passwords in it
    private static final Pattern SECRETS = Pattern.compile("\\bauth_pass\\s+(\\S+)");

    /** The arguments of {@code keepalived}. */
    @Doc(value = "Keeps the whole keepalived.conf of a node: floating addresses, what they depend on, and services spread over several servers. It is checked before it replaces the old one, by Bramble and by keepalived itself. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: One address for both hubs
              keepalived:
                router_id: hub1
                instances:
                  VI_1:
                    interface: eth0
                    virtual_router_id: 51
                    state: master
                    priority: 150
                    auth_pass: secret12
                    virtual_addresses: [192.168.188.2/24]
              notify: Reload keepalived
            """, returns = {
        "path: str: the file", "backup: str: where the old file was kept"})
    public record Args(KeepalivedConf conf,
            @Arg(value = "The file.", fallback = "/etc/keepalived/keepalived.conf", nodePath = true) String path,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup) {}

    /** What is there. */
    public record State(DaemonConfig config, Map<String, List<Network>> interfaces) {}

    @Override
    public String name() {
        return "keepalived";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public List<Finding> findings(Map<String, Args> byHost) {
        return findings(byHost, Map.of());
    }

    @Override
    public List<Finding> findings(Map<String, Args> byHost, Map<String, String> addresses) {
        var confs = new LinkedHashMap<String, KeepalivedConf>();
        byHost.forEach((host, args) -> confs.put(host, args.conf()));
        var findings = new ArrayList<>(Forechecked.each(confs, KeepalivedConf::mistakes));
        findings.addAll(KeepalivedConf.rivals(confs));
        findings.addAll(KeepalivedConf.owners(confs, addresses));
        return findings;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return DaemonConfig
                .of(new AcceptedFact(args.path(), args.conf().text(), List.of("keepalived", "-t", "-f", "%s")))
                .and(Inquiry.of(new AddressesFact()), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        var findings = new ArrayList<String>(args.conf().mistakes());
        findings.addAll(args.conf().misfits(actual.interfaces, actual.config.file().text()));
        if (!findings.isEmpty()) {
            return new Plan.Refused("This is not what keepalived can do: " + String.join("; ", findings));
        }
        Optional<String> refusal = actual.config.lacking("keepalived")
                .or(() -> actual.config.refused(KeepalivedModule::helped));
        return refusal.<Plan>map(Plan.Refused::new)
                .orElseGet(() -> Plan.of(TextEdit.hiding(SECRETS,
                        actual.config.secret(args.conf().text(), MODE, args.backup()))));
    }

    /** With what is to be done where scripts are run, which keepalived doesn't say. */
    private static String helped(String said) {
        return said.contains("script_security not enabled")
                ? said + " Give global: {enable_script_security: true, script_user: root}, or another user."
                : said;
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        return before.config.verdict(TaskModule.super.judge(args, before, applied), applied);
    }
}
