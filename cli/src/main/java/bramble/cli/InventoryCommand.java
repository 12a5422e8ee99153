package bramble.cli;

import bramble.inventory.Group;
import bramble.inventory.Host;
import bramble.inventory.Inventory;
import bramble.inventory.InventoryView;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.yaml.TomlWriter;
import bramble.yaml.YamlWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Shows what an inventory says: {@code bramble inventory}, {@code ansible-inventory}. */
final class InventoryCommand {
    private static final YamlWriter.Style YAML = new YamlWriter.Style(YamlWriter.Flow.NEVER, 2, 80, true, true, false,
            false, ' ');

    private final InventoryFlags inventory = new InventoryFlags();
    private boolean list;
    private Optional<String> host = Optional.empty();
    private boolean graph;
    private boolean vars;
    private boolean yaml;
    private boolean toml;
    private Optional<String> output = Optional.empty();
    private boolean export;
    private Optional<String> playbookDir = Optional.empty();
    private String group = "all";
    private final Session session;

    InventoryCommand(Session session) {
        this.session = session;
    }

    Command command() {
        return Command.of("inventory", "Show what an inventory says.", this::declare, this::show);
    }

    private void declare(Syntax syntax) {
        inventory.declare(syntax);
        syntax.flag(() -> list = true, "everything, as an inventory script would print it", "--list");
        syntax.value(name -> host = Optional.of(name), "HOST", "a host's variables", "--host");
        syntax.flag(() -> graph = true, "groups and hosts as a tree", "--graph");
        syntax.flag(() -> vars = true, "with --graph: variables too", "--vars");
        syntax.flag(() -> yaml = true, "as YAML", "-y", "--yaml");
        syntax.flag(() -> toml = true, "as TOML", "--toml");
        syntax.value(file -> output = Optional.of(file), "FILE", "write it into this file", "--output");
        syntax.flag(() -> export = true, "variables at the groups that give them", "--export");
        syntax.value(folder -> playbookDir = Optional.of(folder), "FOLDER",
                "whose group_vars and host_vars count too", "--playbook-dir");
        syntax.flag(() -> {}, "", "-v", "--verbose");
        syntax.optionalWord(name -> group = name, "GROUP");
    }

    private RuntimeException unknown(String what, String name, List<String> names, String asAnsible) {
        return session.compat()
                ? UsageException.options(asAnsible, asAnsible)
                : new ProblemException(Problem.error(Source.NONE,
                        "Tried to show the " + what + " " + name + ", but the inventory has none of that name.",
                        Nearest.hint(name, names)));
    }

    private int show() {
        if ((list ? 1 : 0) + (graph ? 1 : 0) + (host.isPresent() ? 1 : 0) != 1) {
            boolean none = !list && !graph && host.isEmpty();
            throw UsageException.options(none
                    ? "what is to be shown: --list, --graph or --host?"
                    : "only one of --list, --graph and --host can be shown at a time",
                    none
                            ? "No action selected, at least one of --host, --graph or --list needs to be specified."
                            : "Conflicting options used, only one of --host, --graph or --list can be used at the same time.");
        }
        Launch launch = session.launch();
        Launch.Sources sources = launch.files(inventory, playbookDir.map(place -> place + "/.").stream().toList());
        Inventory all = sources.inventory();
        if (playbookDir.isPresent()) {
            all = all.besidePlaybook(session.folder().resolve(playbookDir.get()).toString());
        }
        Inventory beside = playbookDir.isPresent() ? all : all.besidePlaybook(session.folder().toString());
        Optional<String> limit = inventory.limit();
        if (limit.isPresent() && !launch.leavesSomebody(all, limit.get())) {
            session.report(new ProblemException(Source.NONE, PlaybookCommand.NOBODY_LEFT));
            return 1;
        }
        var view = new InventoryView(all, beside,
                export || session.configuration().flag(false, "inventory", "export"), sources.extraVars(),
                Set.copyOf(launch.select(all, "all", limit)));
        if (graph) {
            if (all.group(group).isEmpty()) {
                throw unknown("group", group, all.groups().stream().map(Group::name).toList(),
                        "Pattern must be valid group name when using --graph");
            }
            tell(view.graph(group, vars));
            return 0;
        }
        if (host.isPresent() && all.host(host.get()).isEmpty()) {
            throw unknown("host", host.get(), all.hosts().stream().map(Host::name).toList(),
                    "You must pass a single valid host to --host parameter");
        }
        MapValue shown = host.map(name -> yaml || toml ? view.hostAsItIs(name) : view.host(name))
                .orElseGet(() -> yaml ? view.yaml() : toml ? view.toml() : view.list());
        tell(yaml ? YamlWriter.writeOnce(shown, YAML) : toml ? TomlWriter.write(shown) : Json.pretty(shown) + "\n");
        return 0;
    }

    private void tell(String text) {
        if (output.isEmpty()) {
            session.out().print(text);
            session.out().flush();
            return;
        }
        Path file = session.folder().resolve(output.get());
        try {
            Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ProblemException(Source.file(output.get()), "Tried to write the inventory into this file, but: "
                    + e.getMessage());
        }
    }
}
