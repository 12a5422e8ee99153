package bramble.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How the commands with Ansible's names are called, laid out as Ansible lays it out.
 *
 * @param name the command's, with the names of those that it belongs to before it
 */
record AnsibleUsage(String name, Command command, Syntax syntax) implements Usage {
    private static final int WIDTH = 78;
    private static final int COLUMN = 24;

    @Override
    public String brief() {
        var words = new ArrayList<String>();
        flags().forEach(flag -> words.add("[" + flag.names().getFirst() + value(flag) + "]"));
        syntax.shownWords().forEach(word -> words.add(shown(word)));
        if (!command.commands().isEmpty()) {
            words.add("{" + commands() + "} ...");
        }
        return wrapped("usage: " + name, words);
    }

    private List<Syntax.Flag> flags() {
        return syntax.shownFlags().stream()
                .sorted(Comparator.comparing((Syntax.Flag flag) -> !flag.names().contains("--help"))
                        .thenComparing(flag -> !flag.names().contains("--version"))
                        .thenComparing(flag -> flag.names().getLast().replaceFirst("^-+", "")))
                .toList();
    }

    private static String value(Syntax.Flag flag) {
        return flag.placeholder().isEmpty() ? "" : " " + flag.placeholder();
    }

    private static String shown(Syntax.Word word) {
        String one = word.placeholder().toLowerCase(Locale.ROOT);
        String all = word.many() ? one + " [" + one + " ...]" : one;
        return word.required() ? all : "[" + all + "]";
    }

    private String commands() {
        return command.commands().stream().map(Command::name).collect(Collectors.joining(","));
    }

    private static String wrapped(String start, List<String> words) {
        String margin = " ".repeat(start.length());
        var text = new StringBuilder(start);
        int length = start.length();
        for (String word : words) {
            if (length + 1 + word.length() > WIDTH) {
                text.append('\n').append(margin);
                length = margin.length();
            }
            text.append(' ').append(word);
            length += 1 + word.length();
        }
        return text.append('\n').toString();
    }

    @Override
    public String full() {
        var text = new StringBuilder(brief()).append('\n').append(command.description()).append('\n');
        if (!command.commands().isEmpty() || !syntax.shownWords().isEmpty()) {
            text.append("\npositional arguments:\n");
            command.commands().forEach(one -> line(text, one.name(), one.description()));
            syntax.shownWords().forEach(word -> line(text, word.placeholder().toLowerCase(Locale.ROOT), ""));
        }
        text.append("\noptions:\n");
        flags().forEach(flag -> line(text,
                flag.names().stream().map(one -> one + value(flag)).collect(Collectors.joining(", ")),
                flag.description()));
        return text.toString();
    }

    private static void line(StringBuilder text, String what, String does) {
        String line = "  " + what;
        text.append(line);
        if (!does.isEmpty()) {
            text.append(line.length() > COLUMN - 2
                    ? "\n" + " ".repeat(COLUMN)
                    : " ".repeat(COLUMN - line.length())).append(does);
        }
        text.append('\n');
    }

    @Override
    public String refusal(UsageException wrong) {
        if (wrong.asAnsibleCode() != 2) {
            return full() + "\nERROR! " + wrong.asAnsible() + "\n";
        }
        return brief() + name + ": error: " + wrong.asAnsible() + "\n \n" + full();
    }
}
