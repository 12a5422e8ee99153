package bramble.modules.commands;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.regex.Pattern;

/** Asks whether any path matches a pattern of the shell. */
record GlobFact(String pattern) implements Fact<Boolean> {
    private static final Pattern SPECIAL = Pattern.compile("[*?\\[]");

    static boolean isPattern(String path) {
        return SPECIAL.matcher(path).find();
    }

    @Override
    public Sh script() {
        return Sh.of("for f in {}; do if [ -e \"$f\" ] || [ -L \"$f\" ]; then echo yes; exit; fi; done; echo no",
                Sh.raw(word()));
    }

    /** The pattern with all but its own signs quoted. */
    private String word() {
        var word = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            boolean plain = "*?[]!-/._~".indexOf(c) >= 0 || (Character.isLetterOrDigit(c) && c < 128);
            word.append(plain ? String.valueOf(c) : Sh.quote(String.valueOf(c)));
        }
        return word.toString();
    }

    @Override
    public Boolean parse(Answer answer) {
        return answer.text().equals("yes\n");
    }

    @Override
    public Maybe<Boolean> after(Effect.Becomes<?> effect, Boolean current) {
        if (effect.fact().equals(this)) {
            return Maybe.known((Boolean) effect.value());
        }
        if (!(effect.value() instanceof PathState state) || !matches(state.real())) {
            return Maybe.known(current);
        }
        if (!state.missing()) {
            return Maybe.known(true);
        }
        return current ? Maybe.unknown("an earlier task would remove " + state.real()) : Maybe.known(false);
    }

    private boolean matches(String path) {
        var regex = new StringBuilder();
        boolean inSet = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (inSet) {
                regex.append(c == '!' && pattern.charAt(i - 1) == '[' ? "^" : c == '\\' ? "\\\\" : String.valueOf(c));
                inSet = c != ']';
            } else if (c == '[' && pattern.indexOf(']', i) > i) {
                regex.append(c);
                inSet = true;
            } else {
                regex.append(switch (c) {
                    case '*' -> "[^/]*";
                    case '?' -> "[^/]";
                    default -> Pattern.quote(String.valueOf(c));
                });
            }
        }
        return path.matches(regex.toString());
    }
}
