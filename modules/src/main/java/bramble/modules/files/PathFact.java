package bramble.modules.files;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;

/** Asks what is at a path: its kind, attributes and, for a link, where it leads. Links above it are followed. */
public record PathFact(String path) implements AboutPath<PathState> {
    public PathFact {
        path = NodePath.normal(path);
    }

    @Override
    public Sh script() {
        return PathScript.call("b_path", path);
    }

    @Override
    public PathState parse(Answer answer) {
        return PathScript.parse(answer, path);
    }

    @Override
    public Fact<PathState> through(Effect.Becomes<?> effect) {
        return effect.fact() instanceof PathFact(String changed) && effect.value() instanceof PathState.Link link
                && (NodePath.below(path, changed) || (path.equals(changed) && NodePath.atHome(path)))
                        ? new PathFact(link.destination().real() + path.substring(changed.length()))
                        : this;
    }

    @Override
    public Maybe<PathState> after(Effect.Becomes<?> effect, PathState current) {
        return switch (effect.fact()) {
            case PathFact(String changed) when NodePath.atHome(changed) -> // what is asked for is behind it, if it is sure
                changed.equals(path) || NodePath.below(path, changed)
                        ? Maybe.unknown(changed + " would be the home of a user that this run makes")
                        : Maybe.known(current);
            case PathFact(String changed) when changed.equals(path) -> Maybe.known((PathState) effect.value());
            case PathFact(String changed) when cutOff(changed, (PathState) effect.value()) -> {
                var state = (PathState) effect.value();
                yield Maybe.known(new PathState.Absent(state.real() + path.substring(changed.length()),
                        state instanceof PathState.Absent absent ? absent.ground() : NodePath.parent(state.real()),
                        !state.missing()));
            }
            case PathFact _ when ((PathState) effect.value()).leadsAway(current.real()) ->
                Maybe.unknown(path + " would lie behind a link that this run makes");
            case PathFact _ -> Maybe.known(current.after((PathState) effect.value()));
            case AclFact acl when NodePath.normal(acl.path()).equals(NodePath.parent(path)) ->
                Maybe.known(current.open()); // it may say who may write there
            default -> Maybe.known(current);
        };
    }
}
