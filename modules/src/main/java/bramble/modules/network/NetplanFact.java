package bramble.modules.network;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;

/**
 * Asks what netplan says of a file among its others; empty where the node has no netplan. It is asked in a folder of its own, which
 * goes at once.
 *
 * @param text of the file; empty if it is to go
 */
record NetplanFact(String file, String text) implements Fact<Optional<String>> {
    @Override
    public Sh script() {
        return Sh.of(
                """
                        command -v netplan >/dev/null || exit 0
                        echo tool
                        umask 077
                        b_w=$(mktemp -d) || exit 0
                        trap 'rm -rf "$b_w"' EXIT
                        trap 'exit 1' HUP INT TERM
                        b_f={}
                        mkdir -p "$b_w/etc/netplan"
                        for b_o in "${b_f%/*}"/*.yaml; do [ ! -f "$b_o" ] || cp "$b_o" "$b_w/etc/netplan/"; done
                        b_t={}
                        if [ -n "$b_t" ]; then printf '%s' "$b_t" >"$b_w/etc/netplan/${b_f##*/}"; else rm -f "$b_w/etc/netplan/${b_f##*/}"; fi
                        netplan generate --root-dir "$b_w" 2>&1 | sed "s|$b_w||g" | grep -v -i warning | grep -i -A 5 error; :""",
                file, text);
    }

    @Override
    public Optional<String> parse(Answer answer) {
        return answer.text().isEmpty()
                ? Optional.empty()
                : Optional.of(answer.text().substring("tool\n".length()).strip());
    }
}
