package bramble.modules.system;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;

/**
 * Asks for a user's table of jobs.
 *
 * @param user empty for the one whom the shell runs as
 */
public record CrontabFact(String user) implements Fact<CrontabFact.Table> {
    /** The table's text; empty where there is none. */
    public record Table(String text) {}

    /** How crontab is told whose table is meant. */
    Sh whose() {
        return user.isEmpty() ? Sh.raw("") : Sh.of(" -u {}", user);
    }

    @Override
    public Sh script() {
        return Sh.of("crontab{} -l 2>/dev/null; :", whose());
    }

    @Override
    public Table parse(Answer answer) {
        return new Table(answer.text());
    }
}
