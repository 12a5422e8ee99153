package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.problem.Source;
import bramble.template.Truth;
import bramble.template.UndefinedException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;

/** {@code assert}: fails unless all conditions hold. */
@AutoService(AnyModule.class)
public final class AssertModule implements Conversation<AssertModule.Args> {

    /** The arguments of {@code assert}. */
    @Doc(value = "Fails unless all conditions hold.", example = """
            - name: Check the inventory
              assert:
                that:
                  - groups['all'] | length > 0
                  - inventory_hostname is defined
                fail_msg: This inventory has no hosts.
            """, returns = {"assertion: str: the condition that didn't hold", "evaluated_to: bool: what it gave",
        "msg: any: how it ended"})
    public record Args(@Arg(value = "Conditions, written as in when.", late = true) Value that,
            @Arg(value = "What is said when one doesn't hold.", aliases = "msg") Optional<Value> failMsg,
            @Arg("What is said when all hold.") Optional<Value> successMsg,
            @Arg(value = "Whether less is shown.", fallback = "false") boolean quiet) {}

    @Override
    public String name() {
        return "assert";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) {
        String unknown = "";
        for (Value condition : conditions(args.that(), talk)) {
            Truth truth;
            try {
                truth = talk.templates().condition(condition, Source.NONE, talk.scope());
            } catch (UndefinedException e) {
                String text = PythonText.of(condition);
                String hint = e.problems().getFirst().hint();
                return Result.failed("The conditional check '" + text
                        + "' failed. The error was: error while evaluating conditional (" + text + "): "
                        + e.summary() + (hint.isEmpty() ? "" : ". " + hint));
            }
            if (truth.isFalse()) {
                return new Result(Result.Status.FAILED,
                        MapValue.of("evaluated_to", false, "assertion", shown(condition, talk), "msg",
                                args.failMsg().orElse(new Text("Assertion failed"))),
                        List.of());
            }
            unknown = unknown.isEmpty() ? truth.why() : unknown;
        }
        return unknown.isEmpty()
                ? Result.ok(MapValue.of("msg", args.successMsg().orElse(new Text("All assertions passed"))))
                : Result.undetermined(unknown);
    }

    private static List<Value> conditions(Value that, Talk talk) {
        Value given = that instanceof Template && talk.templates().resolve(that, talk.scope()) instanceof ListValue list
                ? list
                : that;
        return given instanceof ListValue list ? list.items() : List.of(given);
    }

    /** The condition as it was evaluated: with the values that its braces gave. */
    private static Value shown(Value condition, Talk talk) {
        return condition instanceof Template ? talk.templates().resolve(condition, talk.scope()) : condition;
    }
}
