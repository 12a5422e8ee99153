package bramble.modules.users;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;

/** Asks for a user. */
record UserFact(String name) implements Fact<Optional<Account>> {
    @Override
    public Sh script() {
        return Accounts.SCRIPT;
    }

    @Override
    public Optional<Account> parse(Answer answer) {
        return Accounts.parse(answer).user(name);
    }

    @Override
    @SuppressWarnings("unchecked") // the values of these facts
    public Maybe<Optional<Account>> after(Effect.Becomes<?> effect, Optional<Account> current) {
        return Maybe.known(switch (effect.fact()) {
            case UserFact(String changed) when changed.equals(name) -> (Optional<Account>) effect.value();
            case AccountsFact _ -> ((Accounts) effect.value()).user(name);
            case GroupFact(String group) when ((Optional<Group>) effect.value()).isEmpty() ->
                current.map(account -> account.with(group, false));
            default -> current;
        });
    }
}
