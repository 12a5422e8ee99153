package bramble.cli;

import bramble.galaxy.CollectionBuild;
import bramble.galaxy.CollectionName;
import bramble.galaxy.CollectionRequest;
import bramble.galaxy.Collections;
import bramble.galaxy.Place;
import bramble.galaxy.Requirements;
import bramble.galaxy.Roles;
import bramble.galaxy.Shelf;
import bramble.galaxy.Version;
import bramble.galaxy.Web;
import bramble.problem.FileTrouble;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.Value;
import bramble.yaml.YamlWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code galaxy collection ...}. */
final class CollectionCommands {
    private final Session session;
    private final PrintStream out;
    private final GalaxyFlags galaxy;
    private final List<String> names = new ArrayList<>();
    private final List<String> paths = new ArrayList<>();
    private Optional<String> file = Optional.empty();
    private boolean force;
    private boolean noDependencies;
    private boolean forceDependencies;
    private boolean preReleases;
    private boolean upgrade;
    private boolean offline;
    private boolean ignoreErrors;
    private String format = "human";
    private String initPath = ".";
    private String output = ".";
    private String downloads = "./collections";
    private Optional<String> skeleton = Optional.empty();

    CollectionCommands(Session session, GalaxyFlags galaxy) {
        this.session = session;
        this.out = session.out();
        this.galaxy = galaxy;
    }

    Command command() {
        return new Command("collection", "Collections.", _ -> {}, () -> {
            throw new UsageException("what is to be done with collections?",
                    "the following arguments are required: COLLECTION_ACTION");
        }, List.of(Command.of("download", "Get archives of collections, and of what they depend on.",
                this::downloading, this::download),
                Command.of("init", "Make the folders and files of a new collection.", this::initial, this::init),
                Command.of("build", "Make the archive of a collection that can be handed on.", this::building,
                        this::build),
                Command.of("install", "Install collections from a server, git, a file, a folder or an address.",
                        this::installing, this::install),
                Command.of("list", "List the installed collections with their versions.", this::listing, this::list),
                Command.of("verify", "Compare installed collections with their checksums.", this::verifying,
                        this::verify)));
    }

    private void wanted(Syntax syntax) {
        galaxy.declare(syntax);
        syntax.value(text -> file = Optional.of(text), "REQUIREMENTS", "a file that lists collections", "-r",
                "--requirements-file");
        syntax.words(names::add, "COLLECTION_NAME", false);
        for (String name : List.of("--keyring", "--signature", "--required-valid-signature-count",
                "--ignore-signature-status-code")) {
            syntax.value(_ -> {}, "VALUE", "", name);
        }
        syntax.flag(() -> {}, "", "--disable-gpg-verify");
        syntax.flag(() -> {}, "", "--clear-response-cache");
        syntax.flag(() -> {}, "", "--no-cache");
    }

    private void path(Syntax syntax) {
        syntax.value(paths::add, "COLLECTIONS_PATH", "the folder of collections", "-p", "--collections-path");
    }

    private void dependencies(Syntax syntax) {
        syntax.flag(() -> noDependencies = true, "nothing that collections depend on", "-n", "--no-deps");
        syntax.flag(() -> preReleases = true, "pre-releases too", "--pre");
    }

    private void installing(Syntax syntax) {
        wanted(syntax);
        path(syntax);
        dependencies(syntax);
        syntax.flag(() -> force = true, "install anew what is there", "-f", "--force");
        syntax.flag(() -> forceDependencies = true, "anew also what collections depend on", "--force-with-deps");
        syntax.flag(() -> upgrade = true, "the newest versions that will do", "-U", "--upgrade");
        syntax.flag(() -> offline = true, "ask no server", "--offline");
        syntax.flag(() -> ignoreErrors = true, "", "-i", "--ignore-errors");
    }

