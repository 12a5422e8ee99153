package bramble.modules.network;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks NetworkManager for a connection; empty where the node has no nmcli. {@code toString} of the answer tells no secret. */
record ConnectionFact(String name) implements Fact<Optional<ConnectionFact.Connection>> {
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
                nmcli --show-secrets -t -e no connection show {} 2>&1; echo "b_rc $?\"""", name);
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
