package bramble.run;

import bramble.event.Outcome;
import bramble.playbook.ActionCall;
import bramble.playbook.Keyword;
import bramble.playbook.Task;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PrettyRepr;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets a person look at a task that went wrong, change it, and do it again. Where several hosts need it, one after another
 * gets it.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_debugger.html">Debugging tasks</a>
 */
final class Debugger {
    private static final Pattern SET = Pattern.compile("task(\\.args|_vars)\\[\\s*(['\"])(.*?)\\2\\s*]\\s*=(?!=)(.+)");
    private static final Pattern REMOVE = Pattern.compile("del\\s+task\\.args\\[\\s*(['\"])(.*?)\\1\\s*]");
    private static final String HELP = """
            p EXPRESSION                   print it: task, task.args, task_vars['x'], host, result._result
            task.args['NAME'] = VALUE      change an argument; del task.args['NAME'] takes it away
            task_vars['NAME'] = VALUE      change a variable; u makes the task see it
            u                              update the task with changed variables
            r                              do it again
            c                              go on
            q                              end the run
            """;

    private final Terminal terminal;
    /** The end of the queue of those who talk with the person, or want to. */
    private final AtomicReference<CompletableFuture<Boolean>> last = new AtomicReference<>(
            CompletableFuture.completedFuture(true));

    Debugger(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What the person decided. */
    sealed interface Next {
        /** To do the task again, as it is now. */
        record Redo(HostTask one) implements Next {}

        /** To leave it as it is. */
        record Continue() implements Next {}

        /** To end the run. */
        record Quit() implements Next {}
    }

    /**
     * Whether a task that ended so is to be looked at.
     *
     * @param always whether every failure is, where the task doesn't say
     * @param ignored whether the task's failure is ignored
     */
    static boolean wanted(HostTask one, TaskEnd end, boolean always, boolean ignored) {
        boolean honours = one.world().options.habits().debugging().honoursIgnoring() && ignored;
        boolean failed = end.outcome() == Outcome.FAILED && !honours;
        boolean unreachable = end.outcome() == Outcome.UNREACHABLE;
        Optional<String> said;
        try {
            said = one.keywords(one.scope()).text(Keyword.DEBUGGER);
        } catch (ProblemException | UnknownValueException e) {
            said = Optional.empty(); // the task itself tells of it
        }
        boolean generally = always && (failed || unreachable);
        return said.map(word -> switch (word.toLowerCase(Locale.ROOT)) {
            case "always" -> true;
            case "never" -> false;
            case "on_failed" -> failed || generally;
            case "on_unreachable" -> unreachable || generally;
            case "on_skipped" -> end.outcome() == Outcome.SKIPPED || generally;
            default -> generally;
        }).orElse(generally);
    }

    /** Talks with the person, once nobody else does. */
    Next ask(HostTask one, TaskEnd end) throws InterruptedException {
        var over = new CompletableFuture<Boolean>();
        try {
            last.getAndSet(over).get();
            one.world().events.barrier();
            return new Session(one, end).talk();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            over.complete(true);
        }
    }

    /** A conversation about one task on one host. */
    private final class Session {
        private final HostTask one;
        private final TaskEnd end;
        private Task task;
        private HostScope scope;
        private MapValue changed = MapValue.EMPTY;
        private String said = "";

        Session(HostTask one, TaskEnd end) {
            this.one = one;
            this.end = end;
            this.task = one.task();
            this.scope = one.scope();
        }

        private String name() {
            return (one.info().handler() ? "HANDLER: " : "TASK: ") + one.info().name().strip();
        }

        Next talk() {
            while (true) {
                String question = one.world().secrets.mask(said) + "[" + one.host() + "] " + name() + " (debug)> ";
                said = "";
                Optional<String> answer = terminal.ask(question, true);
                if (answer.isEmpty()) {
                    return new Next.Quit(); // nobody is there
                }
                String line = answer.get().strip();
                String word = line.split("\\s+", 2)[0];
                switch (word) {
                    case "r", "redo" -> {
                        return new Next.Redo(new HostTask(one.world(), task, one.info(), scope, one.turn(),
                                one.upcoming()));
                    }
                    case "c", "continue" -> {
                        return new Next.Continue();
                    }
                    case "q", "quit" -> {
                        return new Next.Quit();
                    }
                    case "u", "update_task" -> scope = scope.with(changed);
                    case "h", "help", "?" -> said = HELP;
                    case "" -> {
                        // asked again
                    }
                    case "p", "pprint", "print" -> said = print(line.substring(word.length()).strip());
                    default -> said = change(line);
                }
            }
        }

        private String print(String expression) {
            try {
                return switch (expression) {
                    case "task" -> name();
                    case "host" -> one.host();
                    case "result" -> PrettyRepr.of(result());
                    case String _ -> PrettyRepr.of(value(expression));
                } + "\n";
            } catch (ProblemException | UnknownValueException e) {
                return "***" + e.getMessage() + "\n";
            }
        }

        private MapValue result() {
            return new Shown(one).of(end, Optional.empty(), Instant.now(), Duration.ZERO, false, false).result();
        }

        private Value value(String expression) {
            MapValue about = MapValue.of("args", raw(task.action().arguments()), "name", one.info().name(), "action",
                    task.action().written());
            MapValue variables = scope.get("vars") instanceof MapValue all ? all.with(changed) : changed;
            return one.world().templates.expression(expression, Source.NONE, scope.with(MapValue.of("task", about,
                    "task_vars", variables, "host", one.host(), "result", MapValue.of("_result", result()))));
        }

        private String change(String line) {
            Matcher set = SET.matcher(line);
            Matcher remove = REMOVE.matcher(line);
            try {
                if (set.matches()) {
                    Value value = written(value(set.group(4).strip()));
                    if (set.group(1).equals("_vars")) {
                        changed = changed.with(set.group(3), value);
                    } else {
                        task = with(task.action().arguments().with(set.group(3), value));
                    }
                    return "";
                }
                if (remove.matches()) {
                    task = with(task.action().arguments().without(remove.group(2)));
                    return "";
                }
                return "***No such command: " + line + ". These are there:\n" + HELP;
            } catch (ProblemException | UnknownValueException e) {
                return "***" + e.getMessage() + "\n";
            }
        }

        /** As the user wrote it. */
        private static Value raw(Value value) {
            return switch (value) {
                case Template(String text, var _) -> new Text(text);
                case MapValue map -> {
                    var entries = new LinkedHashMap<Value, Value>();
                    map.entries().forEach((key, one) -> entries.put(key, raw(one)));
                    yield new MapValue(entries);
                }
                case ListValue list -> new ListValue(list.items().stream().map(Session::raw).toList());
                default -> value;
            };
        }

        /** What the person types is a template as in a playbook. */
        private static Value written(Value value) {
            return value instanceof Text(String text) && text.contains("{{") ? new Template(text, Source.NONE) : value;
        }

        private Task with(MapValue arguments) {
            ActionCall action = task.action();
            return new Task(task.source(), task.name(), task.directives(), new ActionCall(action.source(),
                    action.written(), action.name(), arguments, action.whole()), task.loop(), task.forIncluded(),
                    task.role(), task.file());
        }
    }
}
