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
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code helm_repository}: where helm finds charts. */
@AutoService(AnyModule.class)
public final class HelmRepositoryModule implements TaskModule<HelmRepositoryModule.Args, HelmRepositoryModule.State> {
    /** Whether helm is to know the repository. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    @Doc(value = "Tells the node's helm where charts are, and has it forget. How the cluster is reached may be said, but has no effect: it isn't asked.", collection = "kubernetes.core", oneByOne = true, neverSettles = "force_update adds the repository anew each time", example = """
            - name: Know where the charts of the dashboard are
              kubernetes.core.helm_repository:
                name: grafana
                repo_url: https://grafana.github.io/helm-charts
            """)
    public record Args(@Arg(value = "The repository's name.", name = "repo_name", aliases = "name") String repoName,
            @Arg(value = "Its address.", aliases = "url") Optional<String> repoUrl,
            @Arg(value = "Who asks there.", name = "repo_username", aliases = "username") Optional<String> repoUsername,
            @Arg(value = "The password; helm gets it by its standard input.", name = "repo_password", aliases = "password", secret = true) Optional<String> repoPassword,
            @Arg(value = "Whether helm is to know it.", name = "repo_state", aliases = "state", fallback = "present") Wanted repoState,
            @Arg(value = "Whether the user and the password go on to where the repository sends helm.", fallback = "no") boolean passCredentials,
            @Arg(value = "Adds it anew, and fetches its list.", aliases = "force", fallback = "no") boolean forceUpdate,
            HelmTool tool) {}

    /** What helm knows. */
    public record State(Optional<HelmFact.Said> repositories) {}

    private static HelmFact fact(Args args) {
        return new HelmFact(args.tool().program(), args.tool().alone(List.of("repo", "list", "--output", "json")));
    }

    @Override
    public String name() {
        return "helm_repository";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(fact(args)).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        boolean in = args.repoState() == Wanted.PRESENT;
        if (in && args.repoUrl().isEmpty()) {
            return Plan.mistake("repo_state is present but all of the following are missing: repo_url");
        }
        if (actual.repositories.isEmpty()) {
            return HelmModule.lacking("look after the repository " + args.repoName());
        }
        if (!actual.repositories.get().trouble().isEmpty()) {
            return new Plan.Refused("Tried to look after the repository " + args.repoName() + ", but helm says: "
                    + actual.repositories.get().trouble());
        }
        List<Value> all = Tree.list(actual.repositories.get().told());
        Optional<String> now = all.stream().filter(one -> Tree.text(one, "name").equals(args.repoName()))
                .map(one -> Tree.text(one, "url")).findFirst();
        String url = args.repoUrl().orElse("");
        if (in ? now.equals(args.repoUrl()) && !args.forceUpdate() : now.isEmpty()) {
            return Plan.NOTHING;
        }
        if (in && now.isPresent() && !now.equals(args.repoUrl()) && !args.forceUpdate()) {
            return new Plan.Refused("Tried to add the repository " + args.repoName() + " with the address " + url
                    + ", but helm knows it with the address " + now.get() + " (force_update takes the new one).");
        }
        var words = new ArrayList<>(
                in ? List.of("repo", "add", args.repoName(), url) : List.of("repo", "remove", args.repoName()));
        if (in) {
            args.repoUsername().ifPresent(user -> words.addAll(List.of("--username", user)));
            args.repoPassword().ifPresent(_ -> words.add("--password-stdin"));
            if (args.passCredentials()) {
                words.add("--pass-credentials");
            }
            if (args.forceUpdate()) {
                words.add("--force-update");
            }
        }
        var next = new ArrayList<>(
                all.stream().filter(one -> !Tree.text(one, "name").equals(args.repoName())).toList());
        if (in) {
            next.add(MapValue.of("name", args.repoName(), "url", url));
        }
        return Plan.of(new Change(args.repoName(),
                Diff.text(args.repoName(), now.map(is -> is + "\n").orElse(""), in ? url + "\n" : ""),
                List.of(new Action.Run(Sh.of("{} >/dev/null", args.tool().alone(words)),
                        in ? Content.text(args.repoPassword().orElse("")) : Content.none())),
                List.of(Effect.becomes(fact(args), Optional.of(new HelmFact.Said(new ListValue(next), ""))))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed
                .map(answer -> Verdict
                        .failed("Tried to look after the repository " + args.repoName() + ", but helm says: "
                                + Kube.said(answer), MapValue.EMPTY))
                .orElseGet(() -> Verdict.changed(!applied.changes().isEmpty(), MapValue.EMPTY));
    }
}
