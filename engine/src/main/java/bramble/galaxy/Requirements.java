package bramble.galaxy;

import bramble.problem.FileTrouble;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.None;
import bramble.yaml.Node;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a requirements file asks for. */
public record Requirements(List<RoleRequest> roles, List<CollectionRequest> collections) {
    private static final Set<String> OF_ROLES = Set.of("src", "role", "name", "scm", "version", "include");
    private static final Set<String> OF_COLLECTIONS = Set.of("name", "version", "source", "type", "signatures");
    private static final List<String> TYPES = List.of("galaxy", "file", "url", "git", "dir", "subdirs");

    /** Reads a file: lists under {@code roles} and {@code collections}, or a list of roles, as of old. */
    public static Requirements read(Path file) {
        return read(file, List.of());
    }

    /** The collections that a file asks for; the old form has none. */
    public static List<CollectionRequest> collections(Path file) {
        if (document(file) instanceof Node.Items items) {
            throw wrong(items.source(), "Tried to read which collections are required, but this is a list of roles.",
                    "Write a list under collections, or install the roles with `galaxy role install -r`.");
        }
        return read(file).collections();
    }

    /** @param around the files that include this one */
    private static Requirements read(Path file, List<Path> around) {
        var roles = new ArrayList<RoleRequest>();
        var collections = new ArrayList<CollectionRequest>();
        switch (document(file)) {
            case Node.Items items -> items.items().forEach(item -> roles(item, file, around, roles));
            case Node.Fields fields -> {
                for (Node.Field field : fields.fields()) {
                    switch (field.name()) {
                        case "roles" -> items(field.value(), "roles")
                                .forEach(item -> roles(item, file, around, roles));
                        case "collections" -> items(field.value(), "collections")
                                .forEach(item -> collections.add(collection(item, file)));
                        case String other -> throw wrong(field.key().source(),
                                "Tried to read what is required, but \"" + other
                                        + "\" is none of the lists that such a file has.",
                                Nearest.to(other, List.of("roles", "collections")).map(name -> "Did you mean \""
                                        + name + "\"?").orElse("Expected roles or collections."));
                    }
                }
            }
            case Node other when NodeValues.plain(other) == None.NONE -> throw wrong(other.source(),
                    "Tried to read what is required, but the file says nothing.", "");
            case Node other -> throw wrong(other.source(),
                    "Tried to read what is required, but this is neither a list nor a mapping.",
                    "Expected lists under roles and collections.");
        }
        return new Requirements(List.copyOf(roles), List.copyOf(collections));
    }

    /** The roles of a list of dependencies, as a role's {@code meta/main.yml} has them. */
    static List<RoleRequest> dependencies(Node node, Path file) {
        var roles = new ArrayList<RoleRequest>();
        if (node instanceof Node.Items items) {
            items.items().forEach(item -> roles(item, file, List.of(), roles));
        }
        return roles;
    }

    private static Node document(Path file) {
        try {
            return YamlReader.readOne(Files.readString(file), file.toString(), _ -> {});
        } catch (IOException e) {
            throw new ProblemException(Source.file(file.toString()),
                    "Tried to read what is required, but " + FileTrouble.why(e) + ".");
        }
    }

    private static ProblemException wrong(Source source, String what, String hint) {
        return new ProblemException(Problem.error(source, what, hint));
    }

    private static List<Node> items(Node node, String name) {
        return switch (node) {
            case Node.Items items -> items.items();
            case Node other when NodeValues.plain(other) == None.NONE -> List.of();
            case Node other -> throw wrong(other.source(), "Tried to read " + name + ", but this is no list.",
                    "Begin each line with \"-\".");
        };
    }

    private static Optional<String> text(Node.Fields fields, String name) {
        return fields.field(name).filter(field -> NodeValues.plain(field.value()) != None.NONE)
                .flatMap(field -> field.value() instanceof Node.Scalar scalar
                        ? Optional.of(scalar.text().strip()) // 1.10 is a version, not the number 1.1
                        : Optional.empty())
                .filter(text -> !text.isEmpty());
    }

    private static void checkNames(Node.Fields fields, Set<String> known) {
        for (Node.Field field : fields.fields()) {
            if (Nearest.to(field.name(), known).isPresent() && !known.contains(field.name())) {
                throw wrong(field.key().source(), "Tried to read a requirement, but there is no \"" + field.name()
                        + "\".", Nearest.hint(field.name(), known));
            }
        }
    }

