package bramble.cli;

import bramble.galaxy.GalaxyApi;
import bramble.galaxy.Requirements;
import bramble.galaxy.RoleRequest;
import bramble.galaxy.Roles;
import bramble.galaxy.Web;
import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code galaxy role ...}. */
final class RoleCommands {
    /** What Galaxy knows of a role that is of no use to anybody. */
    private static final Set<String> SILENT = Set.of("name", "description", "readme_html", "related", "summary_fields",
            "average_aw_composite", "average_aw_score", "url", "readme", "imported", "download_url");

    private final Session session;
    private final PrintStream out;
    private final GalaxyFlags galaxy;
    private final List<String> names = new ArrayList<>();
    private final List<String> paths = new ArrayList<>();
    private Optional<String> file = Optional.empty();
    private boolean force;
    private boolean noDependencies;
    private boolean forceDependencies;
    private boolean keepGit;
    private boolean ignoreErrors;
    private boolean offline;
    private String initPath = ".";
    private Optional<String> skeleton = Optional.empty();
    private Optional<String> platforms = Optional.empty();
    private Optional<String> tags = Optional.empty();
    private Optional<String> author = Optional.empty();
    private Optional<Requirements> requirements = Optional.empty();

    RoleCommands(Session session, GalaxyFlags galaxy) {
        this.session = session;
        this.out = session.out();
        this.galaxy = galaxy;
    }

    Command command() {
        return new Command("role", "Roles.", _ -> {}, () -> {
            throw new UsageException("what is to be done with roles?",
                    "the following arguments are required: ROLE_ACTION");
        }, List.of(Command.of("init", "Make the folders and files of a new role.", this::initial, this::init),
                Command.of("remove", "Remove installed roles.", this::removing, this::remove),
                Command.of("list", "List the installed roles with their versions.", this::listing, this::list),
                Command.of("search", "Look for roles on a server.", this::searching, this::search),
                Command.of("info", "Tell what is known of a role.", this::informing, this::info),
                Command.of("install", "Install roles from a server, git, a file, a folder or an address.",
                        this::installing, this::install)));
    }

    private void path(Syntax syntax) {
        galaxy.declare(syntax);
        syntax.value(paths::add, "ROLES_PATH", "the folder of roles; else the first of roles_path", "-p",
                "--roles-path");
    }

    void installing(Syntax syntax) {
        path(syntax);
        syntax.flag(() -> force = true, "install anew what is there", "-f", "--force");
        syntax.flag(() -> ignoreErrors = true, "go on with the next role where one fails", "-i", "--ignore-errors");
        syntax.flag(() -> noDependencies = true, "nothing that roles depend on", "-n", "--no-deps");
        syntax.flag(() -> forceDependencies = true, "anew also what roles depend on", "--force-with-deps");
        syntax.value(text -> file = Optional.of(text), "REQUIREMENTS", "a file that lists what to install", "-r",
                "--role-file");
        syntax.flag(() -> keepGit = true, "leave a git repository one", "-g", "--keep-scm-meta");
        syntax.words(names::add, "ROLE_NAME", false);
    }

    private void removing(Syntax syntax) {
        path(syntax);
        syntax.words(names::add, "ROLE", true);
    }

    private void listing(Syntax syntax) {
        path(syntax);
        syntax.optionalWord(names::add, "ROLE");
    }

    private void informing(Syntax syntax) {
        path(syntax);
        syntax.flag(() -> offline = true, "ask no server", "--offline");
        syntax.words(names::add, "ROLE_NAME", true);
    }

    private void searching(Syntax syntax) {
        galaxy.declare(syntax);
        syntax.value(text -> platforms = Optional.of(text), "PLATFORMS", "for these systems", "--platforms");
        syntax.value(text -> tags = Optional.of(text), "GALAXY_TAGS", "with these tags", "--galaxy-tags");
        syntax.value(text -> author = Optional.of(text), "AUTHOR", "of this author", "--author");
        syntax.words(names::add, "SEARCHTERM", false);
    }

    private void initial(Syntax syntax) {
        galaxy.declare(syntax);
        syntax.flag(() -> force = true, "also where the folder is there", "-f", "--force");
        syntax.flag(() -> offline = true, "ask no server", "--offline");
        syntax.value(text -> initPath = text, "INIT_PATH", "the folder for the role's folder (.)", "--init-path");
        syntax.value(text -> skeleton = Optional.of(text), "ROLE_SKELETON", "a folder to make it from",
                "--role-skeleton");
        syntax.value(_ -> {}, "ROLE_TYPE", "", "--type");
        syntax.word(names::add, "ROLE_NAME");
    }

