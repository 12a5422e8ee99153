package bramble.cli;

import bramble.check.Finding;
import bramble.check.Report;
import bramble.playbook.Playbook;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.run.Options;
import bramble.run.PlaybookRun;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Finds what is wrong with playbooks, all at once, without playing them: {@code bramble check}. */
final class CheckCommand {
    private final InventoryFlags inventory = new InventoryFlags();
    private final List<String> tags = new ArrayList<>();
    private final List<String> skipTags = new ArrayList<>();
    private final List<String> playbooks = new ArrayList<>();
    private final Session session;
    private String format = "text";

    CheckCommand(Session session) {
        this.session = session;
    }

    Command command() {
        return Command.of("check", "Find what is wrong with playbooks, all at once, without playing them.",
                this::declare, this::check);
    }

    private void declare(Syntax syntax) {
        inventory.declare(syntax);
        syntax.value(tags::add, "TAGS", "only what these tags would play", "-t", "--tags");
        syntax.value(skipTags::add, "TAGS", "not what has these tags", "--skip-tags");
        syntax.value(word -> format = word, "FORMAT", "text, or json for editors and CI", "--format");
        syntax.words(playbooks::add, "PLAYBOOK", true);
    }

    private int check() throws InterruptedException {
        if (!format.equals("text") && !format.equals("json")) {
            throw new UsageException("--format: expected text or json, but found " + format);
        }
        var odd = new LinkedHashSet<Problem>();
        Launch launch = session.launch(odd::add);
        playbooks.forEach(launch::isThere);
        Report told;
        try {
            Launch.Sources sources = launch.files(inventory).beside(session.folder(), playbooks);
            told = launch.check(sources, playbooks, launch.tags(tags, skipTags));
            if (told.errors() == 0) {
                told = with(told, refused(launch, sources, odd::add));
            }
        } catch (ProblemException e) {
            told = new Report(e.problems().stream()
                    .map(problem -> new Finding(Finding.Rule.STRUCTURE, problem)).toList(), List.of());
        }
        Report report = told;
        var findings = new ArrayList<Finding>();
        odd.stream().filter(problem -> report.findings().stream().map(Finding::problem)
                .noneMatch(same -> same.source().equals(problem.source())
                        && same.summary().equals(problem.summary())))
                .forEach(problem -> findings.add(new Finding(Finding.Rule.STRUCTURE, problem)));
        findings.addAll(report.findings());
        var all = new Report(findings, report.notes());
        if (format.equals("json")) {
            session.out().println(Json.pretty(json(all)));
        } else {
            text(all);
        }
        session.out().flush();
        return all.errors() > 0 ? 1 : 0;
    }

    /** What roles would refuse as a run begins. */
    private List<Problem> refused(Launch launch, Launch.Sources sources, Consumer<Problem> odd)
            throws InterruptedException {
        var run = new RunFlags();
        run.tags.addAll(tags);
        run.skipTags.addAll(skipTags);
        Options options = launch.options(inventory, new LoginFlags(), run, sources, Optional.empty(), false, false);
        PlaybookRun.Parts parts = launch.parts(sources, options, Continued.nothing(session.seal()), session.folder());
        List<Playbook> loaded = launch.playbooks(parts.loader(), playbooks);
        RoleVariables.check(loaded, parts.loader(), sources.inventory(), sources.extraVars(), odd);
        try (var checked = new PlaybookRun(parts)) {
            return checked.findings(loaded, true, Optional.empty(), session::textOf);
        }
    }

    private static Report with(Report report, List<Problem> refused) {
        var all = new ArrayList<>(report.findings());
        refused.forEach(problem -> all.add(new Finding(Finding.Rule.REFUSED, problem)));
        return new Report(all, report.notes());
    }

    private void text(Report report) {
        for (Finding finding : report.findings()) {
            Problem problem = finding.problem();
            boolean error = problem.severity() == Problem.Severity.ERROR;
            String shown = session.shown(problem);
            session.out().println((error ? session.colours().red(shown) : session.colours().magenta(shown)) + "\n");
        }
        report.notes().forEach(note -> session.out().println("note: " + note));
        long errors = report.errors();
        long warnings = report.findings().size() - errors;
        session.out().println(count(errors, "error") + ", " + count(warnings, "warning") + ".");
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private Value json(Report report) {
        List<Value> findings = report.findings().stream().<Value>map(this::json).toList();
        return MapValue.of("errors", report.errors(), "warnings", report.findings().size() - report.errors(),
                "findings", new ListValue(findings), "notes", Value.texts(report.notes()));
    }

    private Value json(Finding finding) {
        Problem problem = finding.problem();
        return session.masked(MapValue.of("rule", finding.rule().name().toLowerCase(Locale.ROOT), "severity",
                problem.severity().name().toLowerCase(Locale.ROOT), "file", problem.source().file(), "line",
                problem.source().line(), "column", problem.source().column(), "message", problem.summary(), "hint",
                problem.hint(), "text", session.line(problem.source()).orElse("")));
    }
}
