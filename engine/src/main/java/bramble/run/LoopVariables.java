package bramble.run;

import bramble.playbook.Loop;
import bramble.problem.Source;
import bramble.template.Scope;
import bramble.template.Templates;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Value;
import java.util.List;

/** The variables of one round of a loop. */
final class LoopVariables {
    private LoopVariables() {}

    static MapValue of(Loop.Control control, List<Value> items, int index, Scope scope, Templates templates) {
        String name = name(control.variable(), scope, templates);
        MapValue variables = MapValue.of(name, items.get(index), "ansible_loop_var", name);
        if (control.index().isPresent()) {
            String counter = name(control.index().get(), scope, templates);
            variables = variables.with(counter, index).with("ansible_index_var", counter);
        }
        boolean extended = control.extended()
                .map(setting -> Keywords.bool(templates.resolve(setting.value(), scope)).orElse(false)).orElse(false);
        if (!extended) {
            return variables;
        }
        boolean all = control.extendedAllItems()
                .map(setting -> Keywords.bool(templates.resolve(setting.value(), scope)).orElse(true)).orElse(true);
        int length = items.size();
        MapValue loop = MapValue.of("index", index + 1, "index0", index, "first", index == 0, "last",
                index + 1 == length,
                "length", length, "revindex", length - index, "revindex0", length - index - 1);
        if (all) {
            loop = loop.with("allitems", new ListValue(items));
        }
        if (index > 0) {
            loop = loop.with("previtem", items.get(index - 1));
        }
        if (index + 1 < length) {
            loop = loop.with("nextitem", items.get(index + 1));
        }
        return variables.with("ansible_loop", loop);
    }

    private static String name(String written, Scope scope, Templates templates) {
        return Template.marked(written)
                ? PythonText.of(templates.resolve(new Template(written, Source.NONE), scope))
                : written;
    }
}
