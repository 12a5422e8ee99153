package bramble.galaxy;

import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.yaml.Node;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The roles on this machine, and how others get there.
 *
 * @param folders where roles are looked for; the first is where new ones go
 * @param say what is done, a line each
 */
public record Roles(List<Path> folders, List<GalaxyApi> servers, Web web, Consumer<String> say,
        Consumer<Problem> warn) {
    private static final String INFO = "meta/.galaxy_install_info";
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ROOT);

    /**
     * How to install.
     *
     * @param keepGit whether a repository stays a repository
     */
    public record Way(boolean force, boolean dependencies, boolean forceDependencies, boolean keepGit,
            boolean ignoreErrors) {}

    /**
     * A role that is here.
     *
     * @param version empty where nobody knows it
     */
    public record Installed(String name, Path folder, Optional<String> version, MapValue info, MapValue meta) {}

    /** The roles in a folder, by name. */
    public static List<Installed> in(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isDirectory).sorted().flatMap(role -> at(role).stream()).toList();
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to list " + folder + ", but " + FileTrouble.why(e) + ".");
        }
    }

    /** The role in a folder, if it is one. */
    static Optional<Installed> at(Path folder) {
        Optional<Path> main = Stream.of("main.yml", "main.yaml").map(folder.resolve("meta")::resolve)
                .filter(Files::isRegularFile).findFirst();
        Optional<Path> info = Optional.of(folder.resolve(INFO)).filter(Files::isRegularFile);
        if (main.isEmpty() && info.isEmpty()) {
            return Optional.empty();
        }
        MapValue known = info.map(Roles::map).orElse(MapValue.EMPTY);
        return Optional.of(new Installed(String.valueOf(folder.getFileName()), folder,
                GalaxyApi.text(known, "version"), known, main.map(Roles::map).orElse(MapValue.EMPTY)));
    }

    private static MapValue map(Path file) {
        return NodeValues.plain(node(file)) instanceof MapValue map ? map : MapValue.EMPTY;
    }

    private static Node node(Path file) {
        try {
            return YamlReader.readOne(Files.readString(file), file.toString(), _ -> {});
        } catch (IOException e) {
            throw new ProblemException(Source.file(file.toString()),
                    "Tried to read what the role says of itself, but " + FileTrouble.why(e) + ".");
        }
    }

    /** The first role of a name. */
    public Optional<Installed> find(String name) {
        return folders.stream().map(folder -> folder.resolve(name)).filter(Files::isDirectory)
                .flatMap(folder -> at(folder).stream()).findFirst();
    }

    /** The role of a name where new ones go. */
    private Optional<Installed> here(String name) {
        Path folder = folders.getFirst().resolve(name);
        return Files.isDirectory(folder) ? at(folder) : Optional.empty();
    }

    /** Removes the role of a name where new ones would go; says whether there was one. */
    public boolean remove(String name) {
        Optional<Installed> role = here(name);
        role.ifPresent(here -> Place.remove(here.folder));
        return role.isPresent();
    }

    /** Installs roles and what they depend on. */
    public void install(List<RoleRequest> wanted, Way way) {
        var pending = new ArrayDeque<>(wanted);
        var seen = new HashSet<String>();
        while (!pending.isEmpty()) {
            RoleRequest request = pending.removeFirst();
            boolean asked = wanted.contains(request);
            boolean force = asked ? way.force || way.forceDependencies : way.forceDependencies;
            try {
                if (!isThere(request, force)) {
                    install(request, way.keepGit);
                }
            } catch (ProblemException e) {
                String why = e.problems().getFirst().summary();
                warn.accept(Problem.warning(Source.NONE,
                        "- " + Web.shown(request.name()) + " was NOT installed successfully: " + why, ""));
                if (!way.ignoreErrors) {
                    throw new ProblemException(Source.NONE,
                            "- you can use --ignore-errors to skip failed roles and finish processing the list.");
                }
                continue;
            }
            if (way.dependencies) {
                dependencies(request, force).stream().filter(one -> seen.add(one.name())).forEach(pending::addLast);
            }
        }
    }

    private boolean isThere(RoleRequest request, boolean force) {
        Optional<Installed> here = here(request.name());
        if (here.isEmpty()) {
            if (!force && new Place(folders.getFirst().resolve(request.name())).isTaken()) {
                throw new ProblemException(Source.NONE, "the specified role " + request.name()
                        + " appears to already exist. Use --force to replace it.");
            }
            return false;
        }
        String now = here.get().version.map(version -> " (" + version + ")").orElse("");
        boolean other = request.version().isPresent() && !request.version().equals(here.get().version);
        if (force) {
            say.accept(
                    "- changing role " + request.name() + " from " + here.get().version.orElse("unspecified") + " to "
                            + request.version().orElse("unspecified"));
            return false;
        }
        if (other) {
            warn.accept(Problem.warning(Source.NONE, "- " + request.name() + now
                    + " is already installed - use --force to change version to " + request.version().orElse(""), ""));
        } else {
            say.accept("- " + request.name() + now + " is already installed, skipping.");
        }
        return true;
    }

    /** The roles that one depends on and that can be got somewhere: a name alone is a role beside it. */
    private List<RoleRequest> dependencies(RoleRequest request, boolean force) {
        Path role = folders.getFirst().resolve(request.name());
        var all = new ArrayList<RoleRequest>();
        for (String file : List.of("meta/main.yml", "meta/main.yaml")) {
            if (Files.isRegularFile(role.resolve(file)) && node(role.resolve(file)) instanceof Node.Fields fields) {
                fields.field("dependencies").ifPresent(field -> all.addAll(Requirements.dependencies(field.value(),
                        role.resolve(file))));
            }
        }
        for (String file : List.of("meta/requirements.yml", "meta/requirements.yaml")) {
            if (Files.isRegularFile(role.resolve(file)) && node(role.resolve(file)) instanceof Node.Items items) {
                all.addAll(Requirements.dependencies(items, role.resolve(file)));
            }
        }
        var wanted = new ArrayList<RoleRequest>();
        for (RoleRequest one : all) {
            if (!one.src().contains(".") && one.scm().isEmpty()) {
                continue;
            }
            Optional<Installed> here = here(one.name());
            if (here.isEmpty() || force) {
                say.accept("- adding dependency: " + one);
                wanted.add(one);
            } else if (one.version().isPresent() && !one.version().equals(here.get().version)) {
                warn.accept(Problem.warning(Source.NONE, "- dependency " + one + " from role " + request.name()
                        + " differs from already installed version (" + here.get().version.orElse("unspecified")
                        + "), skipping", ""));
            } else {
                say.accept("- dependency " + one.name() + " is already installed, skipping.");
            }
        }
        return wanted;
    }

    private void install(RoleRequest request, boolean keepGit) {
        if (request.name().isEmpty() || request.name().contains("/") || request.name().startsWith(".")) {
            throw new ProblemException(Source.NONE,
                    "Tried to install " + request.src() + ", but \"" + request.name() + "\" can't be a role's name.");
        }
        Path target = folders.getFirst().resolve(request.name()).toAbsolutePath();
        Path from = Path.of(request.src());
        if (request.scm().isPresent()) {
            if (!request.scm().get().equals("git")) {
                throw new ProblemException(Source.NONE, "Tried to get " + Web.shown(request.src()) + " by "
                        + request.scm().get() + ", but only git is understood.");
            }
            new Place(target).fill(fresh -> {
                Path repository = fresh.resolveSibling("repository");
                Git.fetch(request.src(), request.version(), repository);
                finish(repository, request, target, keepGit);
                Files.delete(fresh);
                Files.move(repository, fresh);
            });
        } else if (request.src().matches("https?://.*")) {
            say.accept("- downloading role from " + Web.shown(request.src()));
            download(Web.Request.to(request.src(), true), request, target);
        } else if (request.src().startsWith("file://")) {
            say.accept("- downloading role from " + request.src());
            Path file = Path.of(request.src().substring("file://".length()));
            if (!Files.isRegularFile(file)) {
                throw new ProblemException(Source.NONE,
                        "Tried to read " + request.src() + ", but there is no such file.");
            }
            unpack(file, request, target);
        } else if (Files.isRegularFile(from)) {
            unpack(from, request, target);
        } else if (Files.isDirectory(from)) {
            new Place(target).fill(fresh -> {
                Place.copy(from, fresh);
                finish(fresh, request, target, keepGit);
            });
        } else {
            say.accept("- " + fromServer(request, target) + " was installed successfully");
            return;
        }
        say.accept("- " + request + " was installed successfully");
    }

    private void download(Web.Request address, RoleRequest request, Path target) {
        try {
            Path folder = Files.createTempDirectory("bramble-");
            try {
                Path file = folder.resolve("role");
                if (web.fetch(address, file, request.name()).isEmpty()) {
                    throw new ProblemException(Source.NONE,
                            "Tried to get " + Web.shown(address.address().toString()) + ", but there is nothing.");
                }
                unpack(file, request, target);
            } finally {
                Place.remove(folder);
            }
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to write a file for the time being, but "
                    + FileTrouble.why(e) + ".");
        }
    }

    private void unpack(Path archive, RoleRequest request, Path target) {
        new Place(target).fill(fresh -> {
            Path whole = Files.createDirectory(fresh.resolveSibling("whole"));
            new Unpacking(archive, request.src()).into(whole);
            Path root = root(whole).orElseThrow(() -> new ProblemException(Source.NONE,
                    "Tried to find a role in " + Web.shown(request.src()) + ", but there is no meta/main.yml in it."));
            finish(root, request, target, false);
            Files.delete(fresh);
            Files.move(root, fresh);
        });
    }

    /** The folder whose {@code meta/main.yml} is nearest to the top. */
    private static Optional<Path> root(Path whole) throws IOException {
        try (Stream<Path> files = Files.walk(whole)) {
            return files.filter(file -> file.endsWith("meta/main.yml") || file.endsWith("meta/main.yaml"))
                    .min(Comparator.comparingInt(Path::getNameCount))
                    .flatMap(file -> Optional.ofNullable(file.getParent()))
                    .flatMap(meta -> Optional.ofNullable(meta.getParent()));
        }
    }

    private void finish(Path role, RoleRequest request, Path target, boolean keepGit) throws IOException {
        if (!Files.isRegularFile(role.resolve("meta/main.yml")) && !Files.isRegularFile(role.resolve(
                "meta/main.yaml"))) {
            throw new ProblemException(Source.NONE,
                    "Tried to find a role in " + Web.shown(request.src()) + ", but there is no meta/main.yml in it.");
        }
        if (!keepGit) {
            Place.remove(role.resolve(".git"));
        }
        say.accept("- extracting " + request.name() + " to " + target);
        Files.writeString(role.resolve(INFO),
                "install_date: " + DATE.format(ZonedDateTime.now(ZoneId.systemDefault())) + "\nversion: "
                        + request.version().map(Roles::quoted).orElse("null") + "\n");
    }

    private static String quoted(String version) {
        return version.matches("[-+.0-9eE_:]+|(?i)null|true|false|yes|no|on|off|~")
                ? "'" + version + "'"
                : version.matches("[\\w./+-]+") ? version : "'" + version.replace("'", "''") + "'";
    }

    /** Gives the request with the version that was chosen. */
    private RoleRequest fromServer(RoleRequest request, Path target) {
        String[] parts = request.src().split("\\.", 3);
        if (parts.length < 2 || request.src().contains("/")) {
            throw new ProblemException(Problem.error(Source.NONE, "Tried to find the role " + request.src()
                    + ", but there is no such file or folder, and on a Galaxy server roles are called owner.name.",
                    ""));
        }
        String owner = parts[0];
        String name = request.src().substring(owner.length() + 1);
        say.accept("- downloading role '" + name + "', owned by " + owner);
        for (GalaxyApi server : servers) {
            Optional<GalaxyApi.KnownRole> role = server.role(owner, name);
            if (role.isPresent()) {
                return fromServer(server, role.get(), request, target);
            }
        }
        throw new ProblemException(Source.NONE, "- sorry, " + request.src() + " was not found on "
                + String.join(", ", servers.stream().map(server -> Web.shown(server.server().url())).toList()) + ".");
    }

    private RoleRequest fromServer(GalaxyApi server, GalaxyApi.KnownRole role, RoleRequest request, Path target) {
        List<GalaxyApi.RoleVersion> versions = server.versions(role);
        Optional<String> branch = GalaxyApi.text(role.about(), "github_branch");
        Optional<GalaxyApi.RoleVersion> version = request.version().isPresent()
                ? versions.stream().filter(one -> one.name().equals(request.version().get())).findFirst()
                : versions.stream().max(Comparator.comparing(one -> Version.of(one.name()).orElse(new Version(
                        Version.of("0-0").orElseThrow().numbers(), List.of("0"), one.name()))));
        if (version.isEmpty() && request.version().isPresent() && !request.version().equals(branch)) {
            throw new ProblemException(Source.NONE, "- the specified version (" + request.version().get() + ") of "
                    + request.src() + " was not found in the list of available versions ("
                    + String.join(", ", versions.stream().map(GalaxyApi.RoleVersion::name).toList()) + ").");
        }
        String chosen = version.map(GalaxyApi.RoleVersion::name).or(request::version).or(() -> branch).orElse("master");
        String url = version.flatMap(GalaxyApi.RoleVersion::download).orElseGet(() -> "https://github.com/"
                + GalaxyApi.text(role.about(), "github_user").orElse(role.owner()) + "/"
                + GalaxyApi.text(role.about(), "github_repo").orElse(role.name()) + "/archive/" + chosen + ".tar.gz");
        say.accept("- downloading role from " + Web.shown(url));
        var exact = new RoleRequest(request.src(), Optional.empty(), Optional.of(chosen), request.name());
        download(server.request(url), exact, target);
        return exact;
    }
}
