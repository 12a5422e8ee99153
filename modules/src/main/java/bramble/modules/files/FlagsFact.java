package bramble.modules.files;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;

/** Asks for the file system's own attributes of what is at the end of a path's links, as {@code lsattr} tells them. */
public record FlagsFact(String path) implements AboutPath<FlagsFact.Flags> {
    /**
     * The answer.
     *
     * @param letters those that are set
     * @param error why they can't be told; empty if they can, or if there is nothing
     */
    public record Flags(String real, boolean missing, String letters, String error) implements Placed {}

    private static final Sh.Library LIBRARY = new Sh.Library("b_flags", """
            b_flags() {
              b_there "$1" || { b_lost; return 0; }
              b_real
              [ -e "$b_l" ] || { printf 'm%s\\0' "$b_l"; return 0; }
              printf 'p%s\\0' "$b_l"
              lsattr -d "$b_l" 2>&1
            }""");

    public FlagsFact {
        path = NodePath.normal(path);
    }

    @Override
    public Sh script() {
        return Sh.of("b_flags {}", NodePath.word(path)).using(PathScript.LIBRARY).using(LIBRARY);
    }

    @Override
    public Flags parse(Answer answer) {
        String[] fields = EscapedBytes.decode(answer.out()).split("\0", 2);
        String real = NodePath.normal(fields[0].substring(1));
        if (!fields[0].startsWith("p")) {
            return new Flags(real, true, "", "");
        }
        String word = fields[1].strip().split("\\s", 2)[0];
        return word.matches("[-A-Za-z]+")
                ? new Flags(real, false, word.replace("-", ""), "")
                : new Flags(real, false, "", fields[1].strip().replaceFirst("^lsattr: ", "")
                        .replaceFirst(" While reading.*", ""));
    }

    @Override
    public Fact<Flags> through(Effect.Becomes<?> effect) {
        return new PathFact(path).through(effect) instanceof PathFact(String other) && !other.equals(path)
                ? new FlagsFact(other)
                : this;
    }

    @Override
    public Maybe<Flags> after(Effect.Becomes<?> effect, Flags current) {
        if (effect.value() instanceof Flags flags) {
            return Maybe.known(flags.real().equals(current.real()) ? flags : current);
        }
        if (effect.value() instanceof FileContent content && content.real().equals(current.real())) {
            return Maybe.known(new Flags(current.real(), content.missing(), "", "")); // a rewritten file is a new one
        }
        if (!(effect.fact() instanceof PathFact) || !(effect.value() instanceof PathState state)) {
            return Maybe.known(current);
        }
        String real = current.real();
        if (state.leadsAway(real) || (state instanceof PathState.Link && state.real().equals(real))) {
            return Maybe.unknown(path + " would be, or lie behind, a link that this run makes");
        }
        boolean cut = cutOff(state.real(), state) || (NodePath.below(real, state.real()) && state.missing());
        if (cut || (state.real().equals(real) && state.missing())) {
            return Maybe.known(new Flags(real, true, "", ""));
        }
        return Maybe.known(state.real().equals(real) && current.missing() ? new Flags(real, false, "", "") : current);
    }
}
