package bramble.template.builtin;

import java.util.ArrayList;
import java.util.List;

/** Text in rows of cells, quoted where a cell has the separator, a quote or a line feed in it. */
final class CsvText {
    private CsvText() {}

    static List<List<String>> rows(String text, char separator) {
        var rows = new ArrayList<List<String>>();
        var row = new ArrayList<String>();
        var cell = new StringBuilder();
        boolean quoted = false;
        boolean started = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    cell.append(c);
                    i++;
                } else if (c == '"') {
                    quoted = false;
                } else {
                    cell.append(c);
                }
            } else if (c == '"' && cell.isEmpty()) {
                quoted = true;
                started = true;
            } else if (c == separator) {
                row.add(cell.toString());
                cell.setLength(0);
                started = true;
            } else if (c == '\n' || c == '\r') {
                if (started || !cell.isEmpty()) {
                    row.add(cell.toString());
                    rows.add(List.copyOf(row));
                }
                row.clear();
                cell.setLength(0);
                started = false;
            } else {
                cell.append(c);
            }
        }
        if (started || !cell.isEmpty()) {
            row.add(cell.toString());
            rows.add(List.copyOf(row));
        }
        return rows;
    }
}
