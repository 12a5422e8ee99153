package bramble.template;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Filters, tests and lookups as an expression uses them: what they are given, and what becomes of what they throw. */
final class Plugins {
    /** Tests of what a value is: an undefined one is none of these, which is no error. */
    private static final Set<String> OF_TYPE = Set.of("none", "string", "mapping", "number", "integer", "float",
            "boolean", "true", "false", "callable", "sequence", "sameas");

    private final Evaluator evaluator;

    Plugins(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    static Optional<Value> unknown(Arguments arguments) {
        for (Value value : arguments.positional()) {
            if (value instanceof Unknown) {
                return Optional.of(value);
            }
        }
        for (Value value : arguments.named().values()) {
            if (value instanceof Unknown) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    Value filter(String name, Value rawInput, Arguments arguments, int at) {
        Filter filter = evaluator.templates().filter(name, evaluator.scope());
        Value input = filter.takesUndefined() ? evaluator.late(rawInput) : evaluator.settle(rawInput);
        if (input instanceof Unknown) {
            return input;
        }
        if (!filter.takesUndefined()) {
            Optional<Value> unknown = unknown(arguments);
            if (unknown.isPresent()) {
                return unknown.get();
            }
            Python.check(input);
            arguments.positional().forEach(Python::check);
            arguments.named().values().forEach(Python::check);
        }
        try {
            return evaluator.result(filter.apply(input, arguments, new Evaluation(evaluator, at)));
        } catch (UnknownValueException e) {
            return new Unknown(e.why());
        } catch (ProblemException e) {
            throw named("filter", name, e, at);
        }
    }

    Value test(String name, Value rawInput, Arguments arguments, int at) {
        Test test = evaluator.templates().test(name, evaluator.scope());
        boolean ofType = OF_TYPE.contains(name);
        Value input = test.takesUndefined() || ofType ? evaluator.late(rawInput) : evaluator.settle(rawInput);
        if (ofType && input instanceof Undefined) {
            return Bool.FALSE;
        }
        if (!test.takesUndefined()) {
            if (input instanceof Unknown) {
                return input;
            }
            Optional<Value> unknown = unknown(arguments);
            if (unknown.isPresent()) {
                return unknown.get();
            }
            Python.check(input);
            arguments.positional().forEach(Python::check);
        }
        try {
            return Bool.of(test.test(input, arguments, new Evaluation(evaluator, at)));
        } catch (UnknownValueException e) {
            return new Unknown(e.why());
        } catch (ProblemException e) {
            throw named("test", name, e, at);
        }
    }

    private TemplateException named(String kind, String name, ProblemException failure, int at) {
        var problem = failure.problems().getFirst();
        if (failure instanceof UndefinedException || !problem.source().equals(Source.NONE)) {
            return Python.placed(failure, evaluator.place(at));
        }
        return new TemplateException(evaluator.place(at),
                "The " + kind + " '" + name + "' failed: " + problem.summary(),
                problem.hint());
    }

    Value lookup(Arguments arguments, boolean list, int at) {
        if (arguments.positional().isEmpty()) {
            throw new TemplateException("a lookup needs the name of its plugin");
        }
        String name = arguments.text(0, "plugin");
        boolean wantsList = list || arguments.bool(-1, "wantlist", false);
        String errors = arguments.text(-1, "errors", "strict");
        found(name);
        List<Value> found;
        try {
            found = query(name, arguments.from(1),
                    new Arguments(List.of(), arguments.without("wantlist").without("errors").named()),
                    at);
        } catch (UndefinedException e) {
            throw e;
        } catch (TemplateException e) {
            switch (errors) {
                case "ignore" -> {
                    // it is as if there were nothing to be found
                }
                case "warn" -> {
                    var problem = e.problems().getFirst();
                    evaluator.scope()
                            .warn(Problem.warning(problem.source(), problem.summary(), problem.hint()));
                }
                default -> throw e;
            }
            return wantsList ? ListValue.EMPTY : None.NONE;
        }
        if (found.size() == 1 && found.getFirst() instanceof OneMapping(MapValue map)) {
            return wantsList
                    ? map
                    : new Text(String.join(",", map.entries().keySet().stream().map(PythonText::of).toList()));
        }
        if (wantsList) {
            return new ListValue(found);
        }
        if (found.isEmpty()) {
            return ListValue.EMPTY;
        }
        if (found.size() == 1) {
            return found.getFirst();
        }
        boolean texts = found.stream().allMatch(Text.class::isInstance);
        return texts ? new Text(String.join(",", found.stream().map(PythonText::of).toList())) : new ListValue(found);
    }

    private Lookup found(String name) {
        return evaluator.templates().lookup(name, evaluator.scope());
    }

    List<Value> query(String name, List<Value> terms, Arguments options, int at) {
        if (!evaluator.lookups()) {
            throw new TemplateException(evaluator.place(at), "Tried to use the lookup '" + name
                    + "' in a condition that is itself the value of a template, but lookups are not allowed there.");
        }
        Lookup lookup = found(name);
        terms.forEach(Python::check);
        options.named().values().forEach(Python::check);
        try {
            return lookup.look(terms, options, new Evaluation(evaluator, at)).stream().map(evaluator::result).toList();
        } catch (ProblemException e) {
            throw named("lookup", name, e, at);
        }
    }
}
