package bramble.run;

import bramble.module.TaskModule;
import bramble.playbook.ActionCall;
import bramble.playbook.Keyword;
import bramble.playbook.Loop;
import bramble.playbook.Task;
import bramble.shell.Piece;
import bramble.shell.Watch;
import bramble.value.ListValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a task will ask of a node if nothing changes until its turn: see {@link Ahead}. In the node's thread only. */
record Foresight(HostTask one) {
    /** Tasks that neither look at a node nor do anything there. */
    private static final Set<String> APART = Set.of("debug", "set_fact", "assert");

    /** What the tasks after this one will ask of a node that is asked now, up to the first that is bound to do something. */
    List<Piece> ahead(TaskPlace place, int most) {
        if (one.task().find(Keyword.TIMEOUT).isPresent()
                || one.world().options.habits().usual().containsKey(Keyword.TIMEOUT) || !one.world().jobs.isEmpty()) {
            return List.of();
        }
        var pieces = new ArrayList<Piece>();
        for (HostTask next : one.upcoming().get().limit(most).toList()) {
            if (APART.contains(next.task().action().name())) {
                continue;
            }
            var foresight = new Foresight(next);
            pieces.addAll(foresight.questions(place));
            if (!foresight.mayBeNothing()) {
                break;
            }
        }
        return pieces;
    }

    /** Whether it may turn out that the task does nothing and takes no time. */
    private boolean mayBeNothing() {
        Task task = one.task();
        return one.world().module(task.action()).orElse(null) instanceof TaskModule<?, ?> module
                && LoopSource.foreseen(module)
                && task.find(Keyword.UNTIL).isEmpty() && task.find(Keyword.RETRIES).isEmpty();
    }

    /** What the task will ask of a node if nothing changes until its turn; nothing where that can't be told. */
    private List<Piece> questions(TaskPlace at) {
        Task task = one.task();
        if (!(one.world().module(task.action()).orElse(null) instanceof TaskModule<?, ?> module)
                || task.action().is(ActionCall.BROUGHT) || task.find(Keyword.DELEGATE_TO).isPresent()
                || task.find(Keyword.ASYNC).isPresent() || task.find(Keyword.RUN_ONCE).isPresent()) {
            return List.of();
        }
        try {
            if (task.loop().isEmpty()) {
                return questions(module, one.scope(), at);
            }
            var source = new LoopSource(one);
            return source.over(task.loop().get()) instanceof ListValue list && source.together()
                    ? questions(module, task.loop().get(), list.items(), at)
                    : List.of();
        } catch (RuntimeException e) {
            return List.of(); // it will be told when its turn comes, if it is still so then
        }
    }

    private List<Piece> questions(TaskModule<?, ?> module, Loop loop, List<Value> items, TaskPlace at) {
        var pieces = new ArrayList<Piece>();
        for (int i = 0; i < items.size(); i++) {
            pieces.addAll(questions(module, one.scope().with(LoopVariables.of(loop.control(), items, i, one.scope(),
                    one.world().templates)), at));
        }
        return pieces;
    }

    private List<Piece> questions(TaskModule<?, ?> module, HostScope with, TaskPlace at) {
        if (!new Conditions(one).when(with).truth().isTrue()) {
            return List.of();
        }
        TaskPlace place = TaskPlace.of(one.world(), one.task(), with, Optional.empty());
        return place.node() == at.node() && place.become().equals(at.become())
                ? new ModuleCall(one, Watch.NONE).questions(module, place,
                        new ModuleCall.Given(new TaskArguments(one).of(with, Optional.of(module)), with))
                : List.of();
    }
}
