package bramble.cli;

import bramble.inventory.Inventory;
import bramble.inventory.InventoryView;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.yaml.YamlWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what an inventory says: {@code bramble inventory}, {@code ansible-inventory}. */
@Command(name = "inventory", description = "Show what an inventory says.", mixinStandardHelpOptions = true)
final class InventoryCommand implements Callable<Integer> {
    @Mixin
    InventoryFlags inventory = new InventoryFlags();

    @Option(names = "--list", description = "everything, as an inventory script would print it")
    boolean list;

    @Option(names = "--host", paramLabel = "HOST", description = "a host's variables")
    Optional<String> host = Optional.empty();

    @Option(names = "--graph", description = "groups and hosts as a tree")
    boolean graph;

    @Option(names = "--vars", description = "with --graph: variables too")
    boolean vars;

    @Option(names = {"-y", "--yaml"}, description = "as YAML")
    boolean yaml;

    @Option(names = "--export", description = "variables at the groups that give them")
    boolean export;

    @Option(names = "--playbook-dir", paramLabel = "FOLDER", description = "whose group_vars and host_vars count too")
    Optional<String> playbookDir = Optional.empty();

    @Option(names = {"-v"}, description = "no effect")
    boolean[] verbose = {};

    @Parameters(arity = "0..1", paramLabel = "GROUP", description = "with --graph: where it begins")
    String group = "all";

    private final Session session;

    InventoryCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if ((list ? 1 : 0) + (graph ? 1 : 0) + (host.isPresent() ? 1 : 0) != 1) {
            throw new ProblemException(Source.NONE,
                    "No action selected, at least one of --host, --graph or --list needs to be specified.");
        }
        Launch launch = session.launch();
        Inventory all = launch.files(inventory).inventory();
        if (playbookDir.isPresent()) {
            all = all.besidePlaybook(session.folder().resolve(playbookDir.get()).toString());
        }
        var view = new InventoryView(all, export);
        if (graph) {
            if (all.group(group).isEmpty()) {
                throw new ProblemException(Source.NONE, "Pattern must be valid group name when using --graph");
            }
            session.out().print(view.graph(group, vars));
            session.out().flush();
            return 0;
        }
        if (host.isPresent() && all.host(host.get()).isEmpty()) {
            throw new ProblemException(Source.NONE, "Could not match supplied host pattern, ignoring: " + host.get());
        }
        MapValue shown = host.map(view::host).orElseGet(() -> yaml ? view.yaml() : view.list());
        session.out()
                .println(yaml ? YamlWriter.write(shown, YamlWriter.Style.NICE).stripTrailing() : Json.pretty(shown));
        return 0;
    }
}
