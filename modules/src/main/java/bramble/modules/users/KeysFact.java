package bramble.modules.users;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Asks for a user's authorized keys.
 *
 * @param given the file; empty for the one in the user's home
 */
public record KeysFact(String user, String given) implements Fact<KeysFact.Keys> {
    /**
     * A file of keys.
     *
     * @param path empty if there is no such user, and so no home
     * @param folder whether the folder of the file is there
     * @param closed whether that folder, or what it would be made in, may not be written by who asks
     * @param text empty if the file isn't there
     */
    public record Keys(String path, boolean folder, boolean closed, Optional<String> text) {
        Keys with(String text) {
            return new Keys(path, true, closed, Optional.of(text));
        }

        Keys at(String home) {
            String file = home.isEmpty() ? "" : home + "/.ssh/authorized_keys";
            return file.equals(path) ? this : new Keys(file, false, false, Optional.empty());
        }
    }

    @Override
    public Sh script() {
        Sh path = !given.isEmpty()
                ? Sh.of("b_f={}", NodePath.word(given))
                : user.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")
                        ? Sh.of("b_f={}/.ssh/authorized_keys; case $b_f in '~'*) exit 0 ;; esac", Sh.raw("~" + user))
                        : Sh.raw("exit 0");
        return Sh.of("""
                {}
                printf '%s\\n' "$b_f"
                b_w=${b_f%/*}
                [ -d "$b_w" ] && b_k=folder || b_k=none
                until [ -d "${b_w:=/}" ]; do case $b_w in */*) b_w=${b_w%/*} ;; *) b_w=. ;; esac; done
                [ -w "$b_w" ] && echo $b_k || echo "$b_k closed"
                [ ! -f "$b_f" ] || { echo there; cat "$b_f"; }""", path);
    }

    @Override
    public Keys parse(Answer answer) {
        String[] parts = answer.text().split("\n", 4);
        return parts.length < 2
                ? new Keys("", false, false, Optional.empty())
                : new Keys(parts[0], parts[1].startsWith("folder"), parts[1].endsWith("closed"),
                        parts.length > 3 ? Optional.of(parts[3]) : Optional.empty());
    }

    @Override
    public Maybe<Keys> after(Effect.Becomes<?> effect, Keys current) {
        return Maybe.known(switch (effect.fact()) {
            case KeysFact other when other.equals(this) -> (Keys) effect.value();
            case KeysFact _ when effect.value() instanceof Keys keys && keys.path.equals(current.path) -> keys;
            case UserFact(String name) when name.equals(user) && given.isEmpty()
                    && effect.value() instanceof Optional<?> account ->
                current.at(account.orElse(null) instanceof Account found ? found.home() : "");
            case AccountsFact _ when given.isEmpty() ->
                current.at(((Accounts) effect.value()).user(user).map(Account::home).orElse(""));
            case ContentFact(String path) when path.equals(current.path)
                    && effect.value() instanceof FileContent.Bytes(_, Content content) ->
                current.with(new String(content.bytesOf(), StandardCharsets.UTF_8));
            case PathFact(String path) when path.equals(NodePath.parent(current.path))
                    && !(effect.value() instanceof PathState.Absent) ->
                new Keys(current.path, effect.value() instanceof PathState.Directory, false, current.text);
            case PathFact(String path) when path.equals(current.path) && effect.value() instanceof PathState.Absent ->
                new Keys(current.path, current.folder, current.closed, Optional.empty());
            case PathFact(String path) when NodePath.below(current.path, path)
                    && effect.value() instanceof PathState.Absent ->
                new Keys(current.path, false, false, Optional.empty());
            default -> current;
        });
    }
}
