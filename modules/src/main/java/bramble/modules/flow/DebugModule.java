package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.problem.Source;
import bramble.template.UndefinedException;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code debug}: shows a message, or what an expression gives. */
@AutoService(AnyModule.class)
public final class DebugModule implements Conversation<DebugModule.Args> {
    private static final String UNDEFINED = "VARIABLE IS NOT DEFINED!";
    /** A variable, or a part of one: what a value of a variable may be evaluated as, in turn. */
    private static final Pattern NAME = Pattern
            .compile("[A-Za-z_]\\w*(\\.\\w+|\\[\\d+]|\\['[^'\\\\]*']|\\[\"[^\"\\\\]*\"])*");

    /** The arguments of {@code debug}. */
    @Doc(value = "Shows a message, or what an expression gives.", example = """
            - name: Show the address
              debug:
                msg: "{{ inventory_hostname }} is one of {{ groups['all'] | length }} hosts"
            """, returns = {"msg: any: the message; with var, the key is the expression"})
    public record Args(@Arg(value = "What to show: text, or a list of texts.", keepsNull = true) Optional<Value> msg,
            @Arg(value = "An expression, without braces, whose value is shown.", late = true) Optional<Value> var,
            @Arg(value = "It is shown only with at least so many -v.", fallback = "0") int verbosity) {}

    @Override
    public String name() {
        return "debug";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) {
        if (args.msg().isPresent() && args.var().isPresent()) {
            return Result.failed("'msg' and 'var' are incompatible options");
        }
        if (args.verbosity() > verbosity(talk)) {
            return new Result(Result.Status.SKIPPED,
                    MapValue.of("skipped", true, "skipped_reason", "Verbosity threshold not met."),
                    java.util.List.of());
        }
        return args.var().isPresent()
                ? shown(args.var().get(), talk)
                : Result.ok(MapValue.of("msg", args.msg().orElse(new Text("Hello world!"))));
    }

    private static int verbosity(Talk talk) {
        return talk.scope().get("ansible_verbosity") instanceof Int(var level) ? level.intValue() : 0;
    }

    private static Result shown(Value var, Talk talk) {
        Value of = var instanceof Template ? talk.templates().resolve(var, talk.scope()) : var;
        String key = switch (of) {
            case ListValue _ -> "<class 'list'>";
            case MapValue _ -> "<class 'dict'>";
            default -> PythonText.of(of);
        };
        boolean expression = of instanceof Text(String text)
                && (!(var instanceof Template) || NAME.matcher(text).matches());
        Value value;
        try {
            value = expression
                    ? talk.templates().expression(key, Source.NONE, talk.scope())
                    : talk.templates().resolve(of, talk.scope());
        } catch (UndefinedException e) {
            value = undefined(e.summary(), talk);
        }
        return switch (value) {
            case Unknown(String why) ->
                new Result(Result.Status.UNDETERMINED, MapValue.of("msg", why, "skipped", true), java.util.List.of());
            case Undefined(String what, _, _, _) -> Result.ok(MapValue.of(key, undefined(what, talk)));
            default -> Result.ok(MapValue.of(key, value));
        };
    }

    private static Text undefined(String what, Talk talk) {
        return new Text(verbosity(talk) > 0 ? UNDEFINED + ": " + what : UNDEFINED);
    }
}
