package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Result.Consequence;
import bramble.module.Talk;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import org.jspecify.annotations.Nullable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code add_host}: a host appears in the inventory, for the rest of the run. */
@AutoService(AnyModule.class)
public final class AddHostModule implements Conversation<AddHostModule.Args> {
    private static final Pattern WITH_PORT = Pattern.compile("([^:\\[\\]]+|\\[[^\\]]+])(?::(\\d{1,5}))?");

    /** The arguments of {@code add_host}. */
    @Doc(value = "Adds a host, or more groups and variables of one, to the inventory for the rest of the run.", once = true, example = """
            - name: The node that was just installed
              add_host:
                name: node9
                groups: [fresh]
                ansible_host: 192.168.7.19
            """, returns = "add_host: dict: host_name, groups, host_vars")
    public record Args(
            @Arg(value = "The host's name, with :port if need be.", aliases = {"host", "hostname"}) String name,
            @Arg(value = "Groups that it is in; they are made if they aren't there.", aliases = {"group",
                "groupname"}, fallback = "") List<String> groups,
            @Arg(value = "Variables of the host.", rest = true) MapValue variables){}

    @Override
    public String name() {
        return "add_host";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) {
        Matcher parts = WITH_PORT.matcher(args.name().strip());
        Optional<String> port = parts.matches() ? Optional.ofNullable(parts.group(2)) : Optional.empty();
        String name = port.isPresent() ? parts.group(1).replaceAll("[\\[\\]]", "") : args.name().strip();
        if (name.isEmpty()) {
            return Result.failed("name, host or hostname needs to be provided");
        }
        MapValue variables = port.map(number -> args.variables().with("ansible_ssh_port", Integer.valueOf(number)))
                .orElse(args.variables());
        List<String> groups = args.groups().stream().filter(group -> !group.isBlank()).distinct().toList();
        boolean known = Groups.has(talk, "all", name)
                && groups.stream().allMatch(group -> Groups.has(talk, group, name))
                && variables.byName().entrySet().stream()
                        .allMatch(entry -> entry.getValue().equals(Groups.variable(talk, name, entry.getKey())));
        MapValue results = MapValue.of("add_host",
                MapValue.of("host_name", name, "groups", groups, "host_vars", variables));
        var added = new Consequence.AddHost(name, groups, variables);
        return known ? Result.ok(results, added) : Result.changed(results, added);
    }

    /** Who is in which group, now. */
    static final class Groups {
        private Groups() {}

        private static @Nullable Value variable(Talk talk, String host, String name) {
            return talk.scope().get("hostvars") instanceof MapValue hosts
                    && hosts.get(host).orElse(null) instanceof MapValue variables
                            ? variables.get(name).orElse(null)
                            : null;
        }

        static boolean has(Talk talk, String group, String host) {
            Value groups = talk.templates().resolve(talk.scope().get("groups"), talk.scope());
            return groups instanceof MapValue map && map.get(group).orElse(ListValue.EMPTY) instanceof ListValue hosts
                    && hosts.items().contains(new Text(host));
        }
    }
}
