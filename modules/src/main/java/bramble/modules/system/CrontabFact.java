package bramble.modules.system;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Asks for a user's table of jobs.
 *
 * @param user empty for the one whom the shell runs as
 */
public record CrontabFact(String user) implements Fact<CrontabFact.Table> {
    private static final Pattern DENIED = Pattern
            .compile("(?i).*(privileged|not allowed|permission denied|not permitted|must be suid).*");

    /**
     * A table.
     *
     * @param text empty where there is none
     * @param denied why it may not be looked at
     */
    public record Table(String text, Optional<String> denied) {
        Table(String text) {
            this(text, Optional.empty());
        }
    }

    /** How crontab is told whose table is meant. */
    Sh whose() {
        return user.isEmpty() ? Sh.raw("") : Sh.of(" -u {}", user);
    }

    @Override
    public Sh script() {
        return Sh.of("crontab{} -l; :", whose());
    }

    @Override
    public Table parse(Answer answer) {
        return new Table(answer.text(), answer.errors().lines().filter(line -> DENIED.matcher(line).matches())
                .findFirst().map(line -> line.replaceFirst("^\\S*crontab: *", "")));
    }
}
