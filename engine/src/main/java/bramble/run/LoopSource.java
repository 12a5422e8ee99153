package bramble.run;

import bramble.args.Schema;
import bramble.module.TaskModule;
import bramble.playbook.Keyword;
import bramble.playbook.Loop;
import bramble.playbook.Task;
import bramble.problem.ProblemException;
import bramble.template.TemplateException;
import bramble.template.builtin.FileLookups;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a task is repeated over. */
record LoopSource(HostTask one) {
    private static final Set<String> LISTS_ONLY = Set.of("list", "indexed_items");
    private static final Set<String> NAMES_OF_MAPPINGS = Set.of("items", "nested", "together", "lines", "file", "env",
            "pipe", "vars", "varnames", "fileglob", "sequence", "template", "ini", "csvfile", "password", "unvault",
            "url",
            "inventory_hostnames");

    /** What the loop is over. */
    Value over(Loop loop) {
        boolean tries = loop.lookup().filter("first_found"::equals).isPresent();
        Value value = tries
                ? AsWritten.texts(one.world().templates.resolveKnown(loop.over(), one.scope())) // names that nothing has
                : one.world().templates.resolve(loop.over(), one.scope());
        if (loop.lookup().isEmpty()) {
            return value;
        }
        Value terms = terms(loop.lookup().get(), value);
        String options = tries ? ", " + FileLookups.KIND + "='" + kind() + "'" : "";
        return one.world().templates.expression("query('" + loop.lookup().get() + "', *b_terms" + options + ")",
                loop.source(), one.scope().with(MapValue.of("b_terms", terms)));
    }

    /** Of a mapping most of Ansible's lookups take the names, as Python goes over it; those of others get it whole. */
    private static Value terms(String name, Value value) {
        String lookup = name.replaceFirst("^ansible\\.(builtin|legacy)\\.", "");
        if (value instanceof MapValue map && LISTS_ONLY.contains(lookup)) {
            throw new TemplateException("with_" + lookup + " expects a list, got " + PythonText.repr(map));
        }
        return value instanceof MapValue map && NAMES_OF_MAPPINGS.contains(lookup)
                ? new ListValue(List.copyOf(map.entries().keySet()))
                : value instanceof ListValue ? value : ListValue.of(value);
    }

    /** The folder in which such a task expects its files. */
    private String kind() {
        String action = one.task().action().name();
        return action.contains("template") ? "templates" : action.contains("var") ? "vars" : "files";
    }

    /**
     * How an item is shown.
     *
     * @throws ProblemException if its label can't be evaluated
     */
    String label(Loop.Control control, Value item, HostScope at) {
        Value label = control.label().map(setting -> one.world().templates.resolve(setting.value(), at))
                .filter(value -> !(value instanceof Unknown)).orElse(item);
        return shown(label);
    }

    /** How an item is shown that has no label. */
    String shown(Value item) {
        return one.info().secret() ? "(censored due to no_log)" : one.world().secrets.mask(PythonText.of(item));
    }

    /** Whether the items may be inspected and done together: none of them looks at what another one gave. */
    boolean together() {
        Task task = one.task();
        return one.world().module(task.action()).orElse(null) instanceof TaskModule<?, ?> found
                && foreseen(found)
                && task.value(Keyword.UNTIL).isEmpty()
                && task.loop().flatMap(loop -> loop.control().breakWhen()).isEmpty()
                && task.value(Keyword.DELEGATE_TO).isEmpty()
                && task.value(Keyword.REGISTER).map(PythonText::of).filter(this::looksAt).isEmpty();
    }

    /** Whether the task itself mentions what it registers: then an item sees what the one before it gave. */
    private boolean looksAt(String registered) {
        var directives = one.task().directives();
        return Stream.of(one.task().action(), directives.when(), directives.vars(), directives.environment())
                .anyMatch(part -> part.toString().contains(registered));
    }

    /** Whether the module can tell beforehand what it will do. */
    static boolean foreseen(TaskModule<?, ?> module) {
        return !Schema.of(module.args()).doc().oneByOne();
    }
}