    private List<Path> folders() {
        var folders = new ArrayList<>(GalaxyCommand.folders(paths, session.folder()));
        folders.addAll(session.configuration().roles());
        return folders.stream().distinct().toList();
    }

    private Roles roles(Web web) {
        return new Roles(folders(), galaxy.servers(web), web, out::println, session::report);
    }

    /** What the requirements file asked for, once roles were installed. */
    Optional<Requirements> requirements() {
        return requirements;
    }

    boolean elsewhere() {
        return !paths.isEmpty();
    }

    Roles.Way way() {
        return new Roles.Way(force, !noDependencies, forceDependencies, keepGit, ignoreErrors);
    }

    int install() {
        if (file.isEmpty() && names.isEmpty()) {
            throw UsageException.options("which roles? Name them, or a file with -r",
                    "- you must specify a user/role name or a roles file");
        }
        if (noDependencies && forceDependencies) {
            throw new UsageException("--no-deps and --force-with-deps don't go together",
                    "argument --force-with-deps: not allowed with argument -n/--no-deps");
        }
        var wanted = new ArrayList<RoleRequest>();
        file.ifPresent(name -> {
            requirements = Optional.of(read(name));
            wanted.addAll(requirements.get().roles());
        });
        names.stream().map(this::request).forEach(wanted::add);
        if (wanted.isEmpty()) {
            if (requirements.map(Requirements::collections).orElse(List.of()).isEmpty()) {
                out.println("Skipping install, no requirements found");
            }
            return 0;
        }
        out.println("Starting galaxy role install process");
        try (Web web = galaxy.web()) {
            roles(web).install(wanted, way());
        }
        return 0;
    }

    /** A file or folder is looked for in the folder one is in. */
    private RoleRequest request(String word) {
        RoleRequest request = RoleRequest.of(word);
        Path path = session.folder().resolve(Configuration.home(request.src()));
        return request.scm().isEmpty() && !request.src().contains("://") && Files.exists(path)
                && (Files.isRegularFile(path) || request.src().contains("/"))
                        ? new RoleRequest(path.normalize().toString(), Optional.empty(), request.version(),
                                request.name())
                        : request;
    }

    private Requirements read(String name) {
        if (!name.endsWith(".yml") && !name.endsWith(".yaml")) {
            throw new ProblemException(Source.NONE,
                    "Invalid role requirements file, it must end with a .yml or .yaml extension");
        }
        Path path = session.folder().resolve(Configuration.home(name)).normalize();
        if (!Files.isRegularFile(path)) {
            throw new ProblemException(Source.NONE, "The requirements file '" + path + "' does not exist.");
        }
        return Requirements.read(path);
    }

    private int list() {
        List<Path> folders = folders().stream().filter(this::isThere).toList();
        if (folders.isEmpty()) {
            throw UsageException.options("none of the folders of roles is there",
                    "- None of the provided paths were usable. Please specify a valid path with --roles-path");
        }
        boolean found = false;
        for (Path folder : folders) {
            List<Roles.Installed> here = Roles.in(folder).stream()
                    .filter(role -> names.isEmpty() || names.contains(role.name())).toList();
            if (names.isEmpty() || !here.isEmpty()) {
                out.println("# " + folder);
                found = true;
            }
            here.forEach(role -> out.println("- " + role.name() + ", " + role.version().orElse("(unknown version)")));
            if (here.isEmpty() && names.stream().anyMatch(name -> Files.isDirectory(folder.resolve(name)))) {
                out.println("# " + folder + "\n- " + names.getFirst() + ", (unknown version)"); // it says nothing of itself
                found = true;
            }
        }
        if (!found) {
            session.report(Problem.warning(Source.NONE, "- the role " + names.getFirst() + " was not found", ""));
        }
        return 0;
    }

    private boolean isThere(Path folder) {
        if (!Files.exists(folder) && (session.compat() || !paths.isEmpty())) {
            session.report(Problem.warning(Source.NONE, "- the configured path " + folder + " does not exist.", ""));
        }
        return Files.isDirectory(folder);
    }

