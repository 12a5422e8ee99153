package bramble.run;

import bramble.args.Argument;
import bramble.args.Modules;
import bramble.args.Schema;
import bramble.module.AnyModule;
import bramble.playbook.Actions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The names that tasks may use: those of the modules, and those that the run itself understands. */
public final class ModuleActions implements Actions {
    private static final Set<String> OWN = Set.of("meta", "include_tasks", "include_role", "import_tasks",
            "import_role",
            "import_playbook");

    private final Modules modules;

    public ModuleActions(Modules modules) {
        this.modules = modules;
    }

    @Override
    public Optional<String> resolve(String written, List<String> collections) {
        for (String collection : collections) {
            Optional<AnyModule> found = written.contains(".")
                    ? Optional.empty()
                    : modules.find(collection + "." + written);
            if (found.isPresent()) {
                return found.map(AnyModule::name);
            }
        }
        String plain = written.replaceFirst("^ansible\\.(builtin|legacy)\\.", "");
        if (OWN.contains(plain)) {
            return Optional.of(plain);
        }
        return modules.find(written).map(AnyModule::name);
    }

    @Override
    public boolean freeForm(String name) {
        return OWN.contains(name) || modules.doc(name).map(doc -> !doc.freeForm().isEmpty()).orElse(false);
    }

    @Override
    public Set<String> arguments(String name) {
        return modules.find(name).map(module -> Schema.of(module.args()).arguments().stream().map(Argument::name)
                .collect(Collectors.toSet())).orElse(Set.of());
    }

    @Override
    public Set<String> names() {
        var names = new TreeSet<>(modules.names());
        names.addAll(OWN);
        return names;
    }
}
