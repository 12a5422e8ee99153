package bramble.cli;

import bramble.args.Argument;
import bramble.args.Doc;
import bramble.args.Schema;
import bramble.module.AnyModule;
import bramble.playbook.Keyword;
import bramble.value.Bool;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.List;

/**
 * A JSON Schema of playbooks, with which editors complete and check keywords, modules and their arguments. A text is let
 * through everywhere, for it may hold a template.
 */
final class EditorSchema {
    private static final MapValue TEXT = MapValue.of("type", "string");
    private static final MapValue ANY = MapValue.EMPTY;

    private EditorSchema() {}

    static String of(List<AnyModule> modules) {
        MapValue task = keywords(Keyword.Place.HANDLER).with("name", TEXT).with("when", ANY).with("tags", ANY)
                .with("vars", ANY).with("loop", ANY).with("loop_control", ANY).with("args", ANY)
                .with("environment", ANY).with("module_defaults", ANY).with("collections", ANY).with("action", ANY)
                .with("local_action", ANY).with("import_tasks", ANY).with("include_tasks", ANY)
                .with("import_role", ANY).with("include_role", ANY).with("meta", ANY).with("block", reference("tasks"))
                .with("rescue", reference("tasks")).with("always", reference("tasks"));
        for (AnyModule module : modules) {
            Doc doc = Schema.of(module.args()).doc();
            MapValue arguments = reference("module_" + module.name());
            task = task.with(module.name(), arguments).with(Manual.fullName(module), arguments);
            for (String alias : doc.aliases()) {
                task = task.with(alias, arguments).with(doc.collection() + "." + alias, arguments);
            }
        }
        MapValue play = keywords(Keyword.Place.PLAY).with("name", TEXT).with("tags", ANY).with("when", ANY)
                .with("vars", ANY).with("vars_files", ANY).with("vars_prompt", ANY).with("environment", ANY)
                .with("module_defaults", ANY).with("collections", ANY).with("roles", ANY).with("import_playbook", TEXT)
                .with("pre_tasks", reference("tasks")).with("tasks", reference("tasks"))
                .with("post_tasks", reference("tasks")).with("handlers", reference("tasks"));
        MapValue parts = MapValue.of("play", closed(play), "tasks",
                MapValue.of("type", "array", "items", reference("task")), "task", open(task));
        for (AnyModule module : modules) {
            parts = parts.with("module_" + module.name(), arguments(module));
        }
        MapValue schema = MapValue.of("$schema", "http://json-schema.org/draft-07/schema#", "title",
                "Bramble playbook", "type", "array", "items", reference("play"), "definitions", parts);
        return Json.pretty(schema) + "\n";
    }

    private static MapValue reference(String name) {
        return MapValue.of("$ref", "#/definitions/" + name);
    }

    private static MapValue closed(MapValue properties) {
        return open(properties).with("additionalProperties", Bool.of(false));
    }

    private static MapValue open(MapValue properties) {
        return MapValue.of("type", "object", "properties", properties);
    }

    private static MapValue keywords(Keyword.Place place) {
        MapValue properties = MapValue.EMPTY;
        for (Keyword keyword : Keyword.values()) {
            if (keyword.allowedIn(place)) {
                properties = properties.with(keyword.word(), switch (keyword.shape()) {
                    case BOOL -> types("boolean");
                    case INT -> types("integer");
                    case NUMBER, PERCENT -> types("number");
                    case TEXT -> types("string");
                    case LIST, CONDITION -> ANY;
                });
            }
        }
        return properties;
    }

    private static MapValue types(String type) {
        return type.equals("string")
                ? MapValue.of("type", Value.texts(List.of("string", "number", "boolean", "null")))
                : MapValue.of("type", Value.texts(List.of(type, "string", "null")));
    }

    private static MapValue arguments(AnyModule module) {
        Schema<?> schema = Schema.of(module.args());
        MapValue properties = MapValue.EMPTY;
        boolean rest = false;
        for (Argument argument : schema.arguments()) {
            rest |= argument.rest();
            MapValue property = property(argument);
            properties = properties.with(argument.name(), property);
            for (String alias : argument.aliases()) {
                properties = properties.with(alias, property);
            }
        }
        MapValue object = rest ? open(properties) : closed(properties);
        return MapValue.of("description", schema.doc().value(), "anyOf",
                new ListValue(List.of(object, MapValue.of("type", Value.texts(List.of("string", "null"))))));
    }

    /** A mapping of its own, or several of them; templates too. */
    private static MapValue inner(Argument argument) {
        MapValue properties = MapValue.EMPTY;
        for (Argument one : argument.inner()) {
            properties = properties.with(one.name(), property(one));
            for (String alias : one.aliases()) {
                properties = properties.with(alias, property(one));
            }
        }
        MapValue one = MapValue.of("anyOf", new ListValue(List.of(closed(properties), types("string"))));
        String type = Manual.type(argument);
        MapValue all = type.startsWith("list")
                ? MapValue.of("type", "array", "items", one)
                : type.startsWith("dict of")
                        ? MapValue.of("type", "object", "additionalProperties", one)
                        : closed(properties);
        return MapValue.of("description", argument.doc(), "anyOf", new ListValue(List.of(all, types("string"))));
    }

    private static MapValue property(Argument argument) {
        if (!argument.inner().isEmpty()) {
            return inner(argument);
        }
        MapValue property = switch (Manual.type(argument)) {
            case "bool" -> types("boolean");
            case "int" -> types("integer");
            case "float" -> types("number");
            case "str" -> types("string");
            default -> ANY;
        };
        MapValue described = MapValue.of("description", argument.doc());
        return argument.choices().isEmpty() || Manual.type(argument).startsWith("list")
                ? described.with(property)
                : described.with("anyOf", new ListValue(List.of(MapValue.of("enum", Value.texts(argument.choices())),
                        types("boolean").with("pattern", "[{][{]"))));
    }
}
