package bramble.args;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One argument of a module, as its record's component declares it.
 *
 * @param type what it is when it is given: the component's type without Optional
 * @param fallback the value when it isn't given, as YAML text
 * @param remoteIf the argument that says that the file is on the node; empty for none
 * @param keepsNull whether null counts as given
 * @param late whether its templates are left alone
 * @param unshown whether it is left out of what is told of a call
 * @param rest whether it takes all arguments that no other names
 * @param regex whether it is a regular expression
 * @param nodePath whether it is a path on the node
 */
public record Argument(String name, List<String> aliases, String doc, Type type, boolean optional,
        Optional<String> fallback, boolean secret, boolean unshown, String remoteIf, boolean keepsNull, boolean late,
        boolean rest, boolean regex, boolean nodePath) implements Part {
    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

    /** A name is enough to tell most arguments apart. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    static Argument of(RecordComponent component) {
        Arg arg = component.getAnnotation(Arg.class);
        if (arg == null) {
            throw new IllegalStateException(component + " has no @Arg");
        }
        Type type = component.getGenericType();
        boolean optional = type instanceof ParameterizedType parameterized
                && parameterized.getRawType() == Optional.class;
        return new Argument(arg.name().isEmpty() ? snake(component.getName()) : arg.name(), List.of(arg.aliases()),
                arg.value(),
                optional ? ((ParameterizedType) type).getActualTypeArguments()[0] : type, optional,
                arg.fallback().equals("[unset]") ? Optional.empty() : Optional.of(arg.fallback()), arg.secret(),
                arg.unshown(),
                arg.remoteIf(), arg.keepsNull(), arg.late(), arg.rest(), arg.regex(), arg.nodePath());
    }

    private static String snake(String name) {
        return CAPITAL.matcher(name).replaceAll(match -> "_" + match.group().toLowerCase(Locale.ROOT));
    }

    /** The same under another name. */
    Argument named(String other) {
        return new Argument(other, aliases, doc, type, optional, fallback, secret, unshown, remoteIf, keepsNull, late,
                rest,
                regex, nodePath);
    }

    /** The arguments of a mapping that is itself a record, or of those in a list or a mapping; empty for others. */
    public List<Argument> inner() {
        Type one = type instanceof ParameterizedType many
                ? many.getActualTypeArguments()[many.getActualTypeArguments().length - 1]
                : type;
        boolean inner = one instanceof Class<?> found && found.isRecord()
                && found.getRecordComponents()[0].getAnnotation(Arg.class) != null;
        return inner ? Shape.of(((Class<?>) one).asSubclass(Record.class)).arguments().toList() : List.of();
    }

    public boolean required() {
        return !optional && !rest && fallback.isEmpty();
    }

    /** The name and, in parentheses, the other names. */
    public String title() {
        return aliases.isEmpty() ? name : name + " (" + String.join(", ", aliases) + ")";
    }

    /** The words that an argument with choices, or a list of them, takes; empty for others. */
    public List<String> choices() {
        Type one = type instanceof ParameterizedType list ? list.getActualTypeArguments()[0] : type;
        return one instanceof Class<?> found && found.isEnum() ? choices(found) : List.of();
    }

    static List<String> choices(Class<?> choice) {
        var words = new ArrayList<String>();
        for (Object constant : choice.getEnumConstants()) {
            words.add(word((Enum<?>) constant));
        }
        return words;
    }

    /**
     * {@code BUILD_DEP} is {@code build-dep}; a trailing underscore, which keeps a Java word apart, goes. Choices that are
     * written otherwise have a {@code toString} that says how.
     */
    static String word(Enum<?> constant) {
        if (Stream.of(constant.getDeclaringClass().getEnumConstants())
                .anyMatch(one -> !one.toString().equals(one.name()))) {
            return constant.toString();
        }
        String word = constant.name().toLowerCase(Locale.ROOT);
        return (word.endsWith("_") ? word.substring(0, word.length() - 1) : word).replace('_', '-');
    }

    static boolean matches(Enum<?> constant, String text) {
        return word(constant).equals(text) || word(constant).replace('-', '_').equals(text);
    }
}
