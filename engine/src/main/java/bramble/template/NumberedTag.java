package bramble.template;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.TagNode;
import org.jspecify.annotations.Nullable;

/** A tag of Jinjava's whose content is a statement's number. Jinjava reads it only; what it does is the rendering's business. */
final class NumberedTag implements Tag {
    private static final long serialVersionUID = 1;

    private final String name;
    private final boolean body;

    NumberedTag(String name, boolean body) {
        this.name = name;
        this.body = body;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public @Nullable String getEndTagName() {
        return body ? "end" + name : null;
    }

    @Override
    public String interpret(TagNode node, JinjavaInterpreter interpreter) {
        throw new UnsupportedOperationException();
    }
}
