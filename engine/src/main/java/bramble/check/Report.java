package bramble.check;

import bramble.problem.Problem;
import java.util.List;

/**
 * What a check found.
 *
 * @param findings in the order of files and lines
 * @param notes what was not looked at, and why
 */
public record Report(List<Finding> findings, List<String> notes) {
    public Report {
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
    }

    /** How many findings stop a run for certain. */
    public long errors() {
        return findings.stream().filter(finding -> finding.problem().severity() == Problem.Severity.ERROR).count();
    }
}
