package bramble.modules.facts;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ContentFact;
import bramble.modules.files.Lacking;
import bramble.modules.users.Entries;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code getent}: entries of a node's databases of users, groups, hosts and the like. */
@AutoService(AnyModule.class)
public final class GetentModule implements TaskModule<GetentModule.Args, GetentModule.Found> {
    private static final int NO_SUCH_KEY = 2; // getent's exit status
    private static final String MISSING = "One or more supplied key could not be found in the database.";
    private static final Set<String> WITH_COLONS = Set.of("passwd", "shadow", "group", "gshadow");

    /** The arguments of {@code getent}. */
    @Doc(value = "Reads entries of the node's databases: users, groups, hosts, services and the like.", example = """
            - name: Who is root?
              getent:
                database: passwd
                key: root
            """, returns = "ansible_facts: dict: getent_ and the database's name, with the fields of each entry by its key")
    public record Args(@Arg("The database: passwd, group, hosts, services...") String database,
            @Arg("The entry; all of them, if it isn't given.") Optional<String> key,
            @Arg("Where the system shall look, if it has several services for the database.") Optional<String> service,
            @Arg("What is between fields; a colon or blanks, as the database has it, if it isn't given.") Optional<String> split,
            @Arg(value = "Whether it fails if there is no such entry.", fallback = "true") boolean failKey) {}

    /**
     * What the database tells.
     *
     * @param status getent's exit status
     * @param fields of each entry, by its key, those behind the key
     */
    public record Found(int status, Map<String, List<Value>> fields) implements Lacking {
        @Override
        public boolean lacking() {
            return status == NO_SUCH_KEY;
        }
    }

    /**
     * A node without getent has the databases as files.
     *
     * @param between what is between fields, as a regular expression
     */
    private record FoundFact(String database, Optional<String> key,
            Optional<String> service, String between) implements Fact<Found> {
        @Override
        public Sh script() {
            List<String> words = key.map(one -> List.of(database, one)).orElse(List.of(database));
            Sh from = service.map(name -> Sh.of("-s {} ", name)).orElse(Sh.raw(""));
            return Sh.of("""
                    if command -v getent >/dev/null 2>&1; then getent {}{}; exit; fi
                    f=/etc/{} k={}
                    [ -r "$f" ] || exit 1
                    case {} in passwd|shadow|group|gshadow) s=: ;; *) s= ;; esac
                    awk ${s:+-F "$s"} -v k="$k" '/^[ \\t]*(#|$)/ { next } k == "" { print; n = 1; next }
                      { for (i = 1; i <= (FS == ":" ? 1 : NF); i++) if ($i == k) { print; n = 1; break } }
                      END { exit n ? 0 : 2 }' "$f\"""", from, words, database, key.orElse(""), database);
        }

        @Override
        public Found parse(Answer answer) {
            var found = new LinkedHashMap<String, List<Value>>();
            answer.text().lines().filter(line -> !line.isBlank()).forEach(line -> {
                List<String> fields = List.of(line.strip().split(between, -1));
                found.put(fields.getFirst(), fields.stream().skip(1).<Value>map(Value::text).toList());
            });
            return new Found(answer.status(), found);
        }

        @Override
        public Maybe<Found> after(Effect.Becomes<?> effect, Found current) {
            if (current.status() != 0 && current.status() != NO_SUCH_KEY) {
                return Maybe.known(current);
            }
            if (effect.fact() instanceof ContentFact(String path) && path.equals("/etc/" + database)) {
                return Maybe.unknown(path + " would be another by then");
            }
            var fields = new LinkedHashMap<>(current.fields());
            Entries.altered(database, effect, current.fields()).forEach((name, entry) -> {
                if (entry.isEmpty()) {
                    fields.remove(name);
                } else if (key.isEmpty() || key.get().equals(name)
                        || (entry.get().size() > 1 && entry.get().get(1).equals(Value.text(key.get())))) {
                    fields.put(name, entry.get());
                }
            });
            return Maybe.known(fields.equals(current.fields())
                    ? current
                    : new Found(fields.isEmpty() && key.isPresent() ? NO_SUCH_KEY : 0, fields));
        }
    }

    @Override
    public String name() {
        return "getent";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Found> inspect(Args args, Platform node) {
        String between = args.split()
                .or(() -> WITH_COLONS.contains(args.database()) ? Optional.of(":") : Optional.empty())
                .map(java.util.regex.Pattern::quote).orElse("\\s+");
        return Inquiry.of(new FoundFact(args.database(), args.key(), args.service(), between));
    }

    @Override
    public List<String> facts(MapValue given) {
        return given.get("database").filter(Text.class::isInstance).map(name -> "getent_" + name).stream().toList();
    }

    @Override
    public Plan plan(Args args, Found entries) {
        return switch (entries.status()) {
            case 0 -> Plan.NOTHING;
            case 1 -> new Plan.Refused("Missing arguments, or database unknown.");
            case NO_SUCH_KEY -> args.failKey()
                    ? new Plan.Refused(MISSING)
                    : Plan.NOTHING;
            case 3 -> new Plan.Refused("Enumeration not supported on this database.");
            default -> new Plan.Refused("Unexpected failure of getent: it ended with " + entries.status() + ".");
        };
    }

    @Override
    public Verdict judge(Args args, Found entries, Applied<Found> applied) {
        MapValue found = MapValue.EMPTY;
        if (entries.status() == NO_SUCH_KEY && args.key().isPresent()) {
            found = found.with(args.key().get(), null);
        }
        for (Map.Entry<String, List<Value>> entry : entries.fields().entrySet()) {
            found = found.with(entry.getKey(), new ListValue(entry.getValue()));
        }
        MapValue facts = MapValue.of("ansible_facts", MapValue.of("getent_" + args.database(), found));
        return Verdict.changed(false, entries.status() == NO_SUCH_KEY ? facts.with("msg", MISSING) : facts);
    }
}
