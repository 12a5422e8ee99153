package bramble.modules.services;

import bramble.module.Action;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.Verdict;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code service} and {@code systemd} have in common.
 *
 * @param name empty if only the daemon is to be told something
 */
public record ServiceTask(Optional<String> name, Optional<Wanted> state, Optional<Boolean> enabled,
        Optional<Boolean> masked,
        boolean reload, boolean reexec, String scope, boolean force, boolean noBlock, String pattern, int pause,
        String arguments, String runlevel) {
    private static final String NOT_RUNNING = "systemd isn't running on this node (is it an image, or a container?): nothing"
            + " can be started or stopped there.";

    private static final String BECOME = ". Does the task need become?";

    /** What is to be true of the service. */
    public enum Wanted {
        STARTED,
        STOPPED,
        RESTARTED,
        RELOADED
    }

    /**
     * What is so.
     *
     * @param service unknown where a package would bring it
     * @param offline whether systemd isn't running: an image, a chroot
     * @param denied whether systemd would refuse whoever runs the task
     */
    public record State(Platform.Init init, boolean offline, Maybe<Optional<Service>> service, boolean denied) {}

    Inquiry<State> inspect(Platform node) {
        boolean image = node.init() != Platform.Init.SYSTEMD && node.has("systemctl")
                && (node.init() == Platform.Init.SYSV || node.init() == Platform.Init.NONE);
        Platform.Init init = image ? Platform.Init.SYSTEMD : node.init();
        Inquiry<Boolean> denied = init == Platform.Init.SYSTEMD && !scope.equals("user")
                ? Inquiry.of(new DeniedFact())
                : Inquiry.nothing(false);
        if (name.isEmpty() || init == Platform.Init.NONE) {
            return denied.map(no -> new State(init, image, Maybe.known(Optional.empty()), no));
        }
        return Inquiry.maybe(fact(init, image)).and(denied,
                (service, no) -> new State(init, image || ignored(service), service, no));
    }

    /** Whether systemctl does nothing with services because it thinks so: in a chroot, or where SYSTEMD_OFFLINE says it. */
    private static boolean ignored(Maybe<Optional<Service>> service) {
        return service instanceof Maybe.Known<Optional<Service>>(var found)
                && found.filter(one -> one.status().get("Offline").isPresent()).isPresent();
    }

    private ServiceFact fact(Platform.Init init, boolean offline) {
        return new ServiceFact(init, offline, name.orElse(""), scope, pattern);
    }

    Plan plan(State actual) {
        var changes = new ArrayList<Change>();
        if (actual.init == Platform.Init.SYSTEMD && !actual.offline) {
            if (reload) {
                changes.add(daemon("daemon-reload", actual));
            }
            if (reexec) {
                changes.add(daemon("daemon-reexec", actual));
            }
        }
        boolean idle = state.isEmpty() && enabled.isEmpty() && masked.isEmpty();
        if (name.isEmpty() || idle) {
            return Plan.of(changes);
        }
        if (actual.init == Platform.Init.NONE) {
            return new Plan.Refused(
                    "Tried to find out what starts services on the node, but it has none of systemd, OpenRC,"
                            + " procd and SysV's init scripts.");
        }
        if (actual.service instanceof Maybe.Known<Optional<Service>>(var found) && found.isEmpty()) {
            return new Plan.Refused("Could not find the requested service " + name.get() + ": host");
        }
        steps(actual).forEach(changes::add);
        return Plan.of(changes);
    }

    private Change daemon(String verb, State actual) {
        return new Change("systemd", Diff.NONE,
                List.of(new Action.Run(Sh.of("systemctl {} {}", ServiceFact.scoped(scope), verb))),
                List.of(Effect.becomes(new Reloaded(scope), true)), denied(verb, actual));
    }

    private List<Change> steps(State actual) {
        var changes = new ArrayList<Change>();
        Maybe<Service> now = actual.service.map(found -> found.orElseThrow()).map(reload ? Service::read : s -> s);
        boolean gone = actual.service instanceof Maybe.Known<Optional<Service>>(var found) && found.isEmpty();
        if (gone) {
            return changes;
        }
        if (masked.isPresent() && now.get().masked() != masked.get()) {
            now = step(actual, changes, masked.get() ? "mask" : "unmask", now, now.get().withMasked(masked.get()));
        }
        if (enabled.isPresent() && now.get().enabled() != enabled.get()) {
            now = step(actual, changes, enabled.get() ? "enable" : "disable", now,
                    now.get().withEnabled(enabled.get()).read());
        }
        if (state.isPresent() && !actual.offline) {
            switch (state.get()) {
                case STARTED -> {
                    if (!now.get().running()) {
                        step(actual, changes, "start", now, now.get().withRunning(true));
                    }
                }
                case STOPPED -> {
                    if (now.get().running() || now.get().stopping()) {
                        step(actual, changes, "stop", now, now.get().withRunning(false));
                    }
                }
                case RESTARTED, RELOADED -> {
                    boolean stopped = now instanceof Maybe.Known<Service>(Service service) && !service.running();
                    String verb = state.get() == Wanted.RESTARTED ? "restart" : "reload";
                    Change change = change(actual, stopped ? "start" : verb, now, now.map(s -> s.withRunning(true)));
                    changes.add(change);
                }
            }
        }
        return changes;
    }

    private Maybe<Service> step(State actual, List<Change> changes, String verb, Maybe<Service> before, Service after) {
        changes.add(change(actual, verb, before, Maybe.known(after)));
        return Maybe.known(after);
    }

    private Change change(State actual, String verb, Maybe<Service> before, Maybe<Service> after) {
        List<Effect> effects = after instanceof Maybe.Known<Service>(Service service)
                ? List.of(Effect.becomes(fact(actual.init, actual.offline), Optional.of(service)))
                : List.of();
        return new Change(name.orElse(""), Diff.attributes(name.orElse(""), shown(before), shown(after)),
                List.of(new Action.Run(command(actual.init, verb))), effects,
                denied(verb, actual).or(() -> refusal(verb, before)));
    }

    private Optional<String> denied(String verb, State actual) {
        return actual.denied
                ? Optional.of("Unable to " + verb + " service " + name.orElse("systemd") + ": Access denied" + BECOME)
                : Optional.empty();
    }

    /** An init script that systemd hasn't read yet is none to it. */
    private Optional<String> refusal(String verb, Maybe<Service> before) {
        String unit = name.orElse("");
        return verb.endsWith("start") && before instanceof Maybe.Known<Service>(Service service) && service.unread()
                ? Optional.of("Unable to " + verb + " service " + unit + ": Failed to " + verb + " "
                        + (unit.contains(".") ? unit : unit + ".service") + ": Unit "
                        + (unit.contains(".") ? unit : unit + ".service") + " not found.")
                : Optional.empty();
    }

    private MapValue shown(Maybe<Service> service) {
        return service.map(s -> {
            MapValue shown = MapValue.EMPTY;
            if (masked.isPresent()) {
                shown = shown.with("masked", s.masked());
            }
            if (enabled.isPresent()) {
                shown = shown.with("enabled", s.enabled());
            }
            return state.isPresent() ? shown.with("state", s.running() ? "started" : "stopped") : shown;
        }).orElse(MapValue.EMPTY);
    }

    private Sh command(Platform.Init init, String verb) {
        String unit = name.orElse("");
        String bare = unit.endsWith(".service") ? unit.substring(0, unit.length() - 8) : unit;
        boolean changesBoot = verb.equals("enable") || verb.equals("disable");
        Sh more = arguments.isBlank() ? Sh.raw("") : Sh.raw(" " + words(arguments));
        return switch (init) {
            case SYSTEMD -> Sh.of("systemctl {}{}{} {} {}", ServiceFact.scoped(scope),
                    Sh.raw(force ? " --force" : ""), Sh.raw(noBlock && !changesBoot ? " --no-block" : ""), verb, unit);
            case OPENRC -> changesBoot
                    ? Sh.of("rc-update {} {} {}", verb.equals("enable") ? "add" : "del", bare, runlevel)
                    : pausing(verb, Sh.of("rc-service {} {}{}", bare, verb, more),
                            Sh.of("rc-service {} stop{}", bare, more), Sh.of("rc-service {} start{}", bare, more));
            case PROCD -> script(bare, verb, more);
            case SYSV, NONE -> changesBoot ? links(bare, verb) : script(bare, verb, more);
        };
    }

    private Sh script(String bare, String verb, Sh more) {
        String path = "/etc/init.d/" + bare;
        return pausing(verb, Sh.of("{} {}{} </dev/null", path, verb, more), Sh.of("{} stop{} </dev/null", path, more),
                Sh.of("{} start{} </dev/null", path, more));
    }

    private static Sh links(String bare, String verb) {
        return Sh.of("""
                if command -v update-rc.d >/dev/null 2>&1; then update-rc.d {} {}{}
                else chkconfig {} {}; fi""", bare, Sh.raw(verb.equals("enable") ? "defaults && update-rc.d " : ""),
                verb.equals("enable") ? Sh.of("{} enable", bare) : Sh.raw("disable"), bare,
                verb.equals("enable") ? "on" : "off");
    }

    /** A restart with a pause between its halves, where one was asked for. */
    private Sh pausing(String verb, Sh at, Sh stop, Sh start) {
        return verb.equals("restart") && pause > 0 ? Sh.of("{}; sleep {}; {}", stop, pause, start) : at;
    }

    private static String words(String arguments) {
        return String.join(" ", java.util.Arrays.stream(arguments.strip().split("\\s+", -1)).map(Sh::quote).toList());
    }

    Verdict judge(State before, Applied<State> applied) {
        MapValue results = MapValue.EMPTY;
        if (name.isPresent()) {
            results = results.with("name", name.get());
            Optional<Service> now = applied.after().orElse(before).service().orElse(Optional.empty());
            boolean moving = applied.predicted() && !applied.changes().isEmpty();
            results = results.with("status", moving
                    ? new Unknown("the service would be changed first")
                    : now.map(Service::status).orElse(MapValue.EMPTY));
            if (enabled.isPresent()) {
                results = results.with("enabled", enabled.get());
            }
            if (state.isPresent()) {
                results = results.with("state", state.get() == Wanted.STOPPED ? "stopped" : "started");
            }
        } else {
            results = results.with("name", null).with("status", MapValue.EMPTY);
        }
        if (before.offline && state.isPresent()) {
            results = results.with("warnings", Value.texts(List.of(NOT_RUNNING)));
        }
        boolean changed = applied.changes().stream().anyMatch(change -> !change.subject().equals("systemd")
                || !change.diff().equals(Diff.NONE));
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        if (failed.isPresent()) {
            String said = failed.get().errors().isBlank() ? failed.get().text() : failed.get().errors();
            String why = said.isBlank()
                    ? "it says nothing, and ends with status " + failed.get().status()
                    : said.strip();
            return Verdict.failed("Unable to " + verb(applied) + " service " + name.orElse("systemd") + ": "
                    + (before.denied ? why.replaceFirst("\\.$", "") + BECOME : why),
                    results.without("status"));
        }
        return Verdict.changed(changed, results);
    }

    /** The verb of the step that failed. */
    private static String verb(Applied<State> applied) {
        for (int i = 0; i < applied.answers().size() && i < applied.changes().size(); i++) {
            if (applied.answers().get(i).status() > 0
                    && applied.changes().get(i).actions().getFirst() instanceof Action.Run(Sh sh, _)) {
                return List.of("daemon-reload", "daemon-reexec", "unmask", "mask", "enable", "disable", "restart",
                        "reload",
                        "start", "stop").stream().filter(sh.source()::contains).findFirst().orElse("change");
            }
        }
        return "change";
    }
}
