package bramble.modules.system;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;

/** Asks for a module of the kernel; empty where the kernel has none of that name, or the node no modprobe. */
record ModprobeFact(String name) implements Fact<Optional<ModprobeFact.Found>> {
    /** Whether it is in the kernel now. */
    record Found(boolean loaded) {}

    @Override
    public Sh script() {
        String plain = name.replace('-', '_');
        return Sh.of(
                """
                        b_m={} b_v=; b_k=/lib/modules/$(uname -r)
                        if [ -r /proc/modules ]; then while read -r b_n b_x; do [ "$b_n" != "$b_m" ] || b_v=loaded; done </proc/modules; fi
                        if [ -z "$b_v" ] && [ -r "$b_k/modules.builtin" ]; then
                          while IFS= read -r b_l; do b_l=${{b_l##*/}}; case ${{b_l%.ko*}} in {}|{}) b_v=loaded ;; esac; done <"$b_k/modules.builtin"
                        fi
                        [ -n "$b_v" ] || ! modprobe -n -q {} 2>/dev/null || b_v=known
                        [ -n "$b_v" ] || ! [ -e "$b_k/$b_m.ko" ] || b_v=known
                        printf '%s\\n' "$b_v\""""
                        .replace("{{", "{").replace("}}", "}"),
                plain, plain, plain.replace('_', '-'),
                name);
    }

    @Override
    public Optional<Found> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        return lines.isEmpty() || lines.getFirst().isEmpty()
                ? Optional.empty()
                : Optional.of(new Found(lines.getFirst().equals("loaded")));
    }
}
