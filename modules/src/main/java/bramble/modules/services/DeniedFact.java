package bramble.modules.services;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;

/**
 * Asks whether systemd would refuse whoever runs the task: only root may change its services, and whom polkit lets.
 *
 * @see <a href="https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.systemd1.html">org.freedesktop.systemd1, Security</a>
 */
record DeniedFact() implements Fact<Boolean> {
    @Override
    public Sh script() {
        return Sh.raw("[ -w /etc/systemd/system ] ||"
                + " pkcheck --action-id org.freedesktop.systemd1.manage-units --process $$ >/dev/null 2>&1 || echo denied");
    }

    @Override
    public Boolean parse(Answer answer) {
        return answer.text().startsWith("denied");
    }
}
