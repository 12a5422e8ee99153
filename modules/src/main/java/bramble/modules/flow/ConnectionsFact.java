package bramble.modules.flow;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Asks for a node's TCP connections.
 *
 * @param names host names whose addresses are asked for too
 */
record ConnectionsFact(Set<String> names) implements Fact<ConnectionsFact.Connections> {
    /** The states as the kernel numbers them. */
    private static final List<String> STATES = List.of("", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1",
            "FIN_WAIT2",
            "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING");

    ConnectionsFact {
        names = Set.copyOf(names);
    }

    /** One connection; addresses are numeric, those of IPv4 within IPv6 are IPv4's. */
    record Connection(String local, int port, String remote, String state) {}

    /**
     * All of them.
     *
     * @param addresses by name
     */
    record Connections(List<Connection> all, Map<String, List<String>> addresses) {
        List<String> addresses(String host) {
            return addresses.getOrDefault(host, List.of(host));
        }
    }

    @Override
    public Sh script() {
        return Sh.of("""
                cat /proc/net/tcp /proc/net/tcp6 2>/dev/null
                for n in {}; do
                  if command -v getent >/dev/null 2>&1; then getent ahosts "$n"; else grep -w -e "$n" /etc/hosts; fi |
                    while read -r a b; do echo "name $n $a"; done
                done; :""", names.isEmpty() ? Sh.raw("") : Sh.of("{}", names.stream().sorted().toList()));
    }

    @Override
    public Connections parse(Answer answer) {
        var all = new ArrayList<Connection>();
        Map<String, List<String>> addresses = new HashMap<>();
        for (String line : answer.text().lines().toList()) {
            String[] words = line.strip().split("\\s+", -1);
            if (words[0].equals("name") && words.length == 3) {
                addresses.computeIfAbsent(words[1], _ -> new ArrayList<>()).add(words[2]);
            } else if (words.length > 3 && words[1].contains(":") && words[0].endsWith(":")) {
                int state = Integer.parseInt(words[3], 16);
                all.add(new Connection(address(words[1]),
                        Integer.parseInt(words[1].substring(words[1].indexOf(':') + 1), 16),
                        address(words[2]), state < STATES.size() ? STATES.get(state) : ""));
            }
        }
        return new Connections(List.copyOf(all), Map.copyOf(addresses));
    }

    /** The kernel prints addresses in words of four bytes, the lowest byte first (on nearly all machines). */
    private static String address(String text) {
        String hex = text.substring(0, text.indexOf(':'));
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            int at = i / 4 * 4 + (3 - i % 4);
            bytes[i] = (byte) Integer.parseInt(hex.substring(2 * at, 2 * at + 2), 16);
        }
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
