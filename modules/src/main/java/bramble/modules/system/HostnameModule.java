package bramble.modules.system;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code hostname}: what the node is called. */
@AutoService(AnyModule.class)
public final class HostnameModule implements TaskModule<HostnameModule.Args, HostnameModule.State> {
    private static final String FAILED = "Tried to set the host name, but ";
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final int LONGEST = 64;

    /** The names that a playbook may give to a way to set the name. */
    public enum Use {
        ALPINE,
        DARWIN,
        DEBIAN,
        FREEBSD,
        GENERIC,
        MACOS,
        MACOSX,
        OPENBSD,
        OPENRC,
        REDHAT,
        SLES,
        SOLARIS,
        SYSTEMD
    }

    /** How the name is set. */
    public enum Strategy {
        /** hostnamectl, with systemd. */
        SYSTEMD,
        /** /etc/hostname and the kernel. */
        FILE,
        /** OpenWrt's configuration. */
        UCI
    }

    @Doc(value = "Sets what the node is called, now and after each restart.", example = """
            - name: Call the node as the inventory does
              ansible.builtin.hostname:
                name: "{{ inventory_hostname }}"
            """, returns = {"name: str: the name", "ansible_facts: dict: the facts that have the name in them"})
    public record Args(@Arg("The name; dots separate it from its domain.") String name,
            @Arg("Accepted; how the name is set is found out.") Optional<Use> use) {}

    /**
     * What the node is called, and how that is changed.
     *
     * @param may whether who runs the task may do it
     */
    public record State(Strategy strategy, boolean tool, HostnameFact.Names names, boolean may) {}

    @Override
    public String name() {
        return "hostname";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        boolean uci = node.has("uci");
        Strategy strategy = uci
                ? Strategy.UCI
                : node.init() == Platform.Init.SYSTEMD && node.has("hostnamectl") ? Strategy.SYSTEMD : Strategy.FILE;
        var names = new HostnameFact(uci);
        var may = new MayRenameFact(strategy == Strategy.SYSTEMD);
        return Inquiry.ask(List.of(names, may),
                known -> new State(strategy, node.has("hostname"), known.get(names), known.get(may)));
    }

    @Override
    public Plan plan(Args args, State actual) {
        String name = args.name();
        Optional<String> mistake = mistake(name);
        if (mistake.isPresent()) {
            return Plan.mistake("Tried to call the node \"" + name + "\", but " + mistake.get() + ".");
        }
        HostnameFact.Names names = actual.names;
        if (names.current().equals(name) && names.permanent().equals(name)) {
            return Plan.NOTHING;
        }
        if (!actual.may) {
            return new Plan.Refused(FAILED + "this user may not. Does the task need become?");
        }
        var actions = new ArrayList<Action>();
        var effects = new ArrayList<Effect>();
        effects.add(
                Effect.becomes(new HostnameFact(actual.strategy == Strategy.UCI), new HostnameFact.Names(name, name)));
        switch (actual.strategy) {
            case SYSTEMD -> actions.add(new Action.Run(Sh.of("hostnamectl --no-ask-password set-hostname {}", name)));
            case UCI -> actions.add(new Action.Run(
                    Sh.of("uci set system.@system[0].hostname={} && uci commit system && {}", name,
                            kernel(actual, name))));
            case FILE -> {
                if (!names.permanent().equals(name)) {
                    actions.add(new Action.Write("/etc/hostname", Content.text(name + "\n"),
                            new Attributes(OptionalInt.of(0644), Optional.empty(), Optional.empty())));
                }
                if (!names.current().equals(name)) {
                    actions.add(new Action.Run(kernel(actual, name)));
                }
            }
        }
        if (actual.strategy != Strategy.UCI) {
            effects.add(Effect.becomes(new ContentFact("/etc/hostname"),
                    new FileContent.Bytes("/etc/hostname", Content.text(name + "\n"))));
        }
        String before = names.permanent().isEmpty() || !names.current().equals(name)
                ? names.current()
                : names.permanent();
        return Plan
                .of(new Change(name, Diff.text("", "hostname = " + before + "\n", "hostname = " + name + "\n"), actions,
                        effects));
    }

    /** What keeps the kernel, or a resolver, from taking the name. */
    private static Optional<String> mistake(String name) {
        if (name.length() > LONGEST) {
            return Optional
                    .of("a kernel takes no more than " + LONGEST + " characters, and these are " + name.length());
        }
        return name.matches(LABEL + "(\\." + LABEL + ")*")
                ? Optional.empty()
                : Optional.of("a host name has letters, digits, hyphens and dots alone, and each part between the dots"
                        + " has 1 to 63 of them and starts and ends with a letter or digit");
    }

    private static Sh kernel(State actual, String name) {
        return actual.tool ? Sh.of("hostname {}", name) : Sh.of("echo {} >/proc/sys/kernel/hostname", name);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        int dot = args.name().indexOf('.');
        MapValue facts = MapValue.of("ansible_hostname", dot < 0 ? args.name() : args.name().substring(0, dot),
                "ansible_nodename", args.name(), "ansible_fqdn", args.name(), "ansible_domain",
                dot < 0 ? "" : args.name().substring(dot + 1));
        MapValue results = MapValue.of("name", args.name(), "ansible_facts", facts);
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(FAILED + failed.get().errors().strip(), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
