package bramble.check;

import bramble.playbook.Loop;
import bramble.playbook.Task;
import bramble.problem.ProblemException;
import bramble.template.Scope;
import bramble.template.Site;
import bramble.template.Templates;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the playbook's own text says of a task, whatever the host: the items of a loop over a written list, its folders. */
record LiteralScope(Map<String, Value> values, Site site) implements Scope {
    private static final int MOST = 200;

    /** A scope for each item of the task's loop, or one where there is no loop, or none that can be told. */
    static List<LiteralScope> of(Task task, Path playbook) {
        var folders = new LinkedHashMap<String, Value>();
        folders.put("playbook_dir", new Text(playbook.toString()));
        task.role().ifPresent(role -> {
            folders.put("role_path", new Text(role.path().toString()));
            folders.put("role_name", new Text(role.shortName()));
        });
        var scopes = new ArrayList<LiteralScope>();
        Site site = Sites.of(task, playbook);
        task.loop().ifPresent(loop -> items(loop).stream().limit(MOST).forEach(item -> {
            var values = new LinkedHashMap<>(folders);
            values.put(loop.control().variable(), item);
            scopes.add(new LiteralScope(values, site));
        }));
        return scopes.isEmpty() ? List.of(new LiteralScope(folders, site)) : scopes;
    }

    /** The items of a loop over a list that stands there; empty where it can't be told. */
    private static List<Value> items(Loop loop) {
        boolean plain = loop.lookup().map(name -> name.equals("items") || name.equals("list")).orElse(true);
        if (!plain || !(loop.over() instanceof ListValue list)) {
            return List.of();
        }
        boolean flat = loop.lookup().map(name -> name.equals("items")).orElse(false);
        var items = new ArrayList<Value>();
        for (Value item : list.items()) {
            if (flat && item instanceof ListValue inner) {
                items.addAll(inner.items());
            } else {
                items.add(item);
            }
        }
        return flat && items.stream().anyMatch(Template.class::isInstance) ? List.of() : items;
    }

    @Override
    public Value get(String name) {
        Value value = values.get(name);
        return value == null ? new Unknown(name) : value;
    }

    @Override
    public Set<String> names() {
        return values.keySet();
    }

    @Override
    public boolean looksUp() {
        return false;
    }

    /** The value, with {@link Unknown} where it can't be told. */
    Value of(Value value, Templates templates) {
        return switch (value) {
            case ListValue list -> new ListValue(list.items().stream().map(item -> of(item, templates)).toList());
            case MapValue map when !map.isView() -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, one) -> entries.put(key, of(one, templates)));
                yield new MapValue(entries);
            }
            case Template template -> evaluated(template, templates);
            case Vaulted _ -> new Unknown("it is encrypted");
            default -> value;
        };
    }

    private Value evaluated(Template template, Templates templates) {
        try {
            return templates.resolve(template, this);
        } catch (ProblemException | UnknownValueException e) {
            return new Unknown("it can't be told");
        }
    }
}
