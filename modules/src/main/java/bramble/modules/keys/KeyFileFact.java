package bramble.modules.keys;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.AboutPath;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;

/** Asks for a file that holds a key, a request or a certificate. */
record KeyFileFact(String path) implements AboutPath<KeyFile> {
    KeyFileFact {
        path = NodePath.normal(path);
    }

    private ContentFact content() {
        return new ContentFact(path);
    }

    @Override
    public Sh script() {
        return content().script();
    }

    @Override
    public KeyFile parse(Answer answer) {
        return new KeyFile.Held(content().parse(answer));
    }

    @Override
    public Fact<KeyFile> through(Effect.Becomes<?> effect) {
        return content().through(effect) instanceof ContentFact(String other) && !other.equals(path)
                ? new KeyFileFact(other)
                : this;
    }

    @Override
    public Maybe<KeyFile> after(Effect.Becomes<?> effect, KeyFile current) {
        if (effect.fact() instanceof KeyFileFact(String changed)) {
            var value = (KeyFile) effect.value();
            return Maybe.known(changed.equals(path) || value.real().equals(current.real()) ? value : current);
        }
        return switch (current) {
            case KeyFile.Held(FileContent held) -> content().after(effect, held).map(KeyFile.Held::new);
            case KeyFile.Made(String real, _) when effect.value() instanceof PathState.File file
                    && file.real().equals(real) ->
                Maybe.known(current); // its attributes change
            case KeyFile.Made(String real, _) -> {
                var stand = new FileContent.Bytes(real, Content.none());
                yield content().after(effect, stand)
                        .map(then -> then.equals(stand) ? current : new KeyFile.Held(then));
            }
        };
    }
}
