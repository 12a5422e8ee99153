package bramble.modules.system;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;

/** Asks what the node is called now, and what it will be called after a restart. It costs no process on Debian. */
public record HostnameFact(boolean uci) implements Fact<HostnameFact.Names> {
    /** Names; the permanent one is empty if there is none. */
    public record Names(String current, String permanent) {}

    @Override
    public Sh script() {
        return Sh.of("""
                b_c= b_p=
                IFS= read -r b_c </proc/sys/kernel/hostname
                {}
                printf '%s\\n%s\\n' "$b_c" "$b_p\"""", uci
                ? Sh.raw("b_p=$(uci -q get system.@system[0].hostname)")
                : Sh.raw("[ ! -r /etc/hostname ] || while IFS= read -r b_l || [ -n \"$b_l\" ]; do\n"
                        + "case $b_l in ''|'#'*) ;; *) b_p=$b_l; break ;; esac; done </etc/hostname"));
    }

    @Override
    public Names parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        return new Names(lines.get(0), lines.size() > 1 ? lines.get(1) : "");
    }
}
