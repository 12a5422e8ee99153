package bramble.modules.network;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.ContentFact;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;

/** Whether an earlier task of a dry run would bring to a path what is at a URL now; only effects speak of it. */
record Fetched(String path, String url) implements Fact<Boolean> {
    @Override
    public Sh script() {
        return Sh.raw(":");
    }

    @Override
    public Boolean parse(Answer answer) {
        return false;
    }

    @Override
    public Maybe<Boolean> after(Effect.Becomes<?> effect, Boolean current) {
        return switch (effect.fact()) {
            case Fetched other when other.equals(this) -> Maybe.known((Boolean) effect.value());
            case ContentFact(String changed) when changed.equals(path) -> Maybe.known(false);
            case PathFact(String changed) when changed.equals(path) && !(effect.value() instanceof PathState.File) ->
                Maybe.known(false);
            default -> Maybe.known(current);
        };
    }
}
