package bramble.modules.flow;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;

/** A fact of which nothing is known any more once this run would have changed anything on the node. */
record Fleeting<V>(Fact<V> fact) implements Fact<V> {
    @Override
    public Sh script() {
        return fact.script();
    }

    @Override
    public V parse(Answer answer) {
        return fact.parse(answer);
    }

    @Override
    public Maybe<V> after(Effect.Becomes<?> effect, V current) {
        return Maybe.unknown("what this run would change comes first");
    }
}
