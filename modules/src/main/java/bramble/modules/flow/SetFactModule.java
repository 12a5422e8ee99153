package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Result.Consequence;
import bramble.module.Result.Consequence.Variables.Level;
import bramble.module.Talk;
import bramble.value.Bool;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.Value;
import bramble.value.VariableName;
import com.google.auto.service.AutoService;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code set_fact}: gives this host variables for the rest of the run. */
@AutoService(AnyModule.class)
public final class SetFactModule implements Conversation<SetFactModule.Args> {

    /** The arguments of {@code set_fact}. */
    @Doc(value = "Gives the host variables for the rest of the run.", example = """
            - name: Remember the port
              set_fact:
                web_port: 8080
                web_name: "www.{{ inventory_hostname }}"
            """, returns = "ansible_facts: dict: the variables")
    public record Args(
            @Arg(value = "Whether they are facts too, which a fact cache keeps.", fallback = "false") boolean cacheable,
            @Arg(value = "The variables, by name.", rest = true) MapValue variables) {}

    @Override
    public String name() {
        return "set_fact";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) {
        Map<String, Value> variables = new LinkedHashMap<>();
        args.variables().byName()
                .forEach((name, value) -> variables.put(name, talk.templates().keepsWords() ? value : flag(value)));
        if (variables.isEmpty()) {
            return Result.failed("No key/value pairs provided, at least one is required for this action to succeed");
        }
        Optional<String> problem = VariableName.problem(variables.keySet());
        if (problem.isPresent()) {
            return Result.failed(problem.get());
        }
        Optional<String> reserved = variables.keySet().stream().filter(name -> name.startsWith("_ansible_"))
                .findFirst();
        if (reserved.isPresent()) {
            return Result.failed("The variable name '" + reserved.get() + "' is reserved for internal use only.");
        }
        var set = new Consequence.Variables(MapValue.named(variables),
                args.cacheable() ? Level.CACHEABLE_FACT : Level.SET_FACT);
        Map<String, Value> known = new LinkedHashMap<>(variables);
        known.values().removeIf(Unknown.class::isInstance);
        MapValue results = MapValue.of("ansible_facts", MapValue.named(known));
        Optional<Unknown> unknown = variables.values().stream().filter(Unknown.class::isInstance)
                .map(Unknown.class::cast)
                .findFirst();
        return unknown.isEmpty()
                ? Result.ok(results, set)
                : new Result(Result.Status.UNDETERMINED, results.with("msg", unknown.get().why()), List.of(set));
    }

    /** Texts that say yes or no are booleans, so that {@code x=false} does not hold in a condition. */
    private static Value flag(Value value) {
        return value instanceof Text(String text) ? switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes" -> Bool.of(true);
            case "false", "no" -> Bool.of(false);
            default -> value;
        } : value;
    }
}
