package bramble.cli;

import bramble.image.Customisation;
import bramble.value.MapValue;
import bramble.value.Secrets;
import java.util.ArrayList;
import java.util.List;

/** Shows what changes in a file of a boot partition, without what nobody is to read: neither the new secrets nor the old. */
record ImageDiff(Session session) {
    String of(Customisation.FileChange change) {
        if (change.was().isEmpty() && change.becomes().isEmpty()) {
            return "  (empty)\n";
        }
        String was = masked(change.was());
        String becomes = masked(change.becomes());
        String text = new Diffs(session.colours(), Diffs.CONTEXT).unified(MapValue.of("before", was, "before_header",
                change.name(), "after", becomes, "after_header", change.name()));
        return text.isEmpty() ? "  (only secrets differ)\n" : text + "\n";
    }

    private String masked(String text) {
        List<String> lines = new ArrayList<>();
        boolean key = false;
        for (String line : text.split("\n", -1)) {
            if (key && !line.contains("-----END")) {
                if (!lines.getLast().endsWith(Secrets.MASK)) {
                    lines.add(Secrets.MASK);
                }
                continue;
            }
            key = line.contains("-----BEGIN") && line.contains("PRIVATE KEY");
            lines.add(line.replaceAll("\\b[0-9a-fA-F]{64}\\b", Secrets.MASK)
                    .replaceAll("\\$[0-9a-z]{1,10}\\$[^\\s'\":]+", Secrets.MASK)
                    .replaceFirst("((?<!\\w)(?:psk|passw(?:or)?d)\\s*[=:]\\s*)\\S.*", "$1" + Secrets.MASK));
        }
        return session.secrets().mask(String.join("\n", lines));
    }
}
