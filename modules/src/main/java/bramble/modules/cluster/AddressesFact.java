package bramble.modules.cluster;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Asks for the node's interfaces, and the addresses that each has; empty where the node has no {@code ip}. */
record AddressesFact() implements Fact<Map<String, List<Network>>> {
    @Override
    public Sh script() {
        return Sh.raw("ip -o link show 2>/dev/null; ip -o addr show 2>/dev/null; :");
    }

    @Override
    public Map<String, List<Network>> parse(Answer answer) {
        var interfaces = new LinkedHashMap<String, List<Network>>();
        for (String line : answer.text().lines().toList()) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length < 4) {
                continue;
            }
            String name = words[1].replaceFirst("[:@].*", "");
            List<Network> addresses = interfaces.computeIfAbsent(name, _ -> new ArrayList<>());
            if (words[2].startsWith("inet")) {
                Network.parse(words[3]).ifPresent(addresses::add);
            }
        }
        return interfaces;
    }
}
