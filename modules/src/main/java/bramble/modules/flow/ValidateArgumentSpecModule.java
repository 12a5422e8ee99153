package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Specified;
import bramble.module.Talk;
import bramble.value.MapValue;
import bramble.value.Template;
import bramble.value.Undefined;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code validate_argument_spec}: checks variables against a specification, as roles do when they begin. */
@AutoService(AnyModule.class)
public final class ValidateArgumentSpecModule implements Conversation<ValidateArgumentSpecModule.Args>, Specified {

    /** The arguments of {@code validate_argument_spec}. */
    @Doc(value = "Checks variables, or the arguments that are given, against a specification.", example = """
            - name: The port has to be a number
              validate_argument_spec:
                argument_spec:
                  web_port:
                    type: int
                    required: true
                provided_arguments:
                  web_port: 8080
            """, returns = {"argument_errors: list: what is wrong", "argument_spec_data: dict: the specification",
        "validate_args_context: dict: where it is from"})
    public record Args(
            @Arg(value = "By name: type, required, default, choices, elements, options, aliases.", name = "argument_spec", late = true) Value argumentSpec,
            @Arg("The arguments; those that aren't here are looked up among the variables.") Optional<MapValue> providedArguments,
            @Arg("Where the specification is from.") Optional<MapValue> validateArgsContext) {}

    @Override
    public String name() {
        return "validate_argument_spec";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public List<Fault> faults(MapValue spec, Map<String, Value> given) {
        return ArgumentSpec.faults(spec, given);
    }

    @Override
    public Result hold(Args args, Talk talk) {
        Value spec = args.argumentSpec() instanceof Template template
                ? talk.templates().resolve(template, talk.scope())
                : args.argumentSpec();
        if (!(spec instanceof MapValue options)) {
            return Result.failed("Incorrect type for argument_spec, expected dict");
        }
        Map<String, Value> given = new LinkedHashMap<>();
        for (String name : options.byName().keySet()) {
            Value value = talk.scope().get(name);
            if (!(value instanceof Undefined)) {
                given.put(name, talk.templates().resolve(value, talk.scope()));
            }
        }
        args.providedArguments().ifPresent(provided -> given.putAll(provided.byName()));
        List<String> problems = ArgumentSpec.problems(options, given);
        MapValue context = MapValue.of("validate_args_context", args.validateArgsContext().orElse(MapValue.EMPTY));
        return problems.isEmpty()
                ? Result.ok(context.with("msg", "The arg spec validation passed"))
                : Result.failed("Validation of arguments failed:\n" + String.join("\n", problems),
                        context.with("argument_errors", problems).with("argument_spec_data", options));
    }
}