    private int remove() {
        try (Web web = galaxy.web()) {
            Roles roles = new Roles(folders(), List.of(), web, out::println, session::report);
            for (String name : names) {
                if (name.contains("/") || name.startsWith(".")) {
                    throw new ProblemException(Source.NONE,
                            "Tried to remove the role " + name + ", but that is no role's name.");
                }
                out.println(roles.remove(name)
                        ? "- successfully removed " + name
                        : "- " + name + " is not installed, skipping.");
            }
        }
        return 0;
    }

    private int search() {
        if (names.isEmpty() && platforms.isEmpty() && tags.isEmpty() && author.isEmpty()) {
            throw new ProblemException(Source.NONE,
                    "Invalid query. At least one search term, platform, galaxy tag or author must be provided.");
        }
        try (Web web = galaxy.web()) {
            List<GalaxyApi.KnownRole> found = galaxy.servers(web).stream()
                    .flatMap(server -> server.search(names, platforms, tags, author).stream()).toList();
            if (found.isEmpty()) {
                session.report(Problem.warning(Source.NONE, "No roles match your search.", ""));
                return 1;
            }
            int width = Math.max(4, found.stream().mapToInt(role -> role.owner().length() + role.name().length() + 1)
                    .max().orElse(0));
            String row = " %-" + width + "s %s%n";
            out.printf("%nFound %d roles matching your search:%n%n", found.size());
            out.printf(row, "Name", "Description");
            out.printf(row, "----", "-----------");
            found.forEach(role -> out.printf(row, role.owner() + "." + role.name(),
                    role.about().get("description").map(PythonText::of).orElse("")));
        }
        return 0;
    }

    private int info() {
        try (Web web = galaxy.web()) {
            Roles roles = new Roles(folders(), List.of(), web, out::println, session::report);
            for (String name : names) {
                String role = name.replaceFirst(",.*$", "");
                Map<String, Value> about = new TreeMap<>();
                Optional<Roles.Installed> here = roles.find(role);
                here.ifPresent(one -> {
                    about.putAll(one.meta().byName());
                    one.info().byName().forEach((key, value) -> about
                            .put(key.equals("version") ? "installed_version" : key, value));
                });
                if (!offline && role.contains(".")) {
                    galaxy.servers(web).stream()
                            .flatMap(server -> server.role(role.replaceFirst("\\..*$", ""), role.replaceFirst(
                                    "^[^.]*\\.", "")).stream())
                            .findFirst().ifPresent(known -> about.putAll(known.about().byName()));
                }
                out.print(about.isEmpty() ? "- the role " + role + " was not found\n" : described(role, about));
            }
        }
        return 0;
    }

    private String described(String role, Map<String, Value> about) {
        about.put("path", new Text(folders().stream().map(folder -> "'" + folder + "'")
                .collect(Collectors.joining(", ", "(", folders().size() == 1 ? ",)" : ")"))));
        var text = new StringBuilder("\nRole: ").append(role).append('\n');
        Optional<Value> description = Optional.ofNullable(about.get("description")).or(() -> about
                .get("galaxy_info") instanceof MapValue map ? map.get("description") : Optional.empty());
        text.append("\tdescription: ").append(description.map(PythonText::of).orElse("")).append('\n');
        about.forEach((key, value) -> {
            if (SILENT.contains(key)) {
                return;
            }
            if (value instanceof MapValue map) {
                text.append('\t').append(key).append(":\n");
                new TreeMap<>(map.byName()).forEach((name, one) -> {
                    if (!SILENT.contains(name)) {
                        text.append("\t\t").append(name).append(": ").append(PythonText.of(one)).append('\n');
                    }
                });
            } else {
                text.append('\t').append(key).append(": ").append(PythonText.of(value)).append('\n');
            }
        });
        return text.toString();
    }

    private int init() {
        String name = names.getFirst();
        Path folder = session.folder().resolve(Configuration.home(initPath)).resolve(name).normalize();
        if (!name.matches("[\\w.-]+")) {
            throw new ProblemException(Source.NONE, "Tried to make the role " + name
                    + ", but a role's name has letters, digits, dots, dashes and underscores only.");
        }
        String shown = initPath.equals(".") ? "./" + name : initPath + "/" + name;
        if (Files.exists(folder) && !force) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "- the directory " + shown + " already exists.",
                    "With --force the files of a new role are written over those that are there."));
        }
        try {
            new Skeleton(session).role(name, folder, skeleton);
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to make the role " + name + ", but " + FileTrouble.why(e) + ".");
        }
        out.println(String.format(Locale.ROOT, "- Role %s was created successfully", name));
        return 0;
    }
}
