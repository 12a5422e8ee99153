package bramble.modules.users;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;

/** Asks as whom SELinux knows a user who logs in. */
record SeuserFact(String name) implements Fact<SeuserFact.Seuser> {
    /**
     * The answer.
     *
     * @param enabled whether the node's kernel has SELinux switched on
     * @param seuser empty for a user who has none of its own
     */
    record Seuser(boolean enabled, String seuser) {}

    @Override
    public Sh script() {
        return Sh.of(
                """
                        if command -v selinuxenabled >/dev/null; then selinuxenabled; else [ -e /sys/fs/selinux/enforce ]; fi || exit 0
                        echo on
                        b_t=$(sed -n 's/^SELINUXTYPE=//p' /etc/selinux/config) || exit
                        b_t=/etc/selinux/$b_t/seusers b_u={}
                        [ ! -e "$b_t" ] || while IFS=: read -r b_n b_s b_r; do [ "$b_n" != "$b_u" ] || printf '%s\\n' "$b_s"; done <"$b_t\"""",
                name);
    }

    @Override
    public Seuser parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        return new Seuser(!lines.isEmpty(), lines.size() > 1 ? lines.getLast() : "");
    }

    @Override
    public Maybe<Seuser> after(Effect.Becomes<?> effect, Seuser current) {
        return Maybe.known(effect.fact().equals(this) ? (Seuser) effect.value() : current);
    }
}
