package bramble.run;

import bramble.brought.Resident;
import bramble.event.Event;
import bramble.event.Outcome;
import bramble.module.AnyModule;
import bramble.module.TaskModule;
import bramble.playbook.ActionCall;
import bramble.playbook.Keyword;
import bramble.playbook.Role;
import bramble.playbook.Task;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A task that an action plugin or a connection plugin of the playbook does: the user's own ansible-core, if there is one, does
 * all of it on the controller.
 */
record PythonTask(HostTask one, OneRound.Prepared.Ready ready) {
    /** The key in a result by which a plugin says that it is not to be shown. */
    static final String SECRET = "_ansible_no_log";

    /** Modules that hold a conversation with the node; the others of their kind stay on the controller. */
    private static final Set<String> ON_NODE = Set.of("wait_for", "wait_for_connection", "reboot", "uri", "fetch",
            "async_status");
    private static final List<Keyword> WORDS = List.of(Keyword.BECOME_USER, Keyword.BECOME_METHOD,
            Keyword.BECOME_FLAGS, Keyword.BECOME_EXE, Keyword.CONNECTION, Keyword.REMOTE_USER);

    /** Whether a task needs a node that a connection plugin alone can get to. */
    static boolean takes(World world, Task task, AnyModule module, HostScope at, Optional<String> delegate) {
        boolean needsNode = module instanceof TaskModule || ON_NODE.contains(module.name());
        if (!needsNode) {
            return false;
        }
        HostScope target = delegate.<HostScope>map(name -> world.delegate(name, at)).orElse(at);
        String kind = TaskPlace.connection(world, target, delegate.isPresent()
                ? Optional.empty()
                : Optional.of(new Keywords(task.directives(), world.templates, at)));
        return !Nodes.OWN.contains(kind.substring(kind.lastIndexOf('.') + 1)) && world.bringsConnection(kind, at);
    }

    TaskEnd perform() {
        World world = one.world();
        Resident.Said said;
        try {
            said = world.python.ask("task", request(), world.collections(), world.options.verbosity());
        } catch (Resident.Failure e) {
            TaskEnd end = TaskEnd.failed("Tried to run " + one.task().action().written() + " by Python, but "
                    + e.getMessage());
            return end.with(end.outcome(), end.result().with("exception", e.trace()));
        }
        MapValue result = said.value() instanceof MapValue map ? map : MapValue.EMPTY;
        boolean secret = one.info().secret() || yes(result, SECRET);
        if (!secret && world.options.verbosity() > 2) {
            said.shown().lines().map(line -> line.replaceFirst("^<[^>]*> ", "")).filter(line -> !line.isBlank())
                    .forEach(line -> world.events.tell(
                            new Event.Reaching(Instant.now(), one.host(), world.secrets.mask(line))));
        }
        return end(result);
    }

    private TaskEnd end(MapValue raw) {
        MapValue result = MapValue.EMPTY;
        for (Map.Entry<String, Value> entry : raw.byName().entrySet()) {
            if (!entry.getKey().startsWith("_ansible_") && !entry.getKey().equals("invocation")) {
                result = result.with(entry.getKey(), entry.getValue());
            }
        }
        if (yes(raw, SECRET)) {
            result = result.with(SECRET, true);
        }
        if (yes(raw, "unreachable")) {
            return new TaskEnd(Outcome.UNREACHABLE, result.with("changed", false));
        }
        if (yes(raw, "failed")) {
            return new TaskEnd(Outcome.FAILED, MapValue.of("changed", false).with(result).with("failed", true));
        }
        if (yes(raw, "skipped")) {
            return new TaskEnd(Outcome.SKIPPED, result);
        }
        boolean changed = yes(raw, "changed");
        return new TaskEnd(!changed ? Outcome.OK : ready.place().dryRun() ? Outcome.WOULD_CHANGE : Outcome.CHANGED,
                result.without("failed").with("changed", changed));
    }

    private static boolean yes(MapValue result, String name) {
        return result.get(name).flatMap(Keywords::bool).orElse(false);
    }

    private MapValue request() {
        World world = one.world();
        return variables().in(MapValue.of("name", one.info().name(), "action",
                world.way(one.task()).map(way -> way.names().getFirst()).orElse(one.task().action().written()),
                "host", one.host(),
                "key", one.info().position() + " " + one.host(), "folder", world.playbookFolder().toString(), "folders",
                Value.texts(folders().stream().map(Path::toString).toList()), "args",
                ready.arguments().without(ActionCall.FILE).without("_module_file"), "keywords", keywords()));
    }

    private List<Path> folders() {
        var folders = new ArrayList<Path>();
        for (Role role : one.task().role().map(role -> role.chain().reversed()).orElse(List.of())) {
            folders.add(role.path());
        }
        folders.add(one.world().playbookFolder());
        return folders;
    }

    private MapValue keywords() {
        Keywords keywords = one.keywords(ready.scope());
        Options.Privilege privilege = one.world().options.privilege();
        MapValue all = MapValue.of("become_method", privilege.method(), "become_user", privilege.user(), "connection",
                one.world().options.login().connection(), "check_mode", ready.place().dryRun(), "diff",
                ready.place().diff(), "no_log",
                one.info().secret());
        for (Keyword word : WORDS) {
            all = keywords.text(word).map(Text::new).<MapValue>map(text -> with(word, text)).map(all::with)
                    .orElse(all);
        }
        if (keywords.is(Keyword.BECOME)) {
            all = all.with("become", true);
        }
        for (Keyword number : List.of(Keyword.PORT, Keyword.TIMEOUT)) {
            all = keywords.number(number).map(value -> MapValue.of(number.word(), value.longValue())).map(all::with)
                    .orElse(all);
        }
        var environment = new ArrayList<Value>();
        one.task().directives().environment()
                .forEach(setting -> environment.add(one.world().templates.resolve(setting.value(), ready.scope())));
        return all.with("environment", new ListValue(environment));
    }

    private static MapValue with(Keyword word, Text text) {
        return MapValue.of(word.word(), text);
    }

    /** The connection's variables are those of the host that does the work. */
    private Unevaluated variables() {
        Unevaluated all = Unevaluated.of(ready.scope());
        ready.delegate().ifPresent(name -> all.add(one.world().delegate(name, ready.scope()), "ansible_"));
        all.data().putIfAbsent("ansible_host", new Text(one.host()));
        return all;
    }
}
