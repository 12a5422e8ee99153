package bramble.cli;

import bramble.galaxy.CollectionRequest;
import bramble.galaxy.Requirements;
import bramble.problem.Problem;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Gets roles and collections of others: {@code bramble galaxy}, {@code ansible-galaxy}. */
final class GalaxyCommand {
    private static final Set<String> OF_ROLES = Set.of("init", "remove", "delete", "list", "search", "import", "setup",
            "info");

    private final Session session;
    private final GalaxyFlags galaxy;
    private final RoleCommands roles;
    private final CollectionCommands collections;

    GalaxyCommand(Session session) {
        this.session = session;
        this.galaxy = new GalaxyFlags(session);
        this.roles = new RoleCommands(session, galaxy);
        this.collections = new CollectionCommands(session, galaxy);
    }

    /** The words of a call, with the kind that is meant where none is named: roles. */
    static List<String> typed(List<String> words) {
        var all = new ArrayList<>(words);
        if (words.size() > 1 && OF_ROLES.contains(words.get(1))) {
            all.add(1, "role");
        }
        return all;
    }

    Command command() {
        return new Command("galaxy", "Get roles and collections of others, and make one's own.",
                syntax -> syntax.flag(() -> {}, "", "-v", "--verbose"), () -> {
                    throw new UsageException("roles or collections?", "the following arguments are required: TYPE");
                }, List.of(roles.command(), collections.command(),
                        Command.of("install", "Install the roles and collections of a requirements file.",
                                roles::installing, this::install)));
    }

    /** The short form: roles, and with a file collections too, if they go to the usual place. */
    private int install() throws IOException {
        int code = roles.install();
        List<CollectionRequest> wanted = roles.requirements().map(Requirements::collections).orElse(List.of());
        if (wanted.isEmpty() || code != 0) {
            return code;
        }
        if (roles.elsewhere()) {
            session.report(Problem.warning(Source.NONE,
                    "The collections of the requirements file are not installed: -p says where roles go.",
                    "Install them by `galaxy collection install -r`, or all without -p."));
            return 0;
        }
        return collections.install(wanted, roles.way());
    }

    /** A name in the list of folders that is a folder's. */
    static List<Path> folders(List<String> given, Path folder) {
        var paths = new ArrayList<Path>();
        given.forEach(text -> List.of(text.split(":", -1)).stream().filter(one -> !one.isEmpty())
                .forEach(one -> paths.add(folder.resolve(Configuration.home(one)).normalize())));
        return paths;
    }
}
