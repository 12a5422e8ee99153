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
        if (mutating) {
            evaluator.mutate();
        }
        try {
            var rendering = Rendering.of(this, evaluator);
            String result = rendering.render();
            Value only = rendering.only();
            if (only != null && !(only instanceof Text) && evaluator.text(only).equals(result)) {
                return evaluator.finish(only);
            }
            var out = new StringBuilder(result);
            Parsed.restore(out, newlines, options.newlineSequence());
            return new Text(out.toString());
        } catch (UnknownValueException e) {
            return new Unknown(e.why());
        }
    }
}
