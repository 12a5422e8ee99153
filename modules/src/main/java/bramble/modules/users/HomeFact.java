package bramble.modules.users;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;

/**
 * Asks where a user's home is, and whether it is there.
 *
 * @param given the home that it is to be; empty for the one that the user has
 * @param made whether it would be made: then it is asked with which permissions the node makes one
 */
public record HomeFact(String user, String given, boolean made) implements Fact<HomeFact.Home> {
    /**
     * A folder.
     *
     * @param path empty if there is no such user
     * @param mode the permissions that the node gives a new home, if it was asked
     */
    public record Home(String path, boolean there, int mode) {
        Home at(String other) {
            return new Home(other, there && path.equals(other), mode);
        }
    }

    @Override
    public Sh script() {
        Sh home = !given.isEmpty()
                ? Sh.of("b_h={}", given)
                : user.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")
                        ? Sh.of("b_h={}; case $b_h in '~'*) b_h= ;; esac", Sh.raw("~" + user))
                        : Sh.raw("b_h=");
        return Sh.of("{}\nprintf '%s\\n' \"$b_h\"; if [ -d \"$b_h\" ]; then echo there; {}fi; :", home, Sh.raw(made
                ? "else\ngrep -hE '^(UMASK|HOME_MODE)[[:space:]]' /etc/login.defs 2>/dev/null; "
                : ""));
    }

    @Override
    public Home parse(Answer answer) {
        var lines = answer.text().lines().toList();
        int mode = 0755;
        for (String line : lines) {
            String[] words = line.split("\\s+", -1);
            if (words.length > 1 && words[1].matches("[0-7]+")) {
                int bits = Integer.parseInt(words[1], 8);
                mode = words[0].equals("HOME_MODE")
                        ? bits
                        : words[0].equals("UMASK") && mode == 0755 ? 0777 & ~bits : mode;
            }
        }
        return new Home(lines.isEmpty() ? "" : lines.getFirst(), lines.contains("there"), mode);
    }

    @Override
    public Maybe<Home> after(Effect.Becomes<?> effect, Home current) {
        return Maybe.known(switch (effect.fact()) {
            case UserFact(String name) when name.equals(user) && given.isEmpty()
                    && effect.value() instanceof Optional<?> account ->
                current.at(account.orElse(null) instanceof Account found ? found.home() : "");
            case AccountsFact _ when given.isEmpty() ->
                current.at(((Accounts) effect.value()).user(user).map(Account::home).orElse(""));
            case PathFact(String path) when path.equals(NodePath.normal(current.path)) ->
                new Home(current.path, effect.value() instanceof PathState.Directory, current.mode);
            default -> current;
        });
    }
}
