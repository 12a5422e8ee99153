package bramble.template;

import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.util.List;
import java.util.Map;

/**
 * A template with tags: Jinjava's tree, and what the numbers in it stand for.
 *
 * @param text as the user wrote it
 * @param outputs the expressions to print
 * @param statements what the tags say
 * @param blocks the tree's tags of that kind, by name
 */
record Document(String text, DocumentOptions options, Node tree, List<Expression> outputs, List<Statement> statements,
        Map<String, TagNode> blocks, int newlines, boolean mutating) implements Parsed {
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