    private void downloading(Syntax syntax) {
        wanted(syntax);
        dependencies(syntax);
        syntax.value(text -> downloads = text, "DOWNLOAD_PATH", "the folder for them (./collections)", "-p",
                "--download-path");
    }

    private void listing(Syntax syntax) {
        galaxy.declare(syntax);
        path(syntax);
        syntax.value(text -> format = text, "FORMAT", "human, yaml, json", "--format");
        syntax.optionalWord(names::add, "COLLECTION");
    }

    private void verifying(Syntax syntax) {
        wanted(syntax);
        path(syntax);
        syntax.flag(() -> offline = true, "ask no server", "--offline");
        syntax.flag(() -> ignoreErrors = true, "go on with the next collection where one can't be verified", "-i",
                "--ignore-errors");
    }

    private void initial(Syntax syntax) {
        galaxy.declare(syntax);
        syntax.flag(() -> force = true, "also where the folder is there", "-f", "--force");
        syntax.value(text -> initPath = text, "INIT_PATH", "the folder for the new folders (.)", "--init-path");
        syntax.value(text -> skeleton = Optional.of(text), "COLLECTION_SKELETON", "a folder to make it from",
                "--collection-skeleton");
        syntax.word(names::add, "COLLECTION_NAME");
    }

    private void building(Syntax syntax) {
        galaxy.declare(syntax);
        syntax.flag(() -> force = true, "also where the archive is there", "-f", "--force");
        syntax.value(text -> output = text, "OUTPUT_PATH", "the folder for the archive (.)", "--output-path");
        syntax.words(names::add, "COLLECTION", false);
    }

    private List<CollectionRequest> requests() {
        if (!names.isEmpty() && file.isPresent()) {
            throw new ProblemException(Source.NONE,
                    "The positional collection_name arg and --requirements-file are mutually exclusive.");
        }
        if (names.isEmpty() && file.isEmpty()) {
            throw new ProblemException(Source.NONE, "You must specify a collection name or a requirements file.");
        }
        if (file.isPresent()) {
            Path path = session.folder().resolve(Configuration.home(file.get())).normalize();
            if (!Files.isRegularFile(path)) {
                throw new ProblemException(Source.NONE, "The requirements file '" + path + "' does not exist.");
            }
            return Requirements.collections(path);
        }
        return names.stream().map(name -> Requirements.collection(name, session.folder())
                .orElseThrow(() -> new ProblemException(Problem.error(Source.NONE,
                        "Tried to find the collection " + name + ", but it is neither a name like namespace.name, "
                                + "nor a file, a folder or an address.",
                        ""))))
                .toList();
    }

    /** Where collections are looked for, those that were named first. */
    private List<Shelf> shelves() {
        return Stream.concat(GalaxyCommand.folders(paths, session.folder()).stream(),
                session.configuration().collections().stream()).map(Shelf::of).distinct().toList();
    }

    /** Does something with a folder for the time being. */
    private <T> T scratch(java.util.function.BiFunction<Web, Path, T> work) {
        Path folder;
        try {
            folder = Files.createTempDirectory("bramble-");
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to make a folder for the time being, but " + FileTrouble.why(e) + ".");
        }
        try (Web web = galaxy.web()) {
            return work.apply(web, folder);
        } finally {
            Place.remove(folder);
        }
    }

    private Collections collections(Web web, Path folder) {
        return new Collections(galaxy.servers(web), web, folder, out::println, session::report);
    }

    private int install() {
        List<CollectionRequest> wanted = requests();
        if (wanted.isEmpty()) {
            out.println("Skipping install, no requirements found");
            return 0;
        }
        return install(wanted);
    }

    /** The collections of a file whose roles are installed. */
    int install(List<CollectionRequest> wanted, Roles.Way way) {
        force = way.force();
        noDependencies = !way.dependencies();
        forceDependencies = way.forceDependencies();
        return install(wanted);
    }

