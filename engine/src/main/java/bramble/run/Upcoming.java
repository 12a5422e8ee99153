package bramble.run;

import bramble.playbook.Block;
import bramble.playbook.Step;
import bramble.playbook.Task;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The tasks that come after one if all goes well.
 *
 * @param from the first of the steps that is still to come
 * @param after what comes after these steps
 */
record Upcoming(List<Step> steps, int from, Optional<Upcoming> after) {

    Stream<Task> tasks() {
        return Stream.concat(steps.stream().skip(from).flatMap(Upcoming::tasks),
                after.stream().flatMap(Upcoming::tasks));
    }

    private static Stream<Task> tasks(Step step) {
        return switch (step) {
            case Task task -> Stream.of(task);
            case Block block -> Stream.concat(block.tasks().stream(), block.always().stream()).flatMap(Upcoming::tasks);
        };
    }
}
