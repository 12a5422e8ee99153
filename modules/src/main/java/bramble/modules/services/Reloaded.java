package bramble.modules.services;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;

/** That systemd has read its units again; only effects speak of it: it knows then of init scripts that it didn't know of. */
record Reloaded(String scope) implements Fact<Boolean> {
    @Override
    public Sh script() {
        return Sh.raw(":");
    }

    @Override
    public Boolean parse(Answer answer) {
        return false;
    }
}
