package bramble.modules.users;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;
import java.util.TreeSet;

/** Asks for a group, by name or number. */
record GroupFact(String name) implements Fact<Optional<Group>> {
    @Override
    public Sh script() {
        return Accounts.SCRIPT;
    }

    @Override
    public Optional<Group> parse(Answer answer) {
        return Accounts.parse(answer).group(name);
    }

    @Override
    @SuppressWarnings("unchecked") // the values of these facts
    public Maybe<Optional<Group>> after(Effect.Becomes<?> effect, Optional<Group> current) {
        return Maybe.known(switch (effect.fact()) {
            case GroupFact(String changed) when changed.equals(name) -> (Optional<Group>) effect.value();
            case GroupFact _ when effect.value() instanceof Optional<?> made && made.orElse(null) instanceof Group group
                    && name.equals(String.valueOf(group.gid().orElse(-1))) ->
                Optional.of(group);
            case GroupFact(String changed) when current.filter(group -> group.name().equals(changed)).isPresent() ->
                Optional.empty(); // asked for by its number, which it hasn't any more
            case AccountsFact _ -> ((Accounts) effect.value()).group(name);
            case UserFact(String user) -> current.map(group -> joined(group, user, (Optional<Account>) effect.value()));
            default -> current;
        });
    }

    private static Group joined(Group group, String user, Optional<Account> account) {
        var members = new TreeSet<>(group.members());
        if (account.filter(a -> a.groups().contains(group.name())).isPresent()) {
            members.add(user);
        } else {
            members.remove(user);
        }
        return new Group(group.name(), group.gid(), members);
    }
}
