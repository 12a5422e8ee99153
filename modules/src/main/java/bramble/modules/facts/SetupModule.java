package bramble.modules.facts;

import static java.util.stream.Collectors.toSet;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code setup}: the facts of a node. */
@AutoService(AnyModule.class)
public final class SetupModule implements TaskModule<SetupModule.Args, MapValue> {

    /** The arguments of {@code setup}. */
    @Doc(value = "Reads the node's facts: what it is, what it has, how it is connected.", aliases = "gather_facts", example = """
            - name: Only what kind of system it is
              setup:
                gather_subset: [min]
                filter: ansible_distribution*
            """, returns = "ansible_facts: dict: the facts, each named ansible_...")
    public record Args(
            @Arg(value = "What to gather: all, min, hardware, network, virtual or single topics, each with a ! to leave it out.", fallback = "all") List<String> gatherSubset,
            @Arg(value = "Names of facts to return, with * and ?; with or without ansible_.", fallback = "") List<String> filter,
            @Arg(value = "Seconds after which a mount that doesn't answer is given up.", fallback = "10") int gatherTimeout,
            @Arg(value = "The folder of local facts: files named *.fact.", fallback = "/etc/ansible/facts.d", nodePath = true) String factPath) {}

    @Override
    public String name() {
        return "setup";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<MapValue> inspect(Args args, Platform node) {
        try {
            Set<Topic> topics = Topic.chosen(args.gatherSubset());
            int seconds = Math.max(1, args.gatherTimeout());
            if (!topics.contains(Topic.LOCAL)) {
                return Inquiry.of(new SetupFact(topics, seconds, args.factPath()));
            }
            var others = new SetupFact(topics.stream().filter(topic -> topic != Topic.LOCAL).collect(toSet()), seconds,
                    args.factPath());
            var local = new SetupFact(Set.of(Topic.LOCAL), seconds, args.factPath()); // apart: a dry run may not know them
            return Inquiry.ask(List.of(others, local), known -> switch (known.maybe(local)) {
                case Maybe.Known<MapValue>(MapValue found) -> known.get(others).with(found);
                case Maybe.NotKnown<MapValue>(String why) -> known.get(others).with("local", new Unknown(why));
            });
        } catch (Topic.UnknownSubset _) {
            return Inquiry.nothing(MapValue.EMPTY);
        }
    }

    @Override
    public Plan plan(Args args, MapValue facts) {
        try {
            Topic.chosen(args.gatherSubset());
            return Plan.NOTHING;
        } catch (Topic.UnknownSubset e) {
            return new Plan.Refused(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Verdict judge(Args args, MapValue before, Applied<MapValue> applied) {
        List<Pattern> patterns = args.filter().stream().filter(text -> !text.isBlank()).map(SetupModule::pattern)
                .toList();
        Map<String, Value> facts = new LinkedHashMap<>();
        before.byName().forEach((name, value) -> {
            String full = "ansible_" + name.replace('-', '_');
            boolean wanted = patterns.isEmpty() || patterns.stream()
                    .anyMatch(pattern -> pattern.matcher(full).matches() || pattern.matcher(name).matches());
            if (wanted) {
                facts.put(full, value);
            }
        });
        if (patterns.isEmpty()) {
            facts.put("gather_subset", Value.texts(args.gatherSubset()));
            facts.put("module_setup", Value.of(true));
        }
        MapValue result = MapValue.of("ansible_facts", MapValue.named(facts));
        List<String> warnings = LocalFacts.warnings(before.get("local").orElse(MapValue.EMPTY));
        return Verdict.changed(false, warnings.isEmpty() ? result : result.with("warnings", Value.texts(warnings)));
    }

    /** A pattern of file names as a regular expression. */
    private static Pattern pattern(String text) {
        var regex = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int end = c == '[' ? text.indexOf(']', i + 2) : -1;
            if (end > 0) {
                String set = text.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[").replace("&&", "\\&&");
                regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
                i = end;
            } else {
                regex.append(switch (c) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(String.valueOf(c));
                });
            }
        }
        return Pattern.compile(regex.toString());
    }
}
