package bramble.value;

import bramble.problem.Source;

/** Text that the user wrote with {@code {{ }}}, {@code {% %}} or {@code {# #}} in it, to be evaluated late. */
public record Template(String text, Source source) implements Value {

    /** Whether there is anything to evaluate in a text. */
    public static boolean marked(String text) {
        return text.contains("{{") || text.contains("{%") || text.contains("{#");
    }

    /** A template if the text has anything to evaluate, plain text otherwise. Only for what the user wrote. */
    public static Value of(String text, Source source) {
        return marked(text) ? new Template(text, source) : new Text(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
