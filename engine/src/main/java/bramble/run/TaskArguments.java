package bramble.run;

import bramble.args.Schema;
import bramble.module.AnyModule;
import bramble.playbook.ActionCall;
import bramble.playbook.Setting;
import bramble.playbook.Task;
import bramble.problem.ProblemException;
import bramble.template.Scope;
import bramble.template.UndefinedException;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Omit;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The arguments that a task gives its module. */
record TaskArguments(World world, Task task) {
    TaskArguments(HostTask one) {
        this(one.world(), one.task());
    }

    /** The arguments with their templates evaluated, over the module's defaults. */
    MapValue of(Scope at, Optional<AnyModule> module) {
        MapValue arguments = defaults(at, module);
        for (var whole : task.action().whole()) {
            arguments = arguments.with(switch (world.templates.resolve(whole, at)) {
                case MapValue map -> map;
                case Unknown(String why) -> throw new UnknownValueException(why);
                case Value other -> throw new ProblemException(whole.source(),
                        "Tried to take all arguments from a template, but it gives " + PythonText.repr(other) + ".");
            });
        }
        Set<String> late = module.map(known -> Schema.of(known.args()).late()).orElse(Set.of());
        for (Map.Entry<String, Value> entry : task.action().arguments().byName().entrySet()) {
            boolean sealed = entry.getValue() instanceof Vaulted && task.action().is("set_fact"); // opened when it is used
            Value value = late.contains(entry.getKey()) || sealed
                    ? entry.getValue()
                    : evaluated(entry.getValue(), at);
            arguments = entry.getKey().equals(ActionCall.FREE_FORM) && value instanceof MapValue map
                    ? arguments.with(map)
                    : arguments.with(named(entry.getKey(), module, at), value);
        }
        return given(arguments);
    }

    /** Without what is omitted, which takes a default away too. */
    private static MapValue given(MapValue arguments) {
        MapValue given = arguments;
        for (Map.Entry<String, Value> argument : arguments.byName().entrySet()) {
            given = argument.getValue() == Omit.OMIT ? given.without(argument.getKey()) : given;
        }
        return given;
    }

    /** The module's defaults: those of an inner block replace those of an outer one, those of modules go over those of groups. */
    private MapValue defaults(Scope at, Optional<AnyModule> module) {
        Map<String, Value> entries = new LinkedHashMap<>();
        for (Setting setting : task.directives().moduleDefaults()) {
            if (world.templates.resolve(setting.value(), at) instanceof MapValue defaults) {
                entries.putAll(defaults.byName());
            }
        }
        return stoodFor(at, module, entries).with(defaults(entries, module));
    }

    private MapValue defaults(Map<String, Value> entries, Optional<AnyModule> module) {
        if (entries.isEmpty()) {
            return MapValue.EMPTY;
        }
        var concerned = new ModuleDefaults(world, task, module);
        MapValue arguments = MapValue.EMPTY;
        for (boolean group : new boolean[]{true, false}) {
            for (Map.Entry<String, Value> entry : entries.entrySet()) {
                if (entry.getKey().startsWith("group/") == group && entry.getValue() instanceof MapValue given
                        && concerned.concerns(entry.getKey())) {
                    arguments = arguments.with(given);
                }
            }
        }
        return arguments;
    }

    /**
     * What a general module gets from the module that it stands for: which one a variable like {@code ansible_package_use} may
     * say, and that module's defaults, as far as the general one has such arguments.
     */
    private MapValue stoodFor(Scope at, Optional<AnyModule> module, Map<String, Value> entries) {
        MapValue arguments = MapValue.EMPTY;
        if (module.isEmpty() || module.get().standsFor().isEmpty()) {
            return arguments;
        }
        Value use = at.get("ansible_" + module.get().name() + "_use");
        if (use instanceof Template || use instanceof Text) {
            arguments = arguments.with("use", world.templates.resolve(use, at));
        }
        Optional<Value> fact = at.get("ansible_facts") instanceof MapValue facts
                ? facts.get(module.get().standsFor().get())
                : Optional.empty();
        Optional<AnyModule> meant = arguments.get("use").or(() -> fact)
                .flatMap(name -> world.modules.find(PythonText.of(name)));
        if (meant.isEmpty()) {
            return arguments;
        }
        Schema<?> schema = Schema.of(module.get().args());
        for (Map.Entry<String, Value> entry : defaults(entries, meant).byName().entrySet()) {
            arguments = schema.find(entry.getKey()).isPresent()
                    ? arguments.with(entry.getKey(), entry.getValue())
                    : arguments;
        }
        return arguments;
    }

    /** What a template for {@code set_fact} gives that is nothing is an empty text, unless {@code jinja2_native} is set. */
    private Value evaluated(Value given, Scope at) {
        boolean sets = task.action().is("set_fact");
        Value value;
        try {
            value = world.templates.resolve(given, at);
        } catch (UndefinedException e) {
            return Optional.of(new AsWritten(world.templates, task)).filter(_ -> sets)
                    .flatMap(written -> written.of(given, at)).orElseThrow(() -> e);
        }
        boolean text = given instanceof Template && value == None.NONE && sets && !world.templates.keepsWords();
        return text ? new Text("") : value;
    }

    /** The names of the variables that a task sets may be templates. */
    private String named(String name, Optional<AnyModule> module, Scope at) {
        return Template.marked(name) && module.filter(known -> Schema.of(known.args()).takesAnyName()).isPresent()
                ? PythonText.of(world.templates.resolve(new Template(name, task.action().source()), at))
                : name;
    }
}
