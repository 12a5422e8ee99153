package bramble.shell;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A piece of POSIX shell. Its parts know whether they are quoted or secret, so that building one can't inject and
 * printing one can't tell a secret.
 *
 * @param libraries the functions that it calls; a shell defines each of them once
 * @param shared how it may run in one subshell with others of its kind
 */
public record Sh(List<Part> parts, Set<Library> libraries, Optional<Shared> shared) {
    private static final Pattern HARMLESS = Pattern.compile("[\\w@%+=:,./-]+");

    /** One part of a script. */
    public sealed interface Part {
        /** Shell syntax, taken as it stands. */
        record Raw(String text) implements Part {}

        /** One word, quoted. */
        record Word(String text) implements Part {}

        /** One word, quoted, shown as {@code ***}. */
        record Secret(String text) implements Part {}

        /** A program that a shell of its own starts, by one command: who wants to be told all is told of it. */
        record Started(Sh command) implements Part {}
    }

    /** Shell functions that scripts call; text of a few KB at most, the names in it begin with {@code b_}. */
    public record Library(String name, String text) {}

    /**
     * How a script runs in one subshell with others of its kind. Such a script changes nothing in the shell that
     * the next of them would notice (but for the working directory), and doesn't end the shell.
     *
     * @param gather a function that is called before all of them, with the words of all: it may find out, or do, by one process
     *     what each of them would need one for. {@code b_all COMMAND...} calls the command for each of the scripts, {@code b_q}
     */
    public record Shared(String gather, List<String> words) {
        public Shared {
            words = List.copyOf(words);
        }
    }

    public Sh {
        parts = List.copyOf(parts);
        libraries = Set.copyOf(libraries);
    }

    /**
     * A script from a text with holes: each {@code {}} becomes the next value as one quoted word. A value may be a
     * {@link Part} (a secret say), another script (taken in as syntax), or a list, which becomes several words. Nothing is {@link
     * #shared}.
     */
    public static Sh of(String template, Object... values) {
        var parts = new ArrayList<Part>();
        var libraries = new LinkedHashSet<Library>();
        Iterator<Object> next = List.of(values).iterator();
        int from = 0;
        for (int hole; (hole = template.indexOf("{}", from)) >= 0; from = hole + 2) {
            parts.add(new Part.Raw(template.substring(from, hole)));
            switch (next.next()) {
                case Part part -> parts.add(part);
                case Sh script -> {
                    parts.addAll(script.parts);
                    libraries.addAll(script.libraries);
                }
                case List<?> words -> parts.addAll(words(words));
                case Object value -> parts.add(new Part.Word(value.toString()));
            }
        }
        if (next.hasNext()) {
            throw new IllegalArgumentException("more values than holes in: " + template);
        }
        parts.add(new Part.Raw(template.substring(from)));
        return new Sh(parts, libraries, Optional.empty());
    }

    /** A script taken as it stands. */
    public static Sh raw(String text) {
        return new Sh(List.of(new Part.Raw(text)), Set.of(), Optional.empty());
    }

    public static Part secret(String word) {
        return new Part.Secret(word);
    }

    private static List<Part> words(List<?> words) {
        var parts = new ArrayList<Part>();
        for (Object word : words) {
            if (!parts.isEmpty()) {
                parts.add(new Part.Raw(" "));
            }
            parts.add(word instanceof Part part ? part : new Part.Word(word.toString()));
        }
        return parts;
    }

    public Sh using(Library library) {
        var more = new LinkedHashSet<>(libraries);
        more.add(library);
        return new Sh(parts, more, shared);
    }

    /** The same, that may share a subshell with others. */
    public Sh shared(String gather, List<String> words) {
        return new Sh(parts, libraries, Optional.of(new Shared(gather, words)));
    }

    /** Whether there is nothing to run. */
    public boolean isEmpty() {
        return source().isEmpty();
    }

    /** This and then, if this succeeds, the next. */
    public Sh and(Sh next) {
        return of("{} &&\n{}", this, next);
    }

    /** The command lines of the programs that it starts, to show: secrets are {@code ***}. */
    public List<String> started() {
        return parts.stream().filter(Part.Started.class::isInstance).map(Part.Started.class::cast)
                .map(program -> render(program, true)).toList();
    }

    /** The text to give to a shell. */
    public String source() {
        return render(false);
    }

    /** The text to show: secrets are {@code ***}. */
    @Override
    public String toString() {
        return render(true);
    }

    /** One word as the shell reads it back. */
    public static String quote(String word) {
        return HARMLESS.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** As Ansible writes it, so that what looks for such a line finds it. */
    private static String render(Part.Started program, boolean masked) {
        return "/bin/sh -c '" + program.command().render(masked).replace("'", "'\"'\"'") + "'";
    }

    private String render(boolean masked) {
        var out = new StringBuilder();
        for (Part part : parts) {
            out.append(switch (part) {
                case Part.Raw(String text) -> text;
                case Part.Word(String text) -> quote(text);
                case Part.Secret(String text) -> masked ? "***" : quote(text);
                case Part.Started program -> render(program, masked);
            });
        }
        return out.toString();
    }
}
