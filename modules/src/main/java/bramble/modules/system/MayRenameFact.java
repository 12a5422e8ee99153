package bramble.modules.system;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;

/**
 * Asks whether who asks may name the node.
 *
 * @param systemd whether hostnamectl does it, which asks polkit about others than root
 */
record MayRenameFact(boolean systemd) implements Fact<Boolean> {
    @Override
    public Sh script() {
        return Sh.of("[ \"$(id -u)\" = 0 ]{}", Sh.raw(systemd
                ? " || pkcheck -a org.freedesktop.hostname1.set-static-hostname -p $$ >/dev/null 2>&1"
                : ""));
    }

    @Override
    public Boolean parse(Answer answer) {
        return answer.ok();
    }
}
