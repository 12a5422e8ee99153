package bramble.modules.files;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;

/** Asks whether the node's files have SELinux labels. */
record SelinuxFact() implements Fact<Boolean> {
    @Override
    public Sh script() {
        return Sh.raw("[ ! -e /sys/fs/selinux/enforce ] || echo yes");
    }

    @Override
    public Boolean parse(Answer answer) {
        return answer.text().startsWith("yes");
    }
}
