package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Result.Consequence;
import bramble.module.Talk;
import bramble.value.MapValue;
import bramble.value.PythonText;
import com.google.auto.service.AutoService;
import java.util.List;

/** {@code group_by}: groups hosts by what is known of them. */
@AutoService(AnyModule.class)
public final class GroupByModule implements Conversation<GroupByModule.Args> {

    /** The arguments of {@code group_by}. */
    @Doc(value = "Makes the host a member of a group that is named by what is known of it.", example = """
            - name: A group for each length of a name
              group_by:
                key: "named_{{ inventory_hostname | length }}"
            """, returns = {"add_group: str: the group", "parent_groups: list: the groups that it is in"})
    public record Args(@Arg("The group's name; blanks become dashes.") String key,
            @Arg(value = "Groups that the group is in.", fallback = "all") List<String> parents) {}

    @Override
    public String name() {
        return "group_by";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) {
        String group = args.key().replace(' ', '-');
        List<String> parents = args.parents().stream().map(parent -> parent.replace(' ', '-')).toList();
        MapValue results = MapValue.of("add_group", group, "parent_groups", parents);
        var joined = new Consequence.JoinGroup(group, parents);
        String host = PythonText.of(talk.scope().get("inventory_hostname"));
        return AddHostModule.Groups.has(talk, group, host)
                ? Result.ok(results, joined)
                : Result.changed(results, joined);
    }
}
