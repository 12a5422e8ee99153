package bramble.cli;

import bramble.inventory.Host;
import bramble.inventory.Inventory;
import bramble.inventory.Layer;
import bramble.playbook.Playbook;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.run.MagicNames;
import bramble.run.VariableOrigin;
import bramble.run.VariableOrigins;
import bramble.value.Json;
import bramble.value.Secrets;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Shows every place that sets a variable of a host, and which of them counts: {@code bramble why}. */
final class WhyCommand {
    private static final int WIDEST = 40;
    /** Variables by which somebody logs in, whose values a run masks too. */
    private static final Pattern PASSWORD = Pattern.compile("^ansible_.*pass(word|phrase)?$");

    private final InventoryFlags inventory = new InventoryFlags();
    private final List<String> playbooks = new ArrayList<>();
    private final Session session;
    private String host = "";
    private String variable = "";

    WhyCommand(Session session) {
        this.session = session;
    }

    Command command() {
        return Command.of("why", "Show where a host's variable is set, and which place counts.", this::declare,
                this::show);
    }

    private void declare(Syntax syntax) {
        inventory.declare(syntax);
        syntax.word(name -> host = name, "HOST");
        syntax.word(name -> variable = name, "VARIABLE");
        syntax.words(playbooks::add, "PLAYBOOK", false);
    }

    private int show() {
        Launch launch = session.launch();
        Launch.Sources sources = launch.files(inventory).beside(session.folder(), playbooks);
        List<Playbook> loaded = launch.playbooks(launch.loader(sources,
                path -> sources.vault().openFile(Files.readString(path), path.toString())), playbooks);
        Inventory hosts = beside(sources.inventory(), loaded);
        if (hosts.host(host).isEmpty()) {
            throw problem("There is no host " + host + " in the inventory.",
                    Nearest.hint(host, hosts.hosts().stream().map(Host::name).toList()));
        }
        List<VariableOrigin> origins = once(new VariableOrigins(variable, host, hosts,
                file -> sources.variables().read(session.folder().relativize(file.toAbsolutePath()).toString()))
                .find(loaded, sources.extraVars()));
        if (origins.isEmpty() && MagicNames.ALL.contains(variable)) {
            session.out().println("* " + variable + " is given by the run itself; nothing else that sets it counts.");
            return 0;
        }
        if (origins.isEmpty()) {
            throw problem("Nothing sets " + variable + " for " + host + (playbooks.isEmpty()
                    ? " in the inventory. Name a playbook too, to look at what it sets."
                    : "."), Nearest.hint(variable, names(hosts)));
        }
        print(origins, launch.secrets());
        return 0;
    }

    /** A line of a file that counts at several levels, a role's in the play and in the role, is told at the strongest. */
    private List<VariableOrigin> once(List<VariableOrigin> origins) {
        var seen = new HashSet<String>();
        return origins.stream().filter(origin -> origin.source().line() == 0 || seen.add(place(origin.source())))
                .toList();
    }

    private static ProblemException problem(String summary, String hint) {
        return new ProblemException(Problem.error(Source.NONE, summary, hint));
    }

    private Inventory beside(Inventory plain, List<Playbook> loaded) {
        return loaded.isEmpty()
                ? plain
                : plain.besidePlaybook(Optional.ofNullable(loaded.getFirst().file().getParent())
                        .map(Path::toString).orElse(""));
    }

    private Collection<String> names(Inventory hosts) {
        return hosts.layers(host).stream().map(Layer::variables)
                .flatMap(variables -> variables.values().byName().keySet().stream()).distinct().toList();
    }

    private void print(List<VariableOrigin> origins, Secrets secrets) {
        int winner = origins.stream().filter(origin -> origin.everywhere() || origin.ofPlay()).findFirst()
                .map(origins::indexOf).orElse(0);
        List<String> values = origins.stream().map(origin -> shown(origin.value(), secrets)).toList();
        List<String> places = origins.stream().map(origin -> place(origin.source())).toList();
        int value = width(values);
        int place = width(places);
        for (int i = 0; i < origins.size(); i++) {
            VariableOrigin origin = origins.get(i);
            boolean wins = i == winner;
            String by = origin.what() + (origin.everywhere() ? "" : ", " + origin.where());
            String line = String.format(Locale.ROOT, "%s %-" + value + "s  %-" + place + "s  %s", wins ? "*" : " ",
                    values.get(i), places.get(i), by);
            session.out().println(wins ? session.colours().green(line) : line + (i > winner ? " (shadowed)" : ""));
        }
        session.out().flush();
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).filter(length -> length <= WIDEST).max().orElse(1);
    }

    private String place(Source source) {
        Path file = session.folder().resolve(source.file()).normalize();
        String name = file.startsWith(session.folder()) && !source.file().isEmpty()
                ? session.folder().relativize(file).toString()
                : source.file();
        return source.line() == 0 ? name : name + ":" + source.line();
    }

    private String shown(Value value, Secrets secrets) {
        if (PASSWORD.matcher(variable).find()) {
            return Secrets.MASK;
        }
        return switch (value) {
            case Undefined undefined -> "(" + undefined.what() + ")";
            case Text(String text) -> secrets.mask(text);
            default -> Json.compact(secrets.mask(value));
        };
    }
}
