package bramble.run;

import bramble.playbook.Role;
import bramble.playbook.Task;
import bramble.problem.Source;
import bramble.template.Mention;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Template;
import bramble.value.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the variables that somebody has set and a task's arguments are made of. */
record Givers(World world, Task task, Beforehand.Way way) {
    /** A template that is a variable's name alone. */
    private static final Pattern ALONE = Pattern.compile("\\{\\{-?\\s*[A-Za-z_]\\w*\\s*-?}}");

    /**
     * By name, with where each is written. A role's own values are looked through for what they are made of; so is a variable that
     * is another one by another name.
     */
    Map<String, Source> of(String host, List<Value> written) {
        var places = new Places(world, way.frame(), task.role(), task.directives());
        var found = new LinkedHashMap<String, Source>();
        var seen = new HashSet<String>();
        var left = new ArrayDeque<>(written);
        while (!left.isEmpty()) {
            for (String name : names(left.remove())) {
                Optional<Places.Written> one = seen.add(name) ? places.find(host, name) : Optional.empty();
                if (one.isEmpty()) {
                    task.loop().filter(loop -> loop.control().variable().equals(name))
                            .ifPresent(loop -> left.add(loop.over()));
                    continue;
                }
                Value value = one.get().value();
                if (task.role().filter(role -> isOf(role, one.get().place())).isPresent()
                        || another(value, places, host)) {
                    left.add(value);
                } else {
                    Source place = one.get().place();
                    found.put(name, place.equals(Source.NONE) ? task.action().source() : place);
                }
            }
        }
        return found;
    }

    /** Those of which the arguments as a whole are made. */
    Map<String, Source> of(String host) {
        var written = new ArrayList<Value>(List.of(task.action().arguments()));
        written.addAll(task.action().whole());
        return of(host, written);
    }

    private static boolean isOf(Role role, Source place) {
        return place.file().startsWith(role.path() + "/");
    }

    private boolean another(Value value, Places places, String host) {
        return value instanceof Template template && ALONE.matcher(template.text().strip()).matches()
                && names(template).stream().anyMatch(name -> places.find(host, name).isPresent());
    }

    /** The names of variables in it, in order. */
    private List<String> names(Value value) {
        return templates(value).flatMap(template -> world.templates.mentions(template).stream())
                .filter(mention -> mention.kind() == Mention.Kind.VARIABLE || mention.kind() == Mention.Kind.GUARDED)
                .map(Mention::name).distinct().toList();
    }

    /** The templates in it. */
    static Stream<Template> templates(Value value) {
        return switch (value) {
            case Template template -> Stream.of(template);
            case MapValue map -> Stream.concat(map.entries().keySet().stream(), map.entries().values().stream())
                    .flatMap(Givers::templates);
            case ListValue list -> list.items().stream().flatMap(Givers::templates);
            case Value _ -> Stream.empty();
        };
    }
}
