package bramble.modules.cluster;

import java.util.List;
import java.util.Optional;

/** A configuration of blocks in braces, written line by line. */
final class ConfigText {
    private final StringBuilder text = new StringBuilder(
            "# Kept by Bramble: what is changed here is lost with the next run.\n");
    private String indent = "";

    ConfigText line(String line) {
        text.append(indent).append(line).append('\n');
        return this;
    }

    ConfigText line(String name, Object value) {
        return line(name + " " + value);
    }

    ConfigText line(String name, Optional<?> value) {
        value.ifPresent(there -> line(name, there));
        return this;
    }

    ConfigText flag(String name, boolean set) {
        return set ? line(name) : this;
    }

    /** A value in quotation marks. */
    ConfigText quoted(String name, Optional<String> value) {
        value.ifPresent(there -> line(name, '"' + there + '"'));
        return this;
    }

    ConfigText open(String head) {
        line(head + " {");
        indent += "    ";
        return this;
    }

    ConfigText close() {
        return close("}");
    }

    ConfigText close(String end) {
        indent = indent.substring(4);
        return line(end);
    }

    /** A block with a line for each; none without any. */
    ConfigText list(String head, List<String> lines) {
        if (!lines.isEmpty()) {
            open(head);
            lines.forEach(this::line);
            close();
        }
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
