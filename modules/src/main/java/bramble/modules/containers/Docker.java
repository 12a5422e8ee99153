package bramble.modules.containers;

import bramble.args.Arg;
import bramble.module.Plan;
import bramble.modules.files.CommandFact;
import bramble.shell.Sh;
import java.util.List;

/** What the modules of Docker have in common. The node's own {@code docker} does it. */
public record Docker(DockerHost host,
        @Arg(value = "Has no effect: the docker command waits for the daemon as long as it takes.", fallback = "60") int timeout,
        @Arg(value = "Has no effect: what the docker command says is in the error anyway.", fallback = "no") boolean debug) {

    /** A call of docker. */
    Sh run(List<?> words) {
        return host.run(words);
    }

    /** The same, reading nothing and printing only its errors. */
    Sh quiet(List<?> words) {
        return Sh.of("{} >/dev/null </dev/null", run(words));
    }

    /** What a fact prints: nothing where the node has no docker, else {@code tool} and what the command prints. */
    Sh ask(List<?> words) {
        return Sh.of("command -v {} >/dev/null || exit 0\necho tool\n{} </dev/null", DockerHost.COMMAND, run(words));
    }

    /** The plan for a node without docker. */
    static Plan lacking(String tried) {
        return new Plan.Refused(
                new CommandFact(DockerHost.COMMAND).sentence(tried,
                        "docker.io (Debian 13: docker-cli too; Docker's own: docker-ce-cli)"));
    }

    static Plan troubled(String tried, String trouble) {
        return new Plan.Refused("Tried to " + tried + ", but docker says: " + trouble);
    }
}
