package bramble.modules.system;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;

/** Asks for a setting of the running kernel; empty if it has no such setting. */
public record SysctlFact(String name) implements Fact<Optional<String>> {
    /** Where the setting is: dots and slashes change their roles if a slash comes first. */
    String path() {
        int dot = name.indexOf('.');
        int slash = name.indexOf('/');
        boolean dotted = slash < 0 || (dot >= 0 && dot < slash);
        var path = new StringBuilder("/proc/sys/");
        name.chars().forEach(c -> path.append((char) (!dotted ? c : c == '.' ? '/' : c == '/' ? '.' : c)));
        return path.toString();
    }

    @Override
    public Sh script() {
        return Sh.of("b_p={}; [ ! -r \"$b_p\" ] || { echo there; cat \"$b_p\" 2>/dev/null; }; :",
                path());
    }

    @Override
    public Optional<String> parse(Answer answer) {
        String text = answer.text();
        return text.startsWith("there\n") ? Optional.of(normal(text.substring(6))) : Optional.empty();
    }

    /** Numbers are separated by tabs in the kernel's form and by blanks in people's. */
    static String normal(String value) {
        return value.strip().replaceAll("[ \t]+", " ");
    }
}
