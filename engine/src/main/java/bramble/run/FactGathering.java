package bramble.run;

import bramble.event.Outcome;
import bramble.playbook.ActionCall;
import bramble.playbook.Play;
import bramble.playbook.Task;
import bramble.value.MapValue;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code gather_facts}: setup, or the modules that {@code ansible_facts_modules} or the configuration names instead, one
 * after the other.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/collections/ansible/builtin/gather_facts_module.html">gather_facts</a>
 */
record FactGathering(HostTask one, Play play) {
    private static final List<String> USUAL = List.of("setup");

    static boolean is(Task task) {
        return task.action().written().matches("(ansible\\.(builtin|legacy)\\.)?gather_facts");
    }

    TaskEnd perform() throws InterruptedException {
        var ends = new ArrayList<TaskEnd>();
        for (String module : modules()) {
            TaskEnd end = new TaskRun(one.with(task(module))).perform();
            ends.add(end);
            if (end.outcome().bad()) {
                return end;
            }
        }
        TaskEnd last = ends.getLast();
        MapValue facts = MapValue.EMPTY;
        for (TaskEnd end : ends) {
            if (end.result().get("ansible_facts").orElse(null) instanceof MapValue found) {
                facts = facts.with(found);
            }
        }
        return last.outcome() == Outcome.SKIPPED || ends.size() == 1
                ? last
                : last.with(last.outcome(), MapValue.of("changed", false, "ansible_facts", facts));
    }

    private List<String> modules() {
        List<String> modules = TaskPlace.variable(one.world(), one.scope(), "ansible_facts_modules")
                .map(Keywords::texts)
                .orElse(one.world().options.habits().factModules());
        return modules.isEmpty() || modules.contains("smart") ? USUAL : modules.stream().distinct().toList();
    }

    private Task task(String module) {
        Task task = one.task();
        ActionCall call = task.action();
        boolean usual = module.matches("(ansible\\.(builtin|legacy)\\.)?setup");
        MapValue arguments = usual ? call.arguments().without("parallel") : MapValue.EMPTY;
        var action = new ActionCall(call.source(), usual ? call.written() : module, usual ? call.name() : "", arguments,
                usual ? call.whole() : List.of());
        var other = new Task(task.source(), task.name(), task.directives(), action, task.loop(), task.forIncluded(),
                task.role(), task.file());
        return usual ? other : one.world().loader.named(module, play, other);
    }
}
