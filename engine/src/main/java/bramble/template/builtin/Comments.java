package bramble.template.builtin;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.TemplateException;
import bramble.template.Width;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.util.Map;

/** Makes a text a comment, in the style of a language or in one of the user's own. */
final class Comments {
    private record Style(String beginning, String decoration, String end) {}

    private static final Map<String, Style> STYLES = Map.of("plain", new Style("", "# ", ""), "erlang",
            new Style("", "% ", ""), "c", new Style("", "// ", ""), "cblock", new Style("/*", " * ", " */"), "xml",
            new Style("<!--", " - ", "-->"));

    private Comments() {}

    static Value filter(Value input, Arguments arguments, Evaluation evaluation) {
        String name = arguments.text(0, "style", "plain");
        Style style = STYLES.get(name);
        if (style == null) {
            throw new TemplateException(bramble.problem.Source.NONE, "unknown comment style '" + name + "'",
                    "The styles are plain, erlang, c, cblock and xml.");
        }
        MapValue options = MapValue.named(arguments.named());
        String newline = option(options, "newline", "\n");
        String decoration = option(options, "decoration", style.decoration());
        String bare = decoration.stripTrailing();
        String beginning = option(options, "beginning", style.beginning());
        String end = option(options, "end", style.end());
        String prefix = option(options, "prefix", bare);
        String postfix = option(options, "postfix", bare);
        String body = decoration + evaluation.text(input).replace(newline, newline + decoration);
        // An empty line inside gets no trailing space; the last one keeps it.
        body = body.replace(newline + decoration + newline, newline + bare + newline);
        var text = new StringBuilder(beginning.isEmpty() ? "" : beginning + newline);
        if (!prefix.isEmpty()) {
            text.repeat(prefix.equals(newline) ? newline : prefix + newline,
                    Width.of(arguments.integer(-1, "prefix_count", 1)));
        }
        text.append(body);
        text.repeat(newline + postfix, Width.of(arguments.integer(-1, "postfix_count", 1))); // also an empty one is a line
        return new Text(text.append(end.isEmpty() ? "" : newline + end).toString());
    }

    private static String option(MapValue options, String name, String fallback) {
        return options.get(name).map(bramble.value.PythonText::of).orElse(fallback);
    }
}
