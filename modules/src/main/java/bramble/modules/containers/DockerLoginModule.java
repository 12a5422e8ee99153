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
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code docker_login}: whom Docker says it is to a registry. */
@AutoService(AnyModule.class)
public final class DockerLoginModule implements TaskModule<DockerLoginModule.Args, DockerLoginModule.State> {
    private static final String HUB = "https://index.docker.io/v1/";

    /** Whether there is to be a login. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    @Doc(value = "Logs in to a registry of images and out of it, with the docker of the node. The password reaches docker by its standard input.", collection = "community.docker", oneByOne = true, neverSettles = "reauthorize logs in each time; where another program keeps passwords, nobody else can tell them", example = """
            - name: Log in to the registry of the house
              community.docker.docker_login:
                registry_url: registry.lan:5000
                username: cluster
                password: "{{ registry_password }}"
            """, returns = {
        "login_result: dict: the status, and the user"})
    public record Args(
            @Arg(value = "The registry.", aliases = {
                "registry", "url"}, fallback = HUB) String registryUrl,
            @Arg("The user.") Optional<String> username,
            @Arg(value = "The password.", secret = true) Optional<String> password,
            @Arg(value = "Logs in although the same login is there.", aliases = "reauth", fallback = "no") boolean reauthorize,
            @Arg(value = "The file on the node that keeps logins, ~/.docker/config.json unless given.", aliases = "dockercfg_path", nodePath = true) Optional<String> configPath,
            @Arg(value = "Whether there is to be a login.", fallback = "present") Wanted state, Docker docker){

        /** As docker's file names it. */
        String registry() {
            return registryUrl.matches("https?://(index|registry-1)\\.docker\\.io(/.*)?")
                    ? HUB
                    : registryUrl.replaceFirst("^https?://", "").replaceFirst("/$", "");
        }

        LoginFact fact() {
            return new LoginFact(configPath.orElse(""), registry());
        }
    }

    /** What is there. */
    public record State(Optional<LoginFact.Login> login) {}

    @Override
    public String name() {
        return "docker_login";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(args.fact()).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        boolean in = args.state() == Wanted.PRESENT;
        if (in && (args.username().isEmpty() || args.password().isEmpty())) {
            return Plan.mistake("state is present but all of the following are missing: username, password");
        }
        if (actual.login.isEmpty()) {
            return Docker.lacking("log in to " + args.registry());
        }
        LoginFact.Login now = actual.login.get();
        String user = args.username().orElse("");
        String password = args.password().orElse("");
        boolean settled = in
                ? now.user().equals(user) && now.password().equals(password) && !args.reauthorize()
                : now.user().isEmpty() && !now.kept();
        if (settled) {
            return Plan.NOTHING;
        }
        var words = new ArrayList<String>(List.of(in ? "login" : "logout"));
        if (in) {
            words.addAll(List.of("--username", user, "--password-stdin"));
        }
        if (!args.registry().equals(HUB)) {
            words.add(args.registry());
        }
        Sh where = args.configPath().isEmpty()
                ? Sh.raw("")
                : Sh.of("DOCKER_CONFIG={} ", LoginFact.folder(args.configPath().get()));
        var after = in ? new LoginFact.Login(user, password, now.kept()) : new LoginFact.Login("", "", false);
        return Plan.of(new Change(args.registry(),
                Diff.text(args.registry(), now.user().isEmpty() ? "" : now.user() + "\n", in ? user + "\n" : ""),
                List.of(new Action.Run(Sh.of("{}{} >/dev/null", where, args.docker().run(words)),
                        in ? Content.text(password) : Content.none())),
                List.of(Effect.becomes(args.fact(), Optional.of(after)))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        if (failed.isPresent()) {
            String why = failed.get().errors().lines().filter(line -> !line.startsWith("WARNING"))
                    .reduce((a, b) -> a + "\n" + b)
                    .orElse("").strip();
            return Verdict.failed(
                    "Logging into " + args.registry() + " for user " + args.username().orElse("") + " failed - " + why,
                    MapValue.EMPTY);
        }
        return Verdict.changed(!applied.changes().isEmpty(), MapValue.of("login_result",
                args.state() == Wanted.PRESENT
                        ? MapValue.of("Status", "Login Succeeded", "username", args.username().orElse(""),
                                "serveraddress",
                                args.registry())
                        : MapValue.EMPTY));
    }
}
