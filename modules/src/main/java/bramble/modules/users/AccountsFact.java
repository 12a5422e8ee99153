package bramble.modules.users;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;

/** Asks for the whole account table; only where it has to be edited without the usual tools. */
record AccountsFact() implements Fact<Accounts> {
    @Override
    public Sh script() {
        return Accounts.SCRIPT;
    }

    @Override
    public Accounts parse(Answer answer) {
        return Accounts.parse(answer);
    }
}
