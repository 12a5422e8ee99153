package bramble.cli;

import bramble.args.Argument;
import bramble.args.Doc;
import bramble.args.Schema;
import bramble.module.AnyModule;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Value;
import java.util.List;

/** A module's documentation for programs, in the form in which {@code ansible-doc -j} gives it. */
final class ModuleJson {
    private ModuleJson() {}

    static MapValue of(AnyModule module) {
        Schema<?> schema = Schema.of(module.args());
        Doc doc = schema.doc();
        MapValue options = MapValue.EMPTY;
        for (Argument argument : schema.arguments()) {
            if (!argument.rest()) {
                options = options.with(argument.name(), option(argument));
            }
        }
        MapValue returned = MapValue.EMPTY;
        for (String line : doc.returns()) {
            String[] parts = line.split(": ", 3);
            if (parts.length == 3) {
                returned = returned.with(parts[0],
                        MapValue.of("returned", parts[1], "description", Value.texts(List.of(parts[2]))));
            }
        }
        return MapValue.of("doc",
                MapValue.of("module", module.name(), "collection", doc.collection(), "short_description", doc.value(),
                        "description", Value.texts(List.of(doc.value(), Manual.behaviour(module))), "options", options,
                        "has_action", false),
                "examples", doc.example(), "metadata", None.NONE, "return", returned);
    }

    private static MapValue option(Argument argument) {
        String type = Manual.type(argument);
        boolean list = type.startsWith("list of ");
        MapValue option = MapValue.of("description", Value.texts(List.of(argument.doc())), "required",
                argument.required(), "type", list ? "list" : type);
        if (list) {
            option = option.with("elements", type.substring("list of ".length()));
        }
        if (!argument.aliases().isEmpty()) {
            option = option.with("aliases", Value.texts(argument.aliases()));
        }
        if (!argument.choices().isEmpty()) {
            option = option.with("choices", Value.texts(argument.choices()));
        }
        if (!argument.inner().isEmpty()) {
            MapValue inner = MapValue.EMPTY;
            for (Argument one : argument.inner()) {
                inner = inner.with(one.name(), option(one));
            }
            option = option.with("suboptions", inner);
        }
        return argument.fallback().isPresent() && !argument.fallback().get().isEmpty()
                ? option.with("default", argument.fallback().get())
                : option;
    }
}
