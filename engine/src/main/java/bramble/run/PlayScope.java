package bramble.run;

import bramble.playbook.Play;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.template.Scope;
import bramble.template.Site;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a play's own keywords see before there is a host: extra vars, those of the imports that brought it here, answers to
 * prompts, the play's vars_files and vars, and the inventory as a whole.
 */
final class PlayScope implements Scope {
    private final World world;
    /** The strongest first. */
    private final List<MapValue> layers;

    PlayScope(World world, Play play) {
        this(world, play, List.of());
    }

    /** @param more answers to prompts, the play's files: the strongest first */
    PlayScope(World world, Play play, List<MapValue> more) {
        this.world = world;
        var all = new ArrayList<MapValue>();
        all.add(world.options.extraVars());
        play.params().reversed().forEach(params -> all.add(params.values()));
        all.addAll(more);
        all.add(play.vars().values());
        this.layers = List.copyOf(all);
    }

    @Override
    public Value get(String name) {
        var key = new Text(name);
        for (MapValue layer : layers) {
            Value value = layer.entries().get(key);
            if (value != null) {
                return value;
            }
        }
        return switch (name) {
            case "groups" -> world.groups();
            case "playbook_dir" -> new Text(world.playbookFolder().toString());
            case "ansible_check_mode" -> Value.of(world.options.check());
            case "hostvars" -> HostScope.of(world, "localhost").get("hostvars");
            default -> new Undefined("'" + name + "' is undefined", Source.NONE);
        };
    }

    @Override
    public Set<String> names() {
        var names = new LinkedHashSet<String>();
        layers.forEach(layer -> names.addAll(layer.byName().keySet()));
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
        return Site.of(world.playbookFolder());
    }
}