    private static void roles(Node item, Path file, List<Path> around, List<RoleRequest> roles) {
        switch (item) {
            case Node.Scalar scalar -> roles.add(RoleRequest.of(scalar.text()));
            case Node.Fields fields -> {
                checkNames(fields, OF_ROLES);
                Optional<String> include = text(fields, "include");
                if (include.isPresent()) {
                    Path other = Optional.ofNullable(file.getParent()).orElse(Path.of("")).resolve(include.get());
                    var open = new ArrayList<>(around);
                    open.add(file.normalize());
                    if (open.contains(other.normalize())) {
                        throw wrong(item.source(), "Tried to include " + include.get() + ", but it includes itself.",
                                "");
                    }
                    roles.addAll(read(other, open).roles());
                    return;
                }
                String src = text(fields, "src").or(() -> text(fields, "role")).or(() -> text(fields, "name"))
                        .orElseThrow(() -> wrong(item.source(), "Tried to read a role, but it has no src.",
                                "Expected \"src: name\"."));
                RoleRequest plain = RoleRequest.of(src);
                roles.add(RoleRequest.of(plain.scm().isPresent() ? plain.scm().get() + "+" + plain.src() : plain.src(),
                        text(fields, "scm"), text(fields, "version").or(plain::version),
                        fields.field("src").isPresent() ? text(fields, "name") : Optional.of(plain.name())));
            }
            case Node other -> throw wrong(other.source(), "Tried to read a role, but this is a list.",
                    "Expected a name, or a mapping with src.");
        }
    }

    private static CollectionRequest collection(Node item, Path file) {
        return switch (item) {
            case Node.Scalar scalar -> collection(scalar.text(), folder(file)).orElseThrow(() -> wrong(
                    scalar.source(), "Tried to read a collection, but \"" + scalar.text()
                            + "\" is neither a name like namespace.name, nor a file, a folder or an address.",
                    ""));
            case Node.Fields fields -> {
                checkNames(fields, OF_COLLECTIONS);
                String name = text(fields, "name").or(() -> text(fields, "source")).orElseThrow(() -> wrong(
                        item.source(), "Tried to read a collection, but it has no name.",
                        "Expected \"name: namespace.name\"."));
                Optional<String> type = text(fields, "type");
                if (type.isPresent() && !TYPES.contains(type.get())) {
                    throw wrong(item.source(), "Tried to read a collection, but there is no type " + type.get() + ".",
                            "There are " + String.join(", ", TYPES) + ". " + Nearest.hint(type.get(), TYPES));
                }
                yield collection(name, text(fields, "version"), text(fields, "source"), type, folder(file))
                        .orElseThrow(() -> wrong(item.source(), "Tried to read a collection, but \"" + name
                                + "\" is neither a name like namespace.name, nor a file, a folder or an address.",
                                ""));
            }
            case Node other -> throw wrong(other.source(), "Tried to read a collection, but this is a list.",
                    "Expected a name, or a mapping with name.");
        };
    }

    private static Path folder(Path file) {
        return Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of(""));
    }

    /** What a word asks for: {@code namespace.name[:range]}, a file, a folder, an address, {@code git+...}. */
    public static Optional<CollectionRequest> collection(String word, Path folder) {
        int colon = word.indexOf(':');
        boolean versioned = colon > 0 && CollectionName.of(word.substring(0, colon)).isPresent();
        return versioned
                ? collection(word.substring(0, colon), Optional.of(word.substring(colon + 1)), Optional.empty(),
                        Optional.empty(), folder)
                : collection(word, Optional.empty(), Optional.empty(), Optional.empty(), folder);
    }

    private static Optional<CollectionRequest> collection(String name, Optional<String> version,
            Optional<String> source, Optional<String> type, Path folder) {
        String kind = type.orElseGet(() -> kind(name, folder));
        return switch (kind) {
            case "git" -> Optional.of(CollectionRequest.Git.of(name.contains("/") || name.contains("@")
                    ? name
                    : source.orElse(name), version));
            case "url" -> Optional.of(new CollectionRequest.Address(name));
            case "file" -> Optional.of(new CollectionRequest.Archive(folder.resolve(name).toString()));
            case "dir", "subdirs" -> Optional.of(new CollectionRequest.Folder(folder.resolve(name).toString()));
            case String _ -> CollectionName.of(name).map(known -> new CollectionRequest.OnServer(known,
                    VersionRange.of(version.orElse("*"), name), source));
        };
    }

    private static String kind(String name, Path folder) {
        if (name.startsWith("git+") || name.startsWith("git@")) {
            return "git";
        }
        if (name.startsWith("http://") || name.startsWith("https://")) {
            return name.replaceFirst(",.*$", "").endsWith(".git") ? "git" : "url";
        }
        Path path = folder.resolve(name);
        return Files.isRegularFile(path) ? "file" : Files.isDirectory(path) ? "dir" : "galaxy";
    }
}
