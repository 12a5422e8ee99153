package bramble.check;

import bramble.check.Finding.Rule;
import bramble.inventory.Host;
import bramble.inventory.Layer;
import bramble.inventory.Variables;
import bramble.playbook.Playbook;
import bramble.playbook.PlaybookLoader;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.value.PythonText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds what is wrong with playbooks without a connection: all at once, and nothing that isn't wrong. What depends on a
 * run alone is not guessed.
 */
public final class PlaybookCheck {
    private final Given given;

    public PlaybookCheck(Given given) {
        this.given = given;
    }

    /** What is wrong with these playbooks, which are played one after the other. */
    public Report check(List<Path> playbooks) {
        var findings = new LinkedHashSet<Finding>();
        var walk = new Walk(given);
        var folders = new LinkedHashSet<Path>();
        for (Path playbook : playbooks) {
            PlaybookLoader.Look<Playbook> look = given.loader().look(playbook);
            look.errors().forEach(problem -> {
                findings.add(new Finding(Rule.STRUCTURE, problem));
                if (problem.summary().matches("Tried to (find|evaluate|read|import).*")) {
                    lacks(walk, problem);
                }
            });
            look.value().ifPresent(walk::playbook);
            Path folder = playbook.toAbsolutePath().getParent();
            if (folder != null) {
                folders.add(folder);
            }
        }
        inventory(walk, folders);
        var tasks = new TaskCheck(given, walk);
        walk.reached().forEach(tasks::look);
        findings.addAll(walk.findings());
        findings.addAll(tasks.findings());
        walk.plays().forEach(play -> play.missingFiles.forEach(setting -> findings.add(new Finding(Rule.FILE,
                problem(play.nobody, setting.source(), "There is no file \"" + PythonText.of(setting.value())
                        + "\" of variables where it is looked for.")))));
        return new Report(sorted(findings), notes(walk));
    }

    private static Problem problem(boolean nobody, bramble.problem.Source at, String summary) {
        return nobody ? Problem.warning(at, summary, "") : Problem.error(at, summary);
    }

    /** Roles and files that are missing may define anything. */
    private static void lacks(Walk walk, Problem problem) {
        if (problem.summary().matches("Tried to (find the (role|file)|evaluate|import|read \\S+, but there is no).*")) {
            walk.sources().lacks.add("a role or a file is not there");
        }
    }

    /** Every variable of every host and group, also of groups that only a run makes. */
    private void inventory(Walk walk, Set<Path> folders) {
        List<Variables> all = walk.sources().inventory;
        for (Host host : given.inventory().hosts()) {
            given.inventory().layers(host.name()).stream().map(Layer::variables).forEach(all::add);
        }
        given.inventory().groups().forEach(group -> all.add(group.variables()));
        given.inventory().layers("localhost").stream().map(Layer::variables).forEach(all::add);
        var places = new LinkedHashSet<>(folders);
        given.inventory().hosts().forEach(host -> {
            Path file = given.folder().resolve(host.variables().places().values().stream()
                    .map(place -> place.file()).findFirst().orElse(""));
            if (Files.isRegularFile(file) && file.getParent() != null) {
                places.add(file.getParent());
            }
        });
        for (Path folder : places) {
            for (String kind : List.of("group_vars", "host_vars")) {
                files(folder.resolve(kind)).forEach(file -> {
                    try {
                        all.add(given.variables().apply(file));
                    } catch (ProblemException e) {
                        walk.sources().open.add("the file of variables " + given.shown(file) + " can't be read");
                    }
                });
            }
        }
        List<Variables> once = all.stream().distinct().toList();
        all.clear();
        all.addAll(once);
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().matches("[^.~]+(\\.(ya?ml|json))?")).sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private static List<Finding> sorted(Collection<Finding> findings) {
        var all = new ArrayList<>(findings);
        all.sort(Comparator.<Finding, String>comparing(finding -> finding.problem().source().file())
                .thenComparingInt(finding -> finding.problem().source().line())
                .thenComparingInt(finding -> finding.problem().source().column()));
        return all;
    }

    private static List<String> notes(Walk walk) {
        var notes = new ArrayList<String>();
        Set<String> everywhere = walk.sources().open;
        if (!everywhere.isEmpty()) {
            notes.add("Variables and handlers were not judged: " + String.join("; ", everywhere) + ".");
        }
        if (!walk.sources().lacks.isEmpty() && everywhere.isEmpty()) {
            notes.add(
                    "What is missing may define variables and handlers: those that nothing else defines are warnings.");
        }
        for (KnownPlay play : walk.plays()) {
            if (!play.open.isEmpty() && everywhere.isEmpty()) {
                notes.add("Variables and handlers of the play at " + play.play.source() + " were not judged: "
                        + play.open.stream().limit(3).collect(Collectors.joining("; ")) + ".");
            } else if (play.nobody && !walk.sources().newHosts && everywhere.isEmpty()) {
                notes.add("Variables of the play at " + play.play.source()
                        + " were not judged: the inventory has no host for it.");
            }
        }
        return notes;
    }
}
