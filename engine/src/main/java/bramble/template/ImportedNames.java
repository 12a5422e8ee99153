package bramble.template;

import bramble.value.ObjectValue;
import bramble.value.Value;
import java.util.Optional;

/** What {@code import} gives a name to: the macros and variables of another template. */
record ImportedNames(String file, Frame frame) implements ObjectValue {
    @Override
    public String type() {
        return "TemplateModule";
    }

    @Override
    public Optional<Value> attribute(String name) {
        return name.startsWith("_") ? Optional.empty() : Optional.ofNullable(frame.own().get(name));
    }

    @Override
    public String text() {
        return "<TemplateModule '" + file + "'>";
    }
}
