package bramble.modules.containers;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.NodePath;
import bramble.shell.Answer;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code docker_compose_v2}: the containers of a Compose project. */
@AutoService(AnyModule.class)
public final class DockerComposeV2Module
        implements
            TaskModule<DockerComposeV2Module.Args, DockerComposeV2Module.State> {
    /** What is to be true of the project. */
    public enum Wanted {
        ABSENT,
        STOPPED,
        RESTARTED,
        PRESENT
    }

    /** When images are pulled. */
    public enum Pull {
        ALWAYS,
        MISSING,
        NEVER,
        POLICY
    }

    /** When images are built. */
    public enum Build {
        ALWAYS,
        NEVER,
        POLICY
    }

    /** When containers are made anew. */
    public enum Recreate {
        ALWAYS,
        NEVER,
        AUTO
    }

    /** Images that go with the project. */
    public enum Images {
        ALL,
        LOCAL
    }

    @Doc(value = "Brings a project of Docker Compose up, and down, with the docker compose of the node (2.19 or newer). What would change, Compose's own dry run tells.", collection = "community.docker", oneByOne = true, neverSettles = "restarted, recreate: always, pull: always and build: always do each time what they are told", example = """
            - name: Have the dashboard run
              community.docker.docker_compose_v2:
                project_src: /srv/dashboard
                remove_orphans: true
            """, returns = {
        "actions: list: what was done: what, id, status (Creating, Starting, ...)",
        "containers: list: the project's containers",
        "images: list: their images", "stdout: str: what Compose printed", "stderr: str: what it said on the way"})
    public record Args(@Arg(value = "The project's folder on the node.", nodePath = true) Optional<String> projectSrc,
            @Arg("The project's name; the folder's if not given.") Optional<String> projectName,
            @Arg("The project's files, in its folder; compose.yml if not given.") Optional<List<String>> files,
            @Arg("The project itself, in place of a folder; it needs project_name.") Optional<MapValue> definition,
            @Arg("Files with variables, in place of .env.") Optional<List<String>> envFiles,
            @Arg("Parts that are left out unless they are named.") Optional<List<String>> profiles,
            @Arg(value = "present is up, stopped has its containers made but not running, restarted restarts them, absent is down.", fallback = "present") Wanted state,
            @Arg("Some of its services, in place of all.") Optional<List<String>> services,
            @Arg("How many containers a service has.") Optional<MapValue> scale,
            @Arg(value = "Whether services come with those that they depend on.", fallback = "yes") boolean dependencies,
            @Arg(value = "When images are built.", fallback = "policy") Build build,
            @Arg(value = "Whether images that build: always makes anew are no change by themselves, only the containers that are then made anew.", fallback = "yes") boolean ignoreBuildEvents,
            @Arg(value = "When images are pulled.", fallback = "policy") Pull pull,
            @Arg(value = "When containers are made anew: auto if something about them differs.", fallback = "auto") Recreate recreate,
            @Arg(value = "Whether volumes without a name don't stay with a container that is made anew.", fallback = "no") boolean renewAnonVolumes,
            @Arg("Images that go with the project.") Optional<Images> removeImages,
            @Arg(value = "Whether containers go that the project no longer names.", fallback = "no") boolean removeOrphans,
            @Arg(value = "Whether the project's volumes go with it.", fallback = "no") boolean removeVolumes,
            @Arg(value = "Seconds that containers have to end.", name = "timeout") Optional<Integer> ending,
            @Arg(value = "Whether the task waits until the containers run, or are found to work.", name = "wait", fallback = "no") boolean waits,
            @Arg("Seconds to wait.") Optional<Integer> waitTimeout,
            @Arg(value = "Answers Compose's questions with yes.", fallback = "no") boolean assumeYes,
            @Arg(value = "Whether a folder without a project's file is an error, as it is to Compose anyway.", fallback = "yes") boolean checkFilesExisting,
            DockerHost docker) {

        private ComposeFact.Project project() {
            var words = new ArrayList<String>(List.of("compose", "--ansi", "never", "--progress", "plain"));
            projectSrc.ifPresent(folder -> words.addAll(List.of("--project-directory", folder)));
            projectName.ifPresent(name -> words.addAll(List.of("--project-name", name)));
            profiles.orElse(List.of()).forEach(name -> words.addAll(List.of("--profile", name)));
            envFiles.orElse(List.of()).forEach(name -> words.addAll(List.of("--env-file", placed(name))));
            files.orElse(List.of()).forEach(name -> words.addAll(List.of("--file", placed(name))));
            if (definition.isPresent()) {
                words.addAll(List.of("--file", "-"));
            }
            return new ComposeFact.Project(docker.run(words), definition.map(Json::compact).orElse(""));
        }

        private String placed(String file) {
            return file.startsWith("/") || projectSrc.isEmpty() ? file : NodePath.resolve(projectSrc.get(), file);
        }

        private List<String> folders() {
            var folders = new ArrayList<String>();
            projectSrc.ifPresent(folders::add);
            files.orElse(List.of()).forEach(file -> folders.add(placed(file)));
            envFiles.orElse(List.of()).forEach(file -> folders.add(placed(file)));
            return folders;
        }

        private List<String> up(boolean start, boolean waiting) {
            var words = new ArrayList<String>(List.of("up", "--detach", "--no-color", "--quiet-pull"));
            if (pull != Pull.POLICY) {
                words.addAll(List.of("--pull", pull.name().toLowerCase(Locale.ROOT)));
            }
            if (build != Build.POLICY) {
                words.add(build == Build.ALWAYS ? "--build" : "--no-build");
            }
            if (recreate != Recreate.AUTO) {
                words.add(recreate == Recreate.ALWAYS ? "--force-recreate" : "--no-recreate");
            }
            flag(words, removeOrphans, "--remove-orphans");
            flag(words, renewAnonVolumes, "--renew-anon-volumes");
            flag(words, !dependencies, "--no-deps");
            flag(words, assumeYes, "--yes");
            flag(words, !start, "--no-start");
            ending.ifPresent(seconds -> words.addAll(List.of("--timeout", String.valueOf(seconds))));
            scale.ifPresent(all -> all.byName()
                    .forEach((name, count) -> words.addAll(List.of("--scale", name + "=" + Tree.text(count)))));
            if (waiting && waits && start) {
                words.add("--wait");
                waitTimeout.ifPresent(seconds -> words.addAll(List.of("--wait-timeout", String.valueOf(seconds))));
            }
            words.addAll(services.orElse(List.of()));
            return words;
        }

        private List<String> of(String verb) {
            var words = new ArrayList<String>(List.of(verb));
            ending.ifPresent(seconds -> words.addAll(List.of("--timeout", String.valueOf(seconds))));
            if (verb.equals("down")) {
                flag(words, removeOrphans, "--remove-orphans");
                flag(words, removeVolumes, "--volumes");
                removeImages.ifPresent(which -> words.addAll(List.of("--rmi", which.name().toLowerCase(Locale.ROOT))));
            }
            flag(words, verb.equals("restart") && !dependencies, "--no-deps");
            words.addAll(services.orElse(List.of()));
            return words;
        }

        private List<String> words(boolean waiting) {
            return switch (state) {
                case PRESENT -> up(true, waiting);
                case STOPPED -> up(false, waiting);
                case RESTARTED -> of("restart");
                case ABSENT -> of("down");
            };
        }

        /** Whether images are built in any case. */
        private boolean builds() {
            return build == Build.ALWAYS && state == Wanted.PRESENT;
        }

        /** Those of the steps by which something has changed. */
        private List<Value> changing(List<Value> steps) {
            return builds() && ignoreBuildEvents
                    ? steps.stream().filter(step -> !Tree.text(step, "status").equals("Built")).toList()
                    : steps;
        }

        private ComposeFact fact() {
            return new ComposeFact(project(), words(false), folders());
        }

        private String named() {
            return projectName.or(() -> projectSrc).orElse("");
        }

        private static void flag(List<String> words, boolean given, String word) {
            if (given) {
                words.add(word);
            }
        }
    }

    /** What Compose would do. */
    public record State(Optional<ComposeFact.Outlook> outlook) {}

    @Override
    public String name() {
        return "docker_compose_v2";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return mistake(args).isPresent()
                ? Inquiry.nothing(new State(Optional.empty()))
                : Inquiry.of(args.fact()).map(State::new);
    }

    private static Optional<String> mistake(Args args) {
        if (args.projectSrc().isEmpty() && args.definition().isEmpty()) {
            return Optional.of("one of the following is required: definition, project_src");
        }
        if (args.definition().isPresent() && (args.projectSrc().isPresent() || args.files().isPresent())) {
            return Optional.of("parameters are mutually exclusive: definition|project_src, definition|files");
        }
        return args.definition().isPresent() && args.projectName().isEmpty()
                ? Optional.of("missing parameter(s) required by 'definition': project_name")
                : Optional.empty();
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> mistake = mistake(args);
        if (mistake.isPresent()) {
            return Plan.mistake(mistake.get());
        }
        String tried = "look after the project " + args.named();
        if (actual.outlook.isEmpty()) {
            return new Plan.Refused("Tried to " + tried
                    + ", but the node has no docker compose: install docker.io, and the package"
                    + " docker-compose of Debian 13 or docker-compose-v2 of Ubuntu (Docker's own: docker-compose-plugin) first.");
        }
        ComposeFact.Outlook outlook = actual.outlook.get();
        if (!outlook.trouble().isEmpty()) {
            return new Plan.Refused("Tried to " + tried + ", but docker compose says: " + outlook.trouble());
        }
        boolean stops = args.state() == Wanted.STOPPED && outlook.runs();
        boolean ups = !outlook.steps().isEmpty() || args.builds(); // older ones don't tell of what they build
        if (!ups && !stops) {
            return Plan.NOTHING;
        }
        var actions = new ArrayList<Action>();
        if (ups) {
            actions.add(new Action.Run(args.project().run(false, args.words(true))));
        }
        if (args.state() == Wanted.STOPPED && (stops || !outlook.steps().isEmpty())) {
            actions.add(new Action.Run(args.project().run(false, args.of("stop"))));
        }
        var before = new StringBuilder();
        var after = new StringBuilder();
        outlook.steps()
                .forEach(step -> after.append(Tree.text(step, "what")).append(' ').append(Tree.text(step, "id"))
                        .append(": ")
                        .append(Tree.text(step, "status").toLowerCase(Locale.ROOT)).append('\n'));
        if (stops) {
            Tree.list(outlook.containers()).forEach(one -> {
                before.append("container ").append(Tree.text(one, "Name")).append(": ").append(Tree.text(one, "State"))
                        .append('\n');
                after.append("container ").append(Tree.text(one, "Name")).append(": stopped\n");
            });
        }
        var next = new ComposeFact.Outlook(List.of(), new ListValue(List.of()), new ListValue(List.of()), "");
        return Plan.of(new Change(args.named(), Diff.text(args.named(), before.toString(), after.toString()), actions,
                List.of(Effect.becomes(args.fact(), Optional.of(next)))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        boolean changed = !applied.changes().isEmpty();
        String stderr = String.join("", applied.answers().stream().map(Answer::errors).toList());
        String stdout = String.join("", applied.answers().stream().map(Answer::text).toList());
        List<Value> steps = applied.predicted() || !changed
                ? before.outlook().orElseThrow().steps()
                : ComposeFact.steps((stderr + stdout).lines().toList());
        boolean known = !(applied.predicted() && changed);
        Maybe<State> after = applied.after();
        Value unknown = new Unknown("Compose would change them first");
        MapValue results = MapValue.of("actions",
                known || args.state() != Wanted.STOPPED ? ComposeFact.told(steps) : unknown,
                "containers",
                known ? after.get().outlook().map(ComposeFact.Outlook::containers).orElse(unknown) : unknown, "images",
                known ? after.get().outlook().map(ComposeFact.Outlook::images).orElse(unknown) : unknown, "stdout",
                known ? Value.text(stdout) : unknown, "stderr", known ? Value.text(stderr) : unknown);
        if (applied.predicted() && args.builds() && args.changing(steps).isEmpty()) {
            return Verdict.unknown(true, "only what is built tells whether containers are made anew", results);
        }
        boolean built = args.builds() && args.changing(steps).isEmpty(); // and nothing else has changed
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed
                .map(answer -> Verdict
                        .failed("Tried to look after the project " + args.named() + ", but docker compose says: "
                                + ComposeFact.trouble((answer.errors() + answer.text()).lines().toList()), results))
                .orElseGet(() -> Verdict.changed(changed && !built, results));
    }
}
