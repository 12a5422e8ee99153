package bramble.run;

import bramble.playbook.Directives;
import bramble.playbook.Keyword;
import bramble.playbook.Setting;
import bramble.problem.ProblemException;
import bramble.template.Scope;
import bramble.template.Templates;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.None;
import bramble.value.Omit;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The values of keywords, evaluated and coerced as Ansible does. */
record Keywords(Directives directives, Templates templates, Scope scope) {
    private static final Set<String> YES = Set.of("yes", "true", "on", "y", "t", "1");
    private static final Set<String> NO = Set.of("no", "false", "off", "n", "f", "0", "");

    Optional<Value> value(Keyword keyword) {
        return directives.find(keyword).flatMap(setting -> value(keyword, setting));
    }

    private Optional<Value> value(Keyword keyword, Setting setting) {
        Value value = TaskTrouble.field(keyword.word(), () -> templates.resolve(setting.value(), scope));
        return value == Omit.OMIT
                ? setting.around().flatMap(outer -> value(keyword, outer))
                : Optional.of(value).filter(one -> one != None.NONE);
    }

    boolean is(Keyword keyword) {
        return flag(keyword).orElse(false);
    }

    Optional<Boolean> flag(Keyword keyword) {
        return value(keyword).map(value -> bool(value, directives.find(keyword).orElseThrow()));
    }

    Optional<String> text(Keyword keyword) {
        return value(keyword).map(PythonText::of);
    }

    Optional<Double> number(Keyword keyword) {
        return value(keyword).map(value -> number(value, directives.find(keyword).orElseThrow()));
    }

    /** A list, or one text: names, which may have commas in them. */
    List<String> names(Keyword keyword) {
        return value(keyword).<List<String>>map(value -> value instanceof ListValue list
                ? list.items().stream().map(PythonText::of).toList()
                : List.of(PythonText.of(value))).orElse(List.of());
    }

    /** A list, or one text with commas. */
    List<String> texts(Keyword keyword) {
        return value(keyword).map(Keywords::texts).orElse(List.of());
    }

    static List<String> texts(Value value) {
        return switch (value) {
            case ListValue list -> list.items().stream().flatMap(item -> texts(item).stream()).toList();
            case None _,Omit _ -> List.of();
            case Value other -> Arrays.stream(PythonText.of(other).split(",", -1)).map(String::strip)
                    .filter(text -> !text.isEmpty()).toList();
        };
    }

    /** Whether a variable, if it is there, says yes. */
    static Optional<Boolean> bool(Value value) {
        return switch (value) {
            case Bool flag -> Optional.of(flag.value());
            case Int(var number) -> Optional.of(number.signum() != 0);
            case Text(String text) when YES.contains(text.toLowerCase(Locale.ROOT)) -> Optional.of(true);
            case Text(String text) when NO.contains(text.toLowerCase(Locale.ROOT)) -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static boolean bool(Value value, Setting setting) {
        return bool(value).orElseThrow(() -> new ProblemException(setting.source(),
                "Tried to read yes or no, but found " + PythonText.repr(value) + "."));
    }

    private static double number(Value value, Setting setting) {
        try {
            return switch (value) {
                case Int(var number) -> number.doubleValue();
                case Real(double number) -> number;
                case Bool flag -> flag.value() ? 1 : 0;
                case Value other -> Double.parseDouble(PythonText.of(other).strip().replace("%", ""));
            };
        } catch (NumberFormatException e) {
            throw new ProblemException(setting.source(),
                    "Tried to read a number, but found " + PythonText.repr(value) + ".");
        }
    }
}
