package bramble.modules.users;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;

/** Asks for a user's key pair. */
public record SshKeyFact(String user, String home, String file) implements Fact<SshKeyFact.Key> {
    /** A key pair: the private key's path, the public key's text and fingerprint. */
    public record Key(String path, boolean there, String text, String fingerprint) {}

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
                [ -e "$b_f" ] || exit 0
                ssh-keygen -l -f "$b_f" </dev/null; cat "$b_f.pub\"""", folder, file);
    }

    @Override
    public Key parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        String path = lines.isEmpty() ? "" : lines.getFirst();
        return new Key(path, lines.size() > 1, lines.size() > 2 ? lines.get(2) : "",
                lines.size() > 1 ? lines.get(1) : "");
    }
}
