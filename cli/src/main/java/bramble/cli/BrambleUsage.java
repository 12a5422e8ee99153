package bramble.cli;

import java.util.LinkedHashSet;
import java.util.Locale;

/**
 * How Bramble's own commands are called.
 *
 * @param name the command's, with the names of those that it belongs to before it
 */
record BrambleUsage(String name, Command command, Syntax syntax) implements Usage {
    private static final int COLUMN = 32;

    @Override
    public String brief() {
        return "usage: " + name + " " + (command.commands().isEmpty() ? words() : "COMMAND ...") + "\n";
    }

    private String words() {
        var text = new StringBuilder("[FLAGS]");
        for (Syntax.Word word : syntax.shownWords()) {
            String shown = word.placeholder() + (word.many() ? "..." : "");
            text.append(' ').append(word.required() ? shown : "[" + shown + "]");
        }
        return text.toString();
    }

    @Override
    public String full() {
        var text = new StringBuilder(brief()).append('\n').append(command.description()).append("\n\n");
        for (Syntax.Flag flag : syntax.shownFlags()) {
            String names = "  " + String.join(", ", flag.names())
                    + (flag.placeholder().isEmpty() ? "" : " " + flag.placeholder());
            text.append(names)
                    .append(names.length() > COLUMN - 2
                            ? "\n" + " ".repeat(COLUMN)
                            : " ".repeat(COLUMN - names.length()))
                    .append(flag.description()).append('\n');
        }
        return text.append(list()).toString();
    }

    @Override
    public String refusal(UsageException wrong) {
        return brief() + list() + name + ": error: " + wrong.getMessage() + "\n"
                + (command.commands().isEmpty() ? name + " --help lists the flags.\n" : "");
    }

    /** The commands that belong to it, under their headings. */
    private String list() {
        if (command.commands().isEmpty()) {
            return "";
        }
        var text = new StringBuilder();
        var groups = new LinkedHashSet<String>();
        command.commands().forEach(one -> groups.add(one.group()));
        for (String group : groups) {
            text.append('\n').append(group.isEmpty() ? "" : group + ":\n");
            command.commands().stream().filter(one -> one.group().equals(group)).forEach(one -> text
                    .append(String.format(Locale.ROOT, "  %-16s%s%n", one.name(), one.description())));
        }
        return text.append('\n').append(name).append(" COMMAND --help tells more of one.\n").toString();
    }
}
