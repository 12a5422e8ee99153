package bramble.args;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a record of arguments is put together. A component without {@link Arg} is itself a record of arguments, which several
 * modules share: playbooks give them beside the module's own.
 *
 * @param constructor takes the parts' values in their order
 */
record Shape<A extends Record>(Constructor<A> constructor, List<Part> parts) implements Part {
    private static final ClassValue<Shape<?>> SHAPES = new ClassValue<>() {
        @Override
        protected Shape<?> computeValue(Class<?> type) {
            return read(type.asSubclass(Record.class));
        }
    };

    @SuppressWarnings("unchecked") // a class's shape is of that class
    static <A extends Record> Shape<A> of(Class<A> type) {
        return (Shape<A>) SHAPES.get(type);
    }

    private static <A extends Record> Shape<A> read(Class<A> type) {
        RecordComponent[] components = type.getRecordComponents();
        try {
            Constructor<A> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return new Shape<>(constructor, Arrays.stream(components).map(Shape::part).toList());
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Part part(RecordComponent component) {
        if (component.getType() == NodePython.class || component.getType() == ControllerFiles.class
                || component.getType() == FirstStarts.class) {
            return new Part.OfRun(component.getType());
        }
        return component.getAnnotation(Arg.class) == null && component.getType().isRecord()
                ? of(component.getType().asSubclass(Record.class))
                : Argument.of(component);
    }

    /** The arguments, those of inner records too. */
    Stream<Argument> arguments() {
        return parts.stream().flatMap(part -> switch (part) {
            case Argument argument -> Stream.of(argument);
            case Shape<?> shape -> shape.arguments();
            case Part.OfRun _ -> Stream.of();
        });
    }

    /**
     * The record, made of values in the order of {@link #arguments}.
     *
     * @throws InvocationTargetException if a record refuses its values
     */
    A make(Iterator<Object> values, Resources resources) throws ReflectiveOperationException {
        var made = new Object[parts.size()];
        for (int i = 0; i < made.length; i++) {
            made[i] = switch (parts.get(i)) {
                case Argument _ -> values.next();
                case Shape<?> inner -> inner.make(values, resources);
                case Part.OfRun run -> run.given(resources);
            };
        }
        return constructor.newInstance(made);
    }
}
