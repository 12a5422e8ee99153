package bramble.modules.containers;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.ContentFact;
import bramble.modules.files.NodePath;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Compose would do with a project, by its own dry run, and which containers there are; empty where the node has no
 * Compose.
 *
 * @param project calls docker compose for the project
 * @param words what it would be told to do
 * @param folders where the project's files are
 */
record ComposeFact(Project project, List<String> words,
        List<String> folders) implements Fact<Optional<ComposeFact.Outlook>> {
    private static final Pattern STEP = Pattern
            .compile(
                    "\\s*(?:DRY-RUN MODE -\\s+)?(?:(Container|Network|Volume|Image|Service|Config|Secret)\\s+)?\"?(\\S+?)\"?\\s+"
                            + "(Creat(?:ing|ed)|Start(?:ing|ed)|Recreate|Recreated|Remov(?:ing|ed)|Stopp(?:ing|ed)|Restart(?:ing|ed)|"
                            + "Pull(?:ing|ed)|Build(?:ing)?|Built|Kill(?:ing|ed)|Running|Healthy|Waiting|Exited|Exists|Skipped.*)\\s*");
    private static final Set<String> DONE = Set.of("Created", "Started", "Recreated", "Removed", "Stopped", "Restarted",
            "Pulled", "Built", "Killed");

    /**
     * A project.
     *
     * @param call docker compose, up to the word that says what to do
     * @param definition the project itself, for docker compose to read; empty where it is in files
     */
    record Project(Sh call, String definition) {
        Sh run(boolean dry, List<String> words) {
            Sh all = Sh.of(dry ? "{} --dry-run {}" : "{} {}", call, words);
            return definition.isEmpty()
                    ? Sh.of("{} </dev/null", all)
                    : Sh.of("printf %s {} | {}", Sh.secret(definition), all);
        }
    }

    /**
     * The answer.
     *
     * @param steps what would change: {@code what}, {@code id}, {@code status}
     * @param containers as {@code docker compose ps} tells of them
     * @param trouble why it can't be done; empty if it can
     */
    record Outlook(List<Value> steps, Value containers, Value images, String trouble) {
        boolean runs() {
            return Tree.list(containers).stream().anyMatch(one -> Set.of("running", "restarting", "paused")
                    .contains(Tree.text(one, "State")));
        }
    }

    @Override
    public Sh script() {
        return Sh.of("""
                command -v docker >/dev/null || exit 0
                {} 2>&1; echo "--status $?"
                {} 2>/dev/null; echo '--images'
                {} 2>/dev/null; :""", project.run(true, words),
                project.run(false, List.of("ps", "--all", "--format", "json", "--no-trunc")),
                project.run(false, List.of("images", "--format", "json")));
    }

    @Override
    public Optional<Outlook> parse(Answer answer) {
        String text = answer.text();
        if (!text.contains("--status ") || text.contains("is not a docker command")
                || text.contains("unknown command: docker compose") || text.contains("unknown flag: --ansi")
                || text.contains("unknown shorthand flag")) {
            return Optional.empty();
        }
        List<String> lines = text.lines().toList();
        int split = 0;
        while (!lines.get(split).startsWith("--status ")) {
            split++;
        }
        List<String> said = lines.subList(0, split);
        int images = lines.indexOf("--images");
        List<Value> containers = values(lines.subList(split + 1, images < 0 ? lines.size() : images));
        List<Value> pictures = images < 0 ? List.of() : values(lines.subList(images + 1, lines.size()));
        String trouble = lines.get(split).equals("--status 0") ? "" : trouble(said);
        List<String> names = containers.stream().map(one -> Tree.text(one, "Name")).toList();
        List<Value> steps = steps(said).stream() // Compose says Created of what only stays as it is
                .filter(step -> !Tree.text(step, "status").equals("Created") || !names.contains(Tree.text(step, "id")))
                .toList();
        return Optional.of(new Outlook(steps, new ListValue(containers.stream().map(ComposeFact::container).toList()),
                new ListValue(pictures), trouble));
    }

    /** What is told of a container, its labels by name. */
    private static Value container(Value told) {
        var labels = new TreeMap<String, Value>();
        for (String pair : Tree.text(told, "Labels").split(",(?=[\\w./-]+=)", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                labels.put(pair.substring(0, equals), Value.text(pair.substring(equals + 1)));
            }
        }
        MapValue all = MapValue.named(Tree.map(told)).with("Labels", MapValue.named(labels));
        for (String list : List.of("Names", "Networks")) {
            if (all.get(list).orElse(null) instanceof Text(String words)) {
                all = all.with(list, Value.texts(words.isEmpty() ? List.of() : List.of(words.split(",", -1))));
            }
        }
        return all;
    }

    /** A list in JSON, or an object a line. */
    private static List<Value> values(List<String> lines) {
        Optional<Value> whole = Json.tryParse(String.join("\n", lines));
        if (whole.isPresent() && whole.get() instanceof ListValue list) {
            return list.items();
        }
        return lines.stream().flatMap(line -> Json.tryParse(line).stream()).filter(MapValue.class::isInstance).toList();
    }

    /** What is no step, but a complaint. */
    static String trouble(List<String> said) {
        List<String> complaints = said.stream().filter(line -> !line.isBlank() && !STEP.matcher(line).matches())
                .map(line -> line.replaceFirst("^\\s*DRY-RUN MODE -\\s+", "").strip()).toList();
        return complaints.isEmpty() ? String.join("\n", said) : String.join("\n", complaints);
    }

    /** Steps as results have them: by what Compose says while it takes them. */
    static Value told(List<Value> steps) {
        return new ListValue(steps.stream().<Value>map(step -> {
            String status = Tree.text(step, "status");
            String working = switch (status) {
                case "Built" -> "Building";
                case "Stopped" -> "Stopping";
                default -> status.replaceFirst("e?d$", "ing");
            };
            return MapValue.named(Tree.map(step)).with("status", working);
        }).toList());
    }

    /** The steps that were taken, in an order that doesn't depend on which of them was done first. */
    static List<Value> steps(List<String> said) {
        var steps = new ArrayList<MapValue>();
        for (String line : said) {
            Matcher parts = STEP.matcher(line);
            // a dry run can't see that a network is empty once its containers are gone
            String status = parts.matches() && "Network".equals(parts.group(1)) && parts.group(3).equals("Removing")
                    ? "Removed"
                    : parts.matches() ? parts.group(3) : "";
            if (DONE.contains(status)) {
                String what = parts.group(1) == null ? "service" : parts.group(1).toLowerCase(java.util.Locale.ROOT);
                String id = parts.group(2).replaceFirst("^[0-9a-f]{12}_", ""); // while a container is made anew
                var step = MapValue.of("what", what, "id", id, "status", status);
                if (!steps.contains(step)) {
                    steps.add(step);
                }
            }
        }
        steps.sort(Comparator.comparing((MapValue step) -> Tree.text(step, "what"))
                .thenComparing(step -> Tree.text(step, "id"))
                .thenComparing(step -> Tree.text(step, "status")));
        return List.copyOf(steps);
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a fact like this
    public Maybe<Optional<Outlook>> after(Effect.Becomes<?> effect, Optional<Outlook> current) {
        if (effect.fact().equals(this)) {
            return Maybe.known((Optional<Outlook>) effect.value());
        }
        if (effect.fact() instanceof ContentFact(String path)
                && folders.stream().anyMatch(folder -> path.equals(folder) || NodePath.below(path, folder))) {
            return Maybe.unknown(path + " would change first, and with it what Compose does");
        }
        return InspectFact.starts(effect) && current.filter(outlook -> !outlook.trouble().isEmpty()).isPresent()
                ? Maybe.unknown("the service docker would be started first")
                : Maybe.known(current);
    }
}
