package bramble.run;

import bramble.event.TaskInfo;
import bramble.playbook.Setting;
import bramble.playbook.Task;
import bramble.problem.ProblemException;
import bramble.value.Int;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A task as one host does it.
 *
 * @param scope the host's variables, as the task sees them
 * @param turn when the host works on it
 * @param upcoming the tasks that the host will come to next
 */
record HostTask(World world, Task task, TaskInfo info, HostScope scope, Turn turn,
        Supplier<Stream<HostTask>> upcoming) {
    /** Another task in the place of this one. */
    HostTask with(Task other) {
        return new HostTask(world, other, info, scope.at(other), turn, Stream::empty);
    }

    String host() {
        return scope.host();
    }

    Keywords keywords(HostScope at) {
        return new Keywords(task.directives(), world.templates, at);
    }

    double number(Setting setting, HostScope at) {
        return switch (world.templates.resolve(setting.value(), at)) {
            case Int(var number) -> number.doubleValue();
            case Real(double number) -> number;
            case Text(String text) when text.strip().matches("\\d+(\\.\\d+)?") -> Double.parseDouble(text.strip());
            case Value other -> throw new ProblemException(setting.source(),
                    "Tried to read a number, but found " + PythonText.repr(other) + ".");
        };
    }
}
