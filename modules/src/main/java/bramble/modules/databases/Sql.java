package bramble.modules.databases;

import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Statements for a server, of texts that are quoted already. Secrets in them are known as such. */
record Sql(List<Sh.Part> parts) {
    Sql {
        parts = List.copyOf(parts);
    }

    /** A text with holes: each {@code {}} becomes the next value: syntax, a {@link Sh.Part}, or another statement. */
    static Sql of(String template, Object... values) {
        var parts = new ArrayList<Sh.Part>();
        Iterator<Object> next = List.of(values).iterator();
        int from = 0;
        for (int hole; (hole = template.indexOf("{}", from)) >= 0; from = hole + 2) {
            parts.add(new Sh.Part.Word(template.substring(from, hole)));
            switch (next.next()) {
                case Sh.Part part -> parts.add(part);
                case Sql inner -> parts.addAll(inner.parts);
                case Object text -> parts.add(new Sh.Part.Word(text.toString()));
            }
        }
        parts.add(new Sh.Part.Word(template.substring(from)));
        return new Sql(parts);
    }

    /** All of them, one after another. */
    static Sql all(List<Sql> statements) {
        var parts = new ArrayList<Sh.Part>();
        for (Sql statement : statements) {
            parts.addAll(statement.parts);
            parts.add(new Sh.Part.Word(";\n"));
        }
        return new Sql(parts);
    }

    /** Prints them, without a process whose arguments others could see. */
    Sh printed() {
        return Sh.of("printf %s {}", parts.stream().filter(part -> !part.equals(new Sh.Part.Word(""))).toList());
    }

    /** As it is shown: secrets are hidden. */
    String shown() {
        var text = new StringBuilder();
        parts.forEach(part -> text.append(part instanceof Sh.Part.Word(String word) ? word : "********"));
        return text.toString();
    }
}