    private int install(List<CollectionRequest> wanted) {
        Shelf shelf = shelves().getFirst();
        out.println("Starting galaxy collection install process");
        List<Path> configured = session.configuration().collections();
        boolean found = configured.stream().map(Shelf::of).anyMatch(shelf::equals)
                || shelf.equals(Shelf.of(session.folder().resolve("collections")));
        if (!found && session.configuration().flag(true, "galaxy", "collections_path_warning")) {
            session.report(Problem.warning(Source.NONE, "Collections in " + shelf.folder()
                    + " are not found by playbooks: it is none of the folders "
                    + configured.stream().map(Path::toString).collect(Collectors.joining(", "))
                    + ", nor the folder collections beside a playbook.", "Set collections_path in ansible.cfg."));
        }
        if (ignoreErrors) {
            session.report(Problem.warning(Source.NONE, "--ignore-errors has no effect: either all are installed that "
                    + "belong together, or none.", ""));
        }
        scratch((web, folder) -> {
            collections(web, folder).install(wanted, shelf, new Collections.Way(force, forceDependencies,
                    !noDependencies, upgrade, preReleases, offline));
            return 0;
        });
        return 0;
    }

    private int download() {
        List<CollectionRequest> wanted = requests();
        Path folder = session.folder().resolve(Configuration.home(downloads)).normalize();
        return scratch((web, scratch) -> {
            collections(web, scratch).download(wanted, folder, !noDependencies, preReleases);
            return 0;
        });
    }

    private int list() {
        if (!List.of("human", "yaml", "json").contains(format)) {
            throw new UsageException("--format is human, yaml or json",
                    "argument --format: invalid choice: '" + format + "' (choose from 'human', 'yaml', 'json')");
        }
        Optional<CollectionName> only = names.stream().findFirst().map(name -> CollectionName.of(name)
                .orElseThrow(() -> new ProblemException(Source.NONE, "Invalid collection name '" + name
                        + "', name must be in the format <namespace>.<collection>. ")));
        var shown = new LinkedHashMap<String, Value>();
        var all = new ArrayList<String>();
        if (session.compat() && shelves().stream().noneMatch(shelf -> Files.isDirectory(shelf.folder()))) {
            throw UsageException.options("none of the folders of collections is there",
                    "- None of the provided paths were usable. Please specify a valid path with --collections-path");
        }
        for (Shelf shelf : shelves()) {
            List<Shelf.Installed> here = shelf.all().stream().filter(one -> {
                all.add(one.name().toString());
                return only.isEmpty() || one.name().equals(only.get());
            }).toList();
            if (!here.isEmpty()) {
                if (format.equals("human")) {
                    out.print(table(shelf, here));
                }
                var versions = new LinkedHashMap<String, Value>();
                here.forEach(one -> versions.put(one.name().toString(), MapValue.of("version", version(one))));
                shown.put(shelf.folder().toString(), MapValue.named(versions));
            }
        }
        switch (format) {
            case "json" -> out.println(Json.compact(MapValue.named(shown)));
            case "yaml" -> out.print(YamlWriter.write(MapValue.named(shown), new YamlWriter.Style(
                    YamlWriter.Flow.NEVER, 2, 80, false, true, false, false, ' ')));
            case String _ -> {
                if (shown.isEmpty()) {
                    session.report(Problem.warning(Source.NONE, only.map(name -> "- unable to find " + name
                            + " in collection paths").orElse("No collections are installed, neither in "
                                    + shelves().stream().map(shelf -> shelf.folder().toString())
                                            .collect(Collectors.joining(" nor in "))),
                            only.map(name -> Nearest.hint(name.toString(), all)).orElse("")));
                }
            }
        }
        return 0;
    }

    private static String version(Shelf.Installed one) {
        return one.version().map(Version::text).orElse("*");
    }

