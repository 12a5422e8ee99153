package bramble.testkit;

import bramble.args.Arg;
import bramble.args.ControllerFile;
import bramble.args.Mode;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes an Args record of a fixture's arguments. */
final class Binder {
    private Binder() {}

    static <A extends Record> A bind(Class<A> type, MapValue given) {
        var left = new HashSet<>(given.byName().keySet());
        RecordComponent[] components = type.getRecordComponents();
        var values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Arg arg = components[i].getAnnotation(Arg.class);
            if (arg == null) {
                throw new IllegalArgumentException(type + ": no @Arg on " + components[i].getName());
            }
            String name = arg.name().isEmpty() ? snake(components[i].getName()) : arg.name();
            Optional<Value> value = given.get(name);
            left.remove(name);
            for (String alias : arg.aliases()) {
                value = value.or(() -> given.get(alias));
                left.remove(alias);
            }
            if (value.isEmpty() && !arg.fallback().equals("[unset]")) {
                value = Optional.of(NodeValues.of(YamlReader.read("x: " + arg.fallback(), "fallback", _ -> {}).getFirst()))
                        .map(map -> ((MapValue) map).get("x").orElseThrow());
            }
            values[i] = convert(components[i].getGenericType(), value.orElse(null), name);
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("no such arguments: " + left);
        }
        try {
            var constructor = type
                    .getDeclaredConstructor(Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String snake(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static Object convert(Type type, @Nullable Value value, String name) {
        if (type instanceof ParameterizedType of) {
            Type inner = of.getActualTypeArguments()[0];
            boolean none = value == null || value instanceof None;
            if (of.getRawType() == Optional.class) {
                return none ? Optional.empty() : Optional.of(convert(inner, value, name));
            }
            return none
                    ? List.of()
                    : value instanceof ListValue list
                            ? list.items().stream().map(item -> convert(inner, item, name)).toList()
                            : List.of(convert(inner, value, name));
        }
        if (value == null) {
            throw new IllegalArgumentException("missing argument " + name);
        }
        String text = PythonText.of(value);
        if (type == Mode.class) {
            return new Mode(value instanceof Int(var number) ? "0" + number.toString(8) : text);
        }
        if (type == ControllerFile.class) {
            return new Named(text);
        }
        if (type instanceof Class<?> enumeration && enumeration.isEnum()) {
            return Arrays.stream(enumeration.getEnumConstants())
                    .filter(constant -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-')
                            .equals(text.replace('_', '-')))
                    .findFirst().orElseThrow(() -> new IllegalArgumentException(name + " is not " + text));
        }
        return switch (type.getTypeName()) {
            case "java.lang.String" -> text;
            case "boolean", "java.lang.Boolean" -> value instanceof Bool flag ? flag.value() : text.equals("yes");
            case "int", "java.lang.Integer" -> Integer.parseInt(text);
            case "long", "java.lang.Long" -> Long.parseLong(text);
            case "double", "java.lang.Double" -> Double.parseDouble(text);
            case "bramble.value.Value", "bramble.value.MapValue" -> value;
            default -> throw new IllegalArgumentException("no way to make a " + type);
        };
    }

    private record Named(String text) implements ControllerFile {
        @Override
        public Path path() {
            return Path.of(text);
        }
    }
}
