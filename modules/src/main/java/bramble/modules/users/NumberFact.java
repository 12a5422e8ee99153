package bramble.modules.users;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;

/** Asks which user has a number. */
record NumberFact(int uid) implements Fact<Optional<String>> {
    @Override
    public Sh script() {
        return Accounts.SCRIPT;
    }

    @Override
    public Optional<String> parse(Answer answer) {
        return Accounts.parse(answer).holder(uid);
    }

    @Override
    public Maybe<Optional<String>> after(Effect.Becomes<?> effect, Optional<String> current) {
        return Maybe.known(switch (effect.fact()) {
            case AccountsFact _ -> ((Accounts) effect.value()).holder(uid);
            case UserFact(String user) -> {
                boolean has = effect.value() instanceof Optional<?> made && made.orElse(null) instanceof Account account
                        && account.uid().isPresent() && account.uid().getAsInt() == uid;
                yield has ? Optional.of(user) : current.filter(holder -> !holder.equals(user));
            }
            default -> current;
        });
    }
}
