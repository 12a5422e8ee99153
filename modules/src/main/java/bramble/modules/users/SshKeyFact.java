package bramble.modules.users;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;

/** Asks for a user's key pair. */
public record SshKeyFact(String user, String home, String file) implements Fact<SshKeyFact.Key> {
    /**
     * A key pair: the private key's path, the public key's text and fingerprint.
     *
     * @param folder whether the folder for it is there
     */
    public record Key(String path, boolean folder, boolean there, String text, String fingerprint) {}

    static String path(String home, String file) {
        return file.startsWith("/") ? file : home + "/" + file;
    }

    @Override
    public Sh script() {
        Sh folder = !home.isEmpty()
                ? Sh.of("{}", home)
                : user.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*") ? Sh.raw("~" + user) : Sh.raw("/nonexistent");
        return Sh.of("""
                b_h={} b_f={}
                case $b_f in /*) ;; *) b_f=$b_h/$b_f ;; esac
                printf '%s\\n' "$b_f"
                if [ -d "${b_f%/*}" ]; then echo d; else echo -; fi
                [ -e "$b_f" ] || exit 0
                ssh-keygen -l -f "$b_f" </dev/null; cat "$b_f.pub\"""", folder, NodePath.word(file));
    }

    @Override
    public Key parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        String path = lines.isEmpty() ? "" : lines.getFirst();
        boolean there = lines.size() > 2;
        return new Key(path, lines.size() > 1 && lines.get(1).equals("d"), there,
                lines.size() > 3 ? lines.get(3) : "", there ? lines.get(2) : "");
    }

    @Override
    public Maybe<Key> after(Effect.Becomes<?> effect, Key current) {
        boolean folder = effect.fact() instanceof PathFact(String path) && path.equals(NodePath.parent(current.path));
        return folder
                ? Maybe.known(new Key(current.path, effect.value() instanceof PathState.Directory, current.there,
                        current.text, current.fingerprint))
                : Fact.super.after(effect, current);
    }
}
