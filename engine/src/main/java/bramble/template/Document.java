package bramble.template;

import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.util.List;
import java.util.Map;

/**
 * A template with tags.
 *
 * @param text as the user wrote it
 * @param blocks the tags of that kind, by name, wherever they are
 */
record Document(String text, DocumentOptions options, List<Element> elements, Map<String, Element.Tag> blocks,
        int newlines, boolean mutating) implements Parsed {
    @Override
    public Value value(Evaluator evaluator) {
        try {
            Rendering rendering = rendering(evaluator);
            String result = rendering.render();
            Value only = rendering.only();
            if (only != null && !(only instanceof Text) && evaluator.text(only).equals(result)) {
                return evaluator.finish(only);
            }
            return new Text(ended(result));
        } catch (UnknownValueException e) {
            return new Unknown(e.why());
        }
    }

    /** A file is text with the newlines at its end, also where one value is all that is printed. */
    @Override
    public String text(Evaluator evaluator) {
        return ended(rendering(evaluator).render());
    }

    private Rendering rendering(Evaluator evaluator) {
        if (mutating) {
            evaluator.mutate();
        }
        return Rendering.of(this, evaluator);
    }

    private String ended(String result) {
        var out = new StringBuilder(result);
        Parsed.restore(out, newlines, options.newlineSequence());
        return out.toString();
    }
}
