package bramble.modules.cluster;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;

/** Asks in which folder Kea's library for two servers is; empty where the node has none. */
record KeaHooksFact() implements Fact<Optional<String>> {
    @Override
    public Sh script() {
        return Sh.raw("""
                for b_d in /usr/lib/kea/hooks /usr/lib/*/kea/hooks /usr/lib64/kea/hooks; do
                [ ! -e "$b_d/libdhcp_ha.so" ] || { echo "$b_d"; break; }
                done""");
    }

    @Override
    public Optional<String> parse(Answer answer) {
        return Optional.of(answer.text().strip()).filter(path -> !path.isEmpty());
    }
}
