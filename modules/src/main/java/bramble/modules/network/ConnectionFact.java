package bramble.modules.network;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks NetworkManager for a connection; empty where the node has no nmcli. {@code toString} of the answer tells no secret.
 *
 * <p>
 * To ask for secrets makes NetworkManager say that the connection was updated, whereupon nmcli fetches it anew, and on
 * a busy node prints it as it then is, without them. So a connection that must have a secret and shows none is looked
 * at again.
 */
record ConnectionFact(String name) implements Fact<Optional<ConnectionFact.Connection>> {
    private static final String SECRETIVE = "^(802-11-wireless-security\\.key-mgmt:[a-z]|wireguard\\.)";
    private static final String SECRET = "^(802-11-wireless-security\\.(psk|wep-key[0-3]|leap-password)"
            + "|802-1x\\.password|wireguard\\.private-key):.";

    /**
     * A connection.
     *
     * @param error why it can't be told; empty if it can
     * @param active whether it is up
     * @param settings as nmcli shows them, secrets among them
     */
    record Connection(String error, boolean exists, boolean active, Map<String, String> settings) {
        static final Connection NONE = new Connection("", false, false, Map.of());

        Connection {
            settings = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        }

        String get(String setting) {
            String value = settings.getOrDefault(setting, "");
            return value.equals("--") ? "" : value;
        }

        @Override
        public String toString() {
            return exists + " " + active;
        }
    }

    @Override
    public Sh script() {
        return Sh.of("""
                command -v nmcli >/dev/null || exit 0
                echo tool
                b_n=0
                while :; do
                b_out=$(nmcli --show-secrets -t -e no connection show {} 2>&1); b_rc=$?
                b_n=$((b_n + 1)); [ "$b_n" -lt 9 ] || break
                printf '%s\\n' "$b_out" | grep -Eq {} || break
                ! printf '%s\\n' "$b_out" | grep -Eq {} || break
                done
                [ -z "$b_out" ] || printf '%s\\n' "$b_out"; echo "b_rc $b_rc\"""", name, SECRETIVE, SECRET);
    }

    @Override
    public Optional<Connection> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        int status = Integer.parseInt(lines.getLast().substring("b_rc ".length()));
        List<String> said = lines.subList(1, lines.size() - 1);
        if (status == 10) {
            return Optional.of(Connection.NONE);
        }
        if (status != 0) {
            return Optional.of(new Connection(String.join(" ", said), false, false, Map.of()));
        }
        Map<String, String> settings = new LinkedHashMap<>();
        for (String line : said) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                settings.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return Optional.of(new Connection("", true,
                settings.getOrDefault("GENERAL.STATE", "").startsWith("activat"), settings));
    }
}
