package bramble.run;

import bramble.brought.Python;
import bramble.brought.Resident;
import bramble.template.Arguments;
import bramble.template.Brought;
import bramble.template.Filter;
import bramble.template.Lookup;
import bramble.template.OneMapping;
import bramble.template.Scope;
import bramble.template.TemplateException;
import bramble.template.Test;
import bramble.template.UndefinedException;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Filters, tests and lookups in Python: of the playbook, its roles, collections on disk, and configured folders. Lookups that
 * neither Bramble nor the playbook has may be those of the user's own ansible-core.
 */
public final class PythonPlugins implements Brought {
    private final Resident python;
    private final List<Path> collections;
    private final Function<String, List<Path>> configured;
    private final Map<String, Names> names = new ConcurrentHashMap<>();
    private final Map<Sight, Map<Path, String>> texts = new ConcurrentHashMap<>();

    /** A kind of plugins, and the folders of a template that may have some. */
    private record Sight(String kind, List<Path> searchPath) {}

    /** What a file has, or why it can't be loaded. */
    private record Names(List<String> all, Optional<String> failure) {}

    /**
     * @param collections the configured folders below which {@code ansible_collections} stands
     * @param configured the configured folders of a kind of plugins
     */
    public PythonPlugins(Resident python, List<Path> collections, Function<String, List<Path>> configured) {
        this.python = python;
        this.collections = List.copyOf(collections);
        this.configured = configured;
    }

    @Override
    public Optional<Filter> filter(String name, Scope scope) {
        return find("filter", name, scope).map(file -> Filter.takingUndefined(
                (input, arguments, _) -> call("filter", file, name, input, arguments, scope)));
    }

    @Override
    public Optional<Test> test(String name, Scope scope) {
        return find("test", name, scope).map(file -> Test.takingUndefined(
                (input, arguments, at) -> at.truth(call("test", file, name, input, arguments, scope))));
    }

    @Override
    public Optional<Lookup> lookup(String name, Scope scope) {
        String plain = plain(name);
        Optional<Path> file = folders("lookup", name, scope).map(folder -> folder.resolve(plain + ".py"))
                .filter(Files::isRegularFile).findFirst();
        if (file.isEmpty() && (Files.notExists(Path.of("/usr/bin/python3")) || !hasLookup(name, scope))) {
            return Optional.empty();
        }
        return Optional.of((terms, options, _) -> {
            MapValue request = MapValue.of("name", name, "file", file.map(Path::toString).orElse(""), "positional",
                    new ListValue(terms), "named", MapValue.named(options.named()));
            Value found = ask("lookup", Unevaluated.of(scope).in(request), scope);
            return switch (found) {
                case ListValue list -> list.items();
                case MapValue map when map.get("_mapping").orElse(null) instanceof MapValue one ->
                    List.of(new OneMapping(one));
                case Value other -> List.of(other);
            };
        });
    }

    private boolean hasLookup(String name, Scope scope) {
        return ask("has", MapValue.of("name", name), scope) == Bool.TRUE;
    }

    private Value call(String kind, Path file, String name, Value input, Arguments arguments, Scope scope) {
        var positional = new ArrayList<Value>();
        positional.add(input);
        positional.addAll(arguments.positional());
        return ask("call", MapValue.of("kind", kind, "file", file.toString(), "name", plain(name), "positional",
                new ListValue(positional), "named", MapValue.named(arguments.named())), scope);
    }

    private Value ask(String what, MapValue request, Scope scope) {
        try {
            return python.ask(what, request, roots(scope).toList(), 0).value();
        } catch (Resident.Failure e) {
            throw e.undefined().<TemplateException>map(UndefinedException::new)
                    .orElseGet(() -> new TemplateException(String.valueOf(e.getMessage())));
        }
    }

    /** The file that has it. One that can't be loaded is passed over; it is what is wrong where no other file has the name. */
    private Optional<Path> find(String kind, String name, Scope scope) {
        var broken = new LinkedHashMap<Path, String>();
        for (Path file : folders(kind, name, scope).flatMap(folder -> files(folder).stream()).toList()) {
            Names known = names.computeIfAbsent(kind + file, _ -> names(kind, file, scope));
            if (known.all().contains(plain(name))) {
                return Optional.of(file);
            }
            known.failure().ifPresent(why -> broken.put(file, why));
        }
        if (broken.isEmpty()) {
            return Optional.empty();
        }
        throw new TemplateException("Tried to find the " + kind + " '" + name + "', but " + broken.entrySet().stream()
                .map(one -> one.getKey() + " can't be loaded: " + one.getValue()).collect(Collectors.joining("; ")));
    }

    /** Its own plugin comes before Bramble's of that name. Files that don't mention the name need not be loaded. */
    @Override
    public boolean replaces(String kind, String name, Scope scope) {
        if (name.indexOf('.') >= 0) {
            return false;
        }
        Map<Path, String> seen = texts.computeIfAbsent(new Sight(kind, scope.site().searchPath()),
                _ -> texts(folders(kind, name, scope)));
        return seen.entrySet().stream().anyMatch(file -> file.getValue().contains(name) && Python.path().isPresent()
                && names.computeIfAbsent(kind + file.getKey(), _ -> names(kind, file.getKey(), scope)).all()
                        .contains(name));
    }

    private static Map<Path, String> texts(Stream<Path> folders) {
        var texts = new LinkedHashMap<Path, String>();
        for (Path file : folders.flatMap(folder -> files(folder).stream()).toList()) {
            try {
                texts.put(file, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return texts;
    }

    private Names names(String kind, Path file, Scope scope) {
        try {
            return new Names(texts(ask("names", MapValue.of("kind", kind, "file", file.toString()), scope)),
                    Optional.empty());
        } catch (TemplateException e) {
            return new Names(List.of(), Optional.of(e.summary()));
        }
    }

    private static List<String> texts(Value value) {
        return value instanceof ListValue list
                ? list.items().stream().map(item -> item instanceof Text(String text) ? text : "").toList()
                : List.of();
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".py") && !file.endsWith("__init__.py")).sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stream<Path> folders(String kind, String name, Scope scope) {
        String[] words = name.split("\\.", 3);
        if (words.length == 3) {
            return roots(scope).map(root -> root.resolve("ansible_collections").resolve(words[0]).resolve(words[1])
                    .resolve("plugins").resolve(kind));
        }
        return Stream.concat(scope.site().searchPath().stream().map(folder -> folder.resolve(kind + "_plugins")),
                configured.apply(kind).stream());
    }

    private Stream<Path> roots(Scope scope) {
        return Stream.concat(scope.site().searchPath().stream().map(folder -> folder.resolve("collections"))
                .filter(Files::isDirectory), collections.stream());
    }

    private static String plain(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
