package bramble.cli;

import bramble.problem.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * The flags and words that a command takes, read as POSIX and GNU have it: {@code -bK}, {@code -uroot}, {@code --user root},
 * {@code --user=root}, a long name's unambiguous beginning, {@code --} before words that look like flags.
 *
 * @see <a href="https://www.gnu.org/prep/standards/html_node/Command_002dLine-Interfaces.html">GNU's standards</a>
 */
final class Syntax {
    private final List<Flag> flags = new ArrayList<>();
    private final Map<String, Flag> byName = new LinkedHashMap<>();
    private final List<Word> words = new ArrayList<>();
    private Optional<Callable<Integer>> instead = Optional.empty();

    /** @param placeholder what stands for the flag's value in the usage; empty if it takes none */
    record Flag(List<String> names, String placeholder, String description, Consumer<String> set) {}

    record Word(String placeholder, boolean required, boolean many, Consumer<String> set) {}

    /** A flag without a value. */
    Syntax flag(Runnable set, String description, String... names) {
        return add(new Flag(List.of(names), "", description, _ -> set.run()));
    }

    /** A flag for which something else is done than the command's work; what follows it isn't read. */
    Syntax instead(Callable<Integer> work, String description, String... names) {
        return flag(() -> instead = Optional.of(work), description, names);
    }

    /** A flag with a value. */
    Syntax value(Consumer<String> set, String placeholder, String description, String... names) {
        return add(new Flag(List.of(names), placeholder, description, set));
    }

    /** A flag with a whole number. */
    Syntax number(Consumer<Integer> set, String placeholder, String description, String... names) {
        return value(text -> {
            try {
                set.accept(Integer.valueOf(text));
            } catch (NumberFormatException e) {
                throw new UsageException(
                        "argument " + String.join("/", names) + ": expected a whole number, but found \"" + text
                                + "\"",
                        "argument " + String.join("/", names) + ": invalid int value: '" + text + "'");
            }
        }, placeholder, description, names);
    }

    private Syntax add(Flag flag) {
        flags.add(flag);
        flag.names.forEach(name -> byName.put(name, flag));
        return this;
    }

    /** A word that must be there. */
    Syntax word(Consumer<String> set, String placeholder) {
        words.add(new Word(placeholder, true, false, set));
        return this;
    }

    /** A word that may be left out. */
    Syntax optionalWord(Consumer<String> set, String placeholder) {
        words.add(new Word(placeholder, false, false, set));
        return this;
    }

    /** Any number of words, from none or one on. */
    Syntax words(Consumer<String> add, String placeholder, boolean required) {
        words.add(new Word(placeholder, required, true, add));
        return this;
    }

    /** Hands each flag's value and each word to where it goes; gives what a flag wants to be done instead, if one does. */
    Optional<Callable<Integer>> read(List<String> arguments) {
        var plain = new ArrayList<String>();
        var rest = new ArrayList<>(arguments);
        while (!rest.isEmpty() && instead.isEmpty()) {
            String argument = rest.removeFirst();
            if (argument.equals("--")) {
                plain.addAll(rest);
                rest.clear();
            } else if (argument.startsWith("--")) {
                readLong(argument, rest);
            } else if (argument.startsWith("-") && argument.length() > 1) {
                readShort(argument, rest);
            } else {
                plain.add(argument);
            }
        }
        if (instead.isEmpty()) {
            readWords(plain);
        }
        return instead;
    }

    private void readLong(String argument, List<String> rest) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        Flag flag = find(name);
        if (flag.placeholder.isEmpty()) {
            if (equals >= 0) {
                throw new UsageException("argument " + name + " takes no value", "argument "
                        + String.join("/", flag.names) + ": ignored explicit argument '"
                        + argument.substring(equals + 1) + "'");
            }
            flag.set.accept("");
        } else {
            flag.set.accept(equals >= 0 ? argument.substring(equals + 1) : next(name, flag, rest));
        }
    }

    private void readShort(String argument, List<String> rest) {
        for (int i = 1; i < argument.length(); i++) {
            String name = "-" + argument.charAt(i);
            Flag flag = find(name);
            if (flag.placeholder.isEmpty()) {
                flag.set.accept("");
                continue;
            }
            String value = argument.substring(i + 1);
            flag.set.accept(
                    value.isEmpty() ? next(name, flag, rest) : value.startsWith("=") ? value.substring(1) : value);
            return;
        }
    }

    private static String next(String name, Flag flag, List<String> rest) {
        if (rest.isEmpty()) {
            throw new UsageException("argument " + name + ": expected a value",
                    "argument " + String.join("/", flag.names) + ": expected one argument");
        }
        return rest.removeFirst();
    }

    private Flag find(String name) {
        Flag exact = byName.get(name);
        if (exact != null) {
            return exact;
        }
        List<String> names = byName.keySet().stream()
                .filter(one -> name.startsWith("--") && name.length() > 2 && one.startsWith(name)).toList();
        List<Flag> meant = names.stream().map(byName::get).distinct().toList();
        if (meant.size() == 1) {
            return meant.getFirst();
        }
        if (meant.size() > 1) {
            throw new UsageException("ambiguous option: " + name + " could be " + String.join(", ", names),
                    "ambiguous option: " + name + " could match " + String.join(", ", names));
        }
        String hint = name.length() > 2 ? Nearest.hint(name, byName.keySet()) : "";
        throw new UsageException("there is no option " + name + (hint.isEmpty() ? "" : ". " + hint),
                "unrecognized arguments: " + name + (hint.isEmpty() ? "" : ". " + hint));
    }

    private void readWords(List<String> plain) {
        var rest = new ArrayList<>(plain);
        for (Word word : words) {
            if (word.required && rest.isEmpty()) {
                throw new UsageException("the following arguments are required: " + word.placeholder,
                        "the following arguments are required: " + word.placeholder.toLowerCase(Locale.ROOT));
            }
            do {
                if (!rest.isEmpty()) {
                    word.set.accept(rest.removeFirst());
                }
            } while (word.many && !rest.isEmpty());
        }
        if (!rest.isEmpty()) {
            throw new UsageException("unrecognized arguments: " + String.join(" ", rest));
        }
    }

    /** The flags that are shown, in the order in which they were declared. */
    List<Flag> shownFlags() {
        return flags.stream().filter(flag -> !flag.description.isEmpty()).toList();
    }

    List<Word> shownWords() {
        return List.copyOf(words);
    }
}
