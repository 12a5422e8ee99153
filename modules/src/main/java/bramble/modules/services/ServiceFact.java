package bramble.modules.services;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.module.Platform;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks the node's init system for a service; empty where there is none of that name.
 *
 * @param scope systemd's: system, user or global
 * @param pattern what to look for among the processes of a service whose script can't tell; empty for nothing
 */
record ServiceFact(Platform.Init init, boolean offline, String name, String scope, String pattern)
        implements
            Fact<Optional<Service>> {
    private static final String SCRIPTS = "/etc/init.d/";

    private static final Sh.Library LIBRARY = new Sh.Library("b_service",
            """
                    b_links() { # name; whether SysV's links start it
                      for b_f in /etc/rc[2345].d/S[0-9][0-9]"$1"; do [ ! -e "$b_f" ] || return 0; done
                      return 1
                    }
                    b_service() { # init name pattern; prints there, running and enabled
                      b_s=/etc/init.d/$2
                      [ -x "$b_s" ] || return 0
                      echo there
                      case $1 in
                      OPENRC)
                        rc-service "$2" status >/dev/null 2>&1 && echo running
                        rc-update show 2>/dev/null | grep -q "^ *$2 |.*[a-z]" && echo enabled ;;
                      PROCD)
                        "$b_s" enabled >/dev/null 2>&1 && echo enabled
                        if grep -q USE_PROCD "$b_s" 2>/dev/null; then
                          b_o=$("$b_s" status 2>/dev/null); b_r=$?
                          case $b_o in running*) echo running ;; '') [ "$b_r" -ne 0 ] || echo running ;; esac
                        elif "$b_s" status >/dev/null 2>&1 || pidof "$2" >/dev/null 2>&1; then echo running; fi ;;
                      *)
                        b_links "$2" && echo enabled
                        if [ -n "$3" ]; then ps w 2>/dev/null | grep -F -- "$3" | grep -qv grep && echo running
                        else
                          b_o=$("$b_s" status 2>&1 </dev/null); b_r=$?
                          case $b_r:$b_o in
                          0:*'not running'* | 0:*stopped*) ;;
                          0:*) echo running ;;
                          [123]:* | 4:*) ;;
                          *) pidof "$2" >/dev/null 2>&1 && echo running ;;
                          esac
                        fi ;;
                      esac
                      :
                    }
                    b_offline() { # unit; what its files alone say
                      b_o=$(systemctl is-enabled "$1" 2>/dev/null)
                      [ -z "$b_o" ] || printf 'LoadState=loaded\\nUnitFileState=%s\\nOffline=yes\\n' "$b_o"
                    }
                    b_unit() { # systemctl's options and unit, unit without .service
                      b_n=$1; shift
                      b_o=$(systemctl show "$@" 2>&1) || { printf 'failed\\n%s\\n' "$b_o"; return 0; }
                      printf '%s\\n' "$b_o"
                      case $b_o in
                      *chroot*'ignoring '*) b_offline "$b_n" ;;
                      *UnitFileState=indirect*) # it is enabled if what it brings along is: its links are listed then
                        case $(systemctl is-enabled -l "$@" 2>/dev/null) in *' /'*) echo LinksStart=yes ;; esac ;;
                      *UnitFileState=generated*) b_links "$b_n" && echo LinksStart=yes ;;
                      *LoadState=not-found*) [ ! -x "/etc/init.d/$b_n" ] || echo HasScript=yes ;;
                      esac
                      :
                    }""");

    @Override
    public Sh script() {
        String bare = name.endsWith(".service") ? name.substring(0, name.length() - 8) : name;
        if (init == Platform.Init.SYSTEMD) {
            return offline
                    ? Sh.of("b_offline {}", name).using(LIBRARY)
                    : Sh.of("b_unit {} {} {}", bare, scoped(scope), unit(name)).using(LIBRARY);
        }
        return Sh.of("b_service {} {} {}", init.name(), bare, pattern).using(LIBRARY);
    }

    /** How systemctl is told whose units are meant. */
    static Sh scoped(String scope) {
        return switch (scope) {
            case "user" -> Sh.raw("--user");
            case "global" -> Sh.raw("--global");
            default -> Sh.raw("--system");
        };
    }

    /** A template is asked for by an instance of it. */
    private static String unit(String name) {
        return name.replaceFirst("@(\\.[a-z]+)?$", "@bramble$1");
    }

    @Override
    public Optional<Service> parse(Answer answer) {
        return init == Platform.Init.SYSTEMD ? unit(answer) : script(answer);
    }

    private static Optional<Service> script(Answer answer) {
        var words = answer.text().lines().toList();
        return words.contains("there")
                ? Optional.of(new Service(words.contains("running"), false, words.contains("enabled"), false,
                        MapValue.EMPTY))
                : Optional.empty();
    }

    private static Optional<Service> unit(Answer answer) {
        Map<String, Value> properties = new LinkedHashMap<>();
        String last = "";
        for (String line : answer.text().lines().toList()) {
            int equals = line.indexOf('=');
            if (equals > 0 && line.substring(0, equals).matches("\\w+")) {
                last = line.substring(0, equals);
                properties.put(last, new Text(line.substring(equals + 1)));
            } else if (properties.get(last) instanceof Text(String text)) {
                properties.put(last, new Text(text + "\n" + line)); // a value of several lines
            }
        }
        boolean links = properties.remove("LinksStart") != null;
        boolean script = properties.remove("HasScript") != null;
        MapValue status = MapValue.named(properties);
        String load = text(status, "LoadState");
        String file = text(status, "UnitFileState");
        boolean missing = load.isEmpty() || (load.equals("not-found") && !script);
        if (missing) {
            return Optional.empty();
        }
        String active = text(status, "ActiveState");
        boolean enabled = switch (file) {
            case "enabled", "static", "alias", "transient" -> true;
            case "generated", "indirect" -> links;
            default -> false;
        };
        return Optional.of(new Service(
                active.equals("active") || active.equals("activating") || active.equals("reloading"),
                active.equals("deactivating"), enabled, load.equals("masked") || file.startsWith("masked"), status));
    }

    private static String text(MapValue status, String name) {
        return status.get(name).map(Object::toString).orElse("");
    }

    /** Units are meant with and without their suffix. */
    private boolean same(ServiceFact other) {
        return scope.equals(other.scope) && bare(name).equals(bare(other.name));
    }

    private static String bare(String name) {
        return name.endsWith(".service") ? name.substring(0, name.length() - 8) : name;
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a ServiceFact
    public Maybe<Optional<Service>> after(Effect.Becomes<?> effect, Optional<Service> current) {
        return Maybe.known(switch (effect.fact()) {
            case Reloaded(String again) when again.equals(scope) -> current.map(Service::read);
            case ServiceFact other when same(other) -> (Optional<Service>) effect.value();
            case ContentFact(String path) when current.isEmpty() && defines(path)
                    && effect.value() instanceof FileContent.Bytes(_, Content content) ->
                Optional.of(defined(path, new String(content.bytesOf(), StandardCharsets.UTF_8)));
            default -> current;
        });
    }

    /** Whether the file at that path is the one that says what the service is. */
    private boolean defines(String path) {
        if (path.equals(SCRIPTS + bare(name)) && scope.equals("system")) {
            return true;
        }
        return init == Platform.Init.SYSTEMD
                && path.matches("(/usr)?/(etc|lib|run)/systemd/" + scope + "/.*")
                && path.endsWith("/" + (name.matches(".*\\.[a-z]+") ? name : name + ".service")
                        .replaceFirst("@[^.]*\\.", "@."));
    }

    private Service defined(String path, String text) {
        if (init == Platform.Init.SYSTEMD && path.startsWith(SCRIPTS)) { // which systemd doesn't know before it is reloaded
            return new Service(false, false, false, false, MapValue.of("LoadState", "not-found"));
        }
        boolean installs = init != Platform.Init.SYSTEMD || text.contains("[Install]");
        MapValue status = init == Platform.Init.SYSTEMD
                ? MapValue.of("LoadState", "loaded", "ActiveState", "inactive", "SubState", "dead", "UnitFileState",
                        installs ? "disabled" : "static")
                : MapValue.EMPTY;
        return new Service(false, false, !installs, false, status);
    }
}
