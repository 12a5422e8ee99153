package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.List;

/** {@code fail}: ends the host's part of a play with a message. */
@AutoService(AnyModule.class)
public final class FailModule implements Conversation<FailModule.Args> {

    /** The arguments of {@code fail}. */
    @Doc(value = "Fails with a message.", example = """
            - name: Refuse an empty inventory
              fail:
                msg: There is no host to work on.
              when: groups['all'] | length == 0
            """, returns = "msg: any: the message")
    public record Args(@Arg(value = "What is said.", fallback = "Failed as requested from task") Value msg) {}

    @Override
    public String name() {
        return "fail";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) {
        return new Result(Result.Status.FAILED, MapValue.of("msg", args.msg()), List.of());
    }
}
