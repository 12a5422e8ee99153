package bramble.playbook;

import bramble.inventory.Variables;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads playbooks, and the files and roles that tasks bring in at run time. All that is wrong is thrown at once, as a
 * {@link bramble.problem.ProblemException}.
 */
public final class PlaybookLoader {
    private final Surroundings surroundings;
    private final Consumer<Problem> warnings;
    private final Routes routes = new Routes();

    /**
     * A loader.
     *
     * @param warnings gets what is odd, but no error
     */
    public PlaybookLoader(Surroundings surroundings, Consumer<Problem> warnings) {
        this.surroundings = surroundings;
        this.warnings = warnings;
    }

    /** The configured folders below which {@code ansible_collections} stands. */
    public List<Path> collectionsPath() {
        return surroundings.collectionsPath();
    }

    /** Where the names of modules in collections below these folders lead. */
    public Library library(List<Path> collectionsPath) {
        return new Library(List.of(), List.of(), collectionsPath, routes);
    }

    /** Which modules groups have. */
    public Routes routes() {
        return routes;
    }

    /**
     * A task whose action a template gave.
     *
     * @param name the evaluated name of the module
     */
    public Task named(String name, Play play, Task task) {
        var reading = new Reading(surroundings, routes, warnings);
        ActionCall call = reading.actions.named(name, task.action(),
                new ActionReader.Search(task.directives().collections(),
                        spot(play, task).library(surroundings, routes)));
        reading.findings.settle();
        return new Task(task.source(), task.name(), task.directives(), call, task.loop(), task.forIncluded(),
                task.role(), task.file());
    }

    /**
     * What could be read, although something may be wrong with it.
     *
     * @param value empty where nothing could be read
     */
    public record Look<T>(Optional<T> value, List<Problem> errors) {
        public Look {
            errors = List.copyOf(errors);
        }

        T settled() {
            if (!errors.isEmpty()) {
                throw new ProblemException(errors);
            }
            return value.orElseThrow();
        }
    }

    /** The playbook with all that it imports. */
    public Playbook load(Path file) {
        return look(file).settled();
    }

    /** Like {@link #load}, for those who go on with what could be read of a playbook that isn't right. */
    public Look<Playbook> look(Path file) {
        var reading = new Reading(surroundings, routes, warnings);
        Path absolute = file.toAbsolutePath().normalize();
        List<Play> plays = reading.findings.attempt(() -> new PlayReader(reading).plays(absolute), List.of());
        return new Look<>(Optional.of(new Playbook(absolute, plays)), reading.findings.errors());
    }

    /**
     * The steps of a file that a task includes. It is looked for beside the task's file, in its role, beside the playbook.
     *
     * @param name the evaluated name of the file
     * @param include the {@code include_tasks} task
     */
    public LoadedTasks tasks(String name, Play play, Task include) {
        return look(name, play, include, false).settled();
    }

    /** Like {@link #tasks}, for a handler: what it includes are handlers. */
    public LoadedTasks handlers(String name, Play play, Task include) {
        return look(name, play, include, true).settled();
    }

    /**
     * Like {@link #tasks}, for those who go on with what could be read.
     *
     * @param handlers whether a handler includes the file
     */
    public Look<LoadedTasks> look(String name, Play play, Task include, boolean handlers) {
        var reading = new Reading(surroundings, routes, warnings);
        Spot spot = spot(play, include).forHandlers(handlers);
        Optional<Path> file = reading.documents.first(spot.taskFiles(name, reading.documents, include.source()), name,
                include.action().source());
        List<Step> steps = file.map(found -> reading.steps.file(found, spot, include.action().source()))
                .orElse(List.of());
        return new Look<>(
                file.map(found -> new LoadedTasks(found, steps, spot.harvest().handlers(),
                        spot.harvest().publicRoles())),
                reading.findings.errors());
    }

    /**
     * The role that a task includes, with its dependencies.
     *
     * @param include the {@code include_role} task
     */
    public LoadedRole role(RoleRequest request, Play play, Task include) {
        return look(request, play, include).settled();
    }

    /** Like {@link #role}, for those who go on with what could be read. */
    public Look<LoadedRole> look(RoleRequest request, Play play, Task include) {
        var reading = new Reading(surroundings, routes, warnings);
        Spot spot = spot(play, include);
        var use = RoleReader.Use.byTask(request, include.action().source(), Directives.NONE, spot);
        Optional<LoadedRole> loaded = reading.roles.load(use, spot);
        return new Look<>(loaded.map(role -> {
            if (request.isPublic()) {
                spot.harvest().publicRoles().add(role.role());
            }
            return new LoadedRole(role.role(), role.directives(), role.file(), role.steps(),
                    spot.harvest().handlers(), spot.harvest().publicRoles());
        }), reading.findings.errors());
    }

    private static Spot spot(Play play, Task include) {
        var known = new ArrayList<Variables>();
        known.add(play.vars());
        known.addAll(play.params());
        return new Spot(include.file(), play.file(), include.role(), include.forIncluded(), known, false, List.of(),
                new Harvest());
    }
}