    private static String table(Shelf shelf, List<Shelf.Installed> here) {
        int name = Math.max("Collection".length(), here.stream().mapToInt(one -> one.name().toString().length()).max()
                .orElse(0));
        int version = Math.max("Version".length(),
                here.stream().mapToInt(one -> version(one).length()).max().orElse(0));
        String row = "%-" + name + "s %-" + version + "s%n";
        return "\n# " + shelf.folder() + "\n" + String.format(Locale.ROOT, row, "Collection", "Version")
                + String.format(Locale.ROOT, row, "-".repeat(name), "-".repeat(version))
                + here.stream().map(one -> String.format(Locale.ROOT, row, one.name(), version(one)))
                        .collect(Collectors.joining());
    }

    private int verify() {
        List<CollectionRequest> wanted = requests();
        return scratch((web, folder) -> {
            Collections collections = collections(web, folder);
            boolean fine = true;
            for (CollectionRequest request : wanted) {
                try {
                    fine &= verified(collections, request);
                } catch (ProblemException e) {
                    if (!ignoreErrors) {
                        throw e;
                    }
                    session.report(Problem.warning(Source.NONE, e.problems().getFirst().summary(), ""));
                }
            }
            return fine ? 0 : 1;
        });
    }

    private boolean verified(Collections collections, CollectionRequest request) {
        if (!(request instanceof CollectionRequest.OnServer wanted)) {
            throw new ProblemException(Source.NONE,
                    "Tried to verify a collection, but only those with a name like namespace.name can be verified.");
        }
        Shelf.Installed installed = shelves().stream().flatMap(shelf -> shelf.find(wanted.name()).stream()).findFirst()
                .orElseThrow(() -> new ProblemException(Source.NONE,
                        "Collection " + wanted.name() + " is not installed in any of the collection paths."));
        if (installed.version().isPresent() && !wanted.range().holds(installed.version().get(), true)) {
            throw new ProblemException(Source.NONE, wanted.name() + " has the version '" + version(installed)
                    + "' but is being compared to '" + wanted.range().text() + "'");
        }
        List<String> differences = collections.differences(installed, offline);
        if (!differences.isEmpty()) {
            out.println("Collection " + wanted.name() + " contains modified content in the following files:");
            differences.forEach(name -> out.println("    " + name));
            return false;
        }
        out.println("Successfully verified that checksums for '" + installed.manifest() + (offline
                ? "' are internally consistent with its manifest."
                : "' match the remote collection."));
        return true;
    }

    private int init() {
        String name = names.getFirst();
        CollectionName collection = CollectionName.of(name).orElseThrow(() -> new ProblemException(Problem.error(
                Source.NONE,
                "Invalid collection name '" + name + "', name must be in the format <namespace>.<collection>. ",
                "A name has letters, digits and underscores.")));
        Path folder = session.folder().resolve(Configuration.home(initPath)).resolve(collection.namespace())
                .resolve(collection.name()).normalize();
        if (Files.exists(folder) && !force) {
            throw new ProblemException(Problem.error(Source.NONE, "- the directory " + folder + " already exists.",
                    "With --force the files of a new collection are written over those that are there."));
        }
        try {
            new Skeleton(session).collection(collection, folder, skeleton);
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to make the collection " + name + ", but " + FileTrouble.why(e) + ".");
        }
        out.println("- Collection " + name + " was created successfully");
        return 0;
    }

    private int build() throws IOException {
        for (String name : names.isEmpty() ? List.of(".") : names) {
            Path folder = session.folder().resolve(Configuration.home(name)).normalize();
            CollectionBuild build = CollectionBuild.of(folder);
            Path to = Files.createDirectories(session.folder().resolve(Configuration.home(output)).normalize());
            Path archive = to.resolve(build.fileName());
            if (Files.exists(archive) && !force) {
                throw new ProblemException(Source.NONE, "The file '" + archive
                        + "' already exists. You can use --force to re-create the collection artifact.");
            }
            build.write(archive);
            out.println("Created collection for " + build.manifest().name() + " at " + archive);
        }
        return 0;
    }
}
