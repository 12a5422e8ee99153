package bramble.run;

import bramble.module.Change;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.module.OfUser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.stream.Collectors;

/**
 * What a node would be like: the effects of the changes that were planned but not made, laid over what is read from it.
 * In a dry run it lasts for the whole run; in a real one, while the items of a loop are planned together.
 */
public final class Overlay {
    private static final int MOST_REASONS = 3;

    private final List<Effect> effects;
    /** Of each fact what it became last, in the order in which that happened. */
    private final Map<Fact<?>, Effect.Becomes<?>> latest;
    /** Why what is added may not be made at all. */
    private final Optional<String> uncertain;

    public Overlay() {
        this(new ArrayList<>(), new LinkedHashMap<>(), Optional.empty());
    }

    private Overlay(List<Effect> effects, Map<Fact<?>, Effect.Becomes<?>> latest, Optional<String> uncertain) {
        this.effects = effects;
        this.latest = latest;
        this.uncertain = uncertain;
    }

    /** The same effects, to which others may be added that this one doesn't know of. */
    Overlay copy() {
        return new Overlay(new ArrayList<>(effects), new LinkedHashMap<>(latest), uncertain);
    }

    /** This one, for changes that may not be made at all: what they would alter is no longer known. */
    Overlay perhaps(String why) {
        return new Overlay(effects, latest, Optional.of(why));
    }

    /** What a fact's answer would be. */
    public record View<V>(Maybe<V> value, boolean touched) {}

    public void add(Change change) {
        for (Effect effect : change.effects()) {
            if (uncertain.isPresent() && effect instanceof Effect.Becomes<?> becomes) {
                effects.add(new Effect.Unknown((fact, value) -> alters(becomes, fact, value), uncertain.get()));
                continue;
            }
            effects.add(effect);
            if (effect instanceof Effect.Becomes<?> becomes) {
                latest.remove(becomes.fact());
                latest.put(becomes.fact(), becomes);
            }
        }
    }

    private static <V> boolean alters(Effect.Becomes<?> becomes, Fact<V> fact, Object value) {
        @SuppressWarnings("unchecked") // it is the fact's own value
        V now = (V) value;
        return !fact.after(becomes, now).equals(Maybe.known(now));
    }

    public boolean isEmpty() {
        return effects.isEmpty();
    }

    /** How many effects there are. */
    int size() {
        return effects.size();
    }

    /** Whether the effects behind the first {@code since} make no difference to the answer: what bounds nothing might. */
    <V> boolean settled(Fact<V> fact, V read, int since) {
        List<Effect> later = effects.subList(since, effects.size());
        if (later.isEmpty()) {
            return true;
        }
        Maybe<V> value = Maybe.known(read);
        for (Effect effect : effects.subList(0, since)) {
            value = over(effect, fact, value, read);
        }
        Maybe<V> now = value;
        return later.stream().allMatch(effect -> effect instanceof Effect.Becomes<?> becomes
                && fact.through(becomes).equals(fact) && over(effect, fact, now, read).equals(now));
    }

    /** The fact to ask for in place of this one: a predicted link leads elsewhere. What became of a thing last counts. */
    public Fact<?> redirected(Fact<?> fact) {
        Fact<?> asked = fact;
        for (Effect.Becomes<?> becomes : latest.values()) {
            asked = asked.through(becomes);
        }
        return asked;
    }

    /** The answer with the effects laid over it, and whether they made a difference. */
    public <V> View<V> over(Fact<V> fact, V read) {
        Maybe<V> value = Maybe.known(read);
        var reasons = new LinkedHashSet<String>();
        for (Effect effect : effects) {
            value = over(effect, fact, value, read);
            switch (value) {
                case Maybe.Known<V> _ -> reasons.clear();
                case Maybe.NotKnown<V>(String why) -> reasons.add(why);
            }
        }
        if (!reasons.isEmpty()) {
            value = Maybe.unknown(told(reasons));
        }
        return new View<>(value, !value.equals(Maybe.known(read)));
    }

    /** The last few of the reasons: what a task needs is mostly made shortly before it. */
    private static String told(SequencedCollection<String> reasons) {
        int more = reasons.size() - MOST_REASONS;
        String last = String.join("; or ", reasons.stream().skip(Math.max(0, more)).toList());
        return more > 0 ? last + "; or for " + more + (more == 1 ? " other reason" : " other reasons") : last;
    }

    private static <V> Maybe<V> over(Effect effect, Fact<V> fact, Maybe<V> value, V read) {
        return switch (value) {
            case Maybe.Known<V>(V known) -> switch (effect) {
                case Effect.Becomes<?> becomes -> fact.after(becomes, known);
                case Effect.Unknown(var which, String why, var _) ->
                    which.test(fact, known) ? Maybe.unknown(why) : value;
            };
            case Maybe.NotKnown<V> _ -> switch (effect) {
                case Effect.Becomes<?> becomes when becomes.fact().equals(fact) -> {
                    @SuppressWarnings("unchecked") // equal facts are of one class, so their values are of one type
                    V becoming = (V) becomes.value();
                    yield Maybe.known(becoming);
                }
                case Effect.Becomes<?> _ -> value;
                case Effect.Unknown(var which, String why, var _) ->
                    which.test(fact, read) ? Maybe.unknown(why) : value;
            };
        };
    }

    /** Why nobody can become the user yet, if the user is made, or something else may be the cause. */
    public Optional<String> doubt(String user) {
        return effects.stream()
                .anyMatch(effect -> effect instanceof Effect.Becomes<?>(Fact<?> fact, Object value)
                        && fact instanceof OfUser account && account.tells(user, value))
                                ? Optional.of("an earlier task would make, or change, the user " + user)
                                : doubt();
    }

    /** Why a refusal may be wrong: something was left out that nothing bounds. */
    public Optional<String> doubt() {
        var reasons = effects.stream().filter(Effect.Unknown.class::isInstance).map(Effect.Unknown.class::cast)
                .filter(unknown -> !unknown.alone()).map(Effect.Unknown::why)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return reasons.isEmpty() ? Optional.empty() : Optional.of(told(reasons));
    }
}
