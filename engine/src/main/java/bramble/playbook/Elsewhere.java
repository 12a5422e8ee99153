package bramble.playbook;

import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells modules that are somewhere else, for other systems most often, from names that are misspelt. */
public final class Elsewhere {
    private static final Pattern FULL = Pattern.compile("[A-Za-z_]\\w*\\.[A-Za-z_]\\w*\\.[A-Za-z_][\\w.]*");
    private static final Pattern BUILTIN = Pattern.compile("^ansible\\.(builtin|legacy)\\.");
    /** Names that people use, and that lead to no module of ours; those that end with a star stand for many. */
    private static final Set<String> KNOWN = words();
    private static final Pattern FAMILIES = Pattern.compile(KNOWN.stream().filter(word -> word.endsWith("*"))
            .map(word -> word.replace(".*", "\\.[\\w.]+").replace("*", "\\w+")).collect(Collectors.joining("|")));

    private Elsewhere() {}

    /**
     * Whether a name that leads to no module here is one of somewhere else: one that is well known, or of a published
     * collection that isn't on disk. Of the latter, one that is hardly different from a name that is here is a misspelt one.
     *
     * @param here all names that there are
     */
    static boolean has(String name, Collection<String> here, Library library) {
        String plain = BUILTIN.matcher(name).replaceFirst("");
        boolean full = FULL.matcher(plain).matches();
        String last = plain.substring(plain.lastIndexOf('.') + 1);
        if (full ? library.hasCollection(plain) : last.length() < plain.length()) {
            return false;
        }
        return KNOWN.contains(last)
                || (FAMILIES.matcher(full ? plain : last).matches() && slip(plain, here).isEmpty());
    }

    /** The name that is meant, but for a letter, or two in a long one. */
    private static Optional<String> slip(String full, Collection<String> here) {
        String last = full.substring(full.lastIndexOf('.') + 1);
        String collection = full.substring(0, full.length() - last.length());
        Set<String> names = here.stream().filter(name -> name.startsWith(collection))
                .map(name -> name.substring(collection.isEmpty() ? name.lastIndexOf('.') + 1 : collection.length()))
                .collect(Collectors.toSet());
        return Nearest.to(last, names, last.length() < 6 ? 1 : 2).or(() -> Nearest.to(full, here.stream()
                .filter(name -> name.endsWith("." + last)).collect(Collectors.toSet()), 2));
    }

    /** What is to be said of it before a run. */
    public static String summary(String name) {
        return "Tried to find the module \"" + name + "\", but neither Bramble nor a collection on disk has it. "
                + "A host that comes to this task fails.";
    }

    /** What a host is told that comes to a task with it. */
    public static Problem problem(String name, Source task) {
        return Problem.error(task,
                "Tried to run the module \"" + name + "\", but neither Bramble nor a collection on disk has it.",
                installation(name));
    }

    /** What can be done about it. */
    public static String hint(String name) {
        String condition = "It may stay where a condition keeps the hosts from it";
        return installation(name).isEmpty() ? condition + "." : condition + "; otherwise: " + installation(name);
    }

    private static String installation(String name) {
        return FULL.matcher(name).matches() && !BUILTIN.matcher(name).find()
                ? "bramble galaxy collection install " + name.replaceFirst("^(\\w+\\.\\w+)\\..*", "$1") + "."
                : "";
    }

    private static Set<String> words() {
        try (InputStream in = Elsewhere.class.getResourceAsStream("elsewhere.txt")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().filter(line -> !line.startsWith("#")).flatMap(line -> Stream.of(line.split(" ", -1)))
                    .filter(word -> !word.isEmpty()).collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
