package bramble.run;

import bramble.playbook.Play;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.template.Scope;
import bramble.template.Site;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import java.util.LinkedHashSet;
import java.util.Set;

/** What a play's own keywords see before there is a host: extra vars, the play's vars, and the inventory as a whole. */
final class PlayScope implements Scope {
    private final World world;
    private final Play play;

    PlayScope(World world, Play play) {
        this.world = world;
        this.play = play;
    }

    @Override
    public Value get(String name) {
        var key = new Text(name);
        Value value = world.options.extraVars().entries().get(key);
        if (value == null) {
            value = play.vars().values().entries().get(key);
        }
        if (value == null) {
            value = switch (name) {
                case "groups" -> world.groups();
                case "playbook_dir" -> new Text(world.playbookFolder.toString());
                case "ansible_check_mode" -> Value.of(world.options.check());
                case "hostvars" -> HostScope.of(world, "localhost").get("hostvars");
                default -> new Undefined("'" + name + "' is undefined", Source.NONE);
            };
        }
        return value;
    }

    @Override
    public Set<String> names() {
        var names = new LinkedHashSet<>(world.options.extraVars().byName().keySet());
        names.addAll(play.vars().values().byName().keySet());
        names.add("groups");
        names.add("hostvars");
        names.add("playbook_dir");
        return names;
    }

    @Override
    public void warn(Problem problem) {
        world.warnOnce(problem);
    }

    @Override
    public Site site() {
        return Site.of(world.playbookFolder);
    }
}
