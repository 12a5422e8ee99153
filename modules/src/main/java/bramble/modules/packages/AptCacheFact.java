package bramble.modules.packages;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;

/** Asks when apt last fetched its package lists, and, where that matters, what time the node has. */
record AptCacheFact(boolean clock) implements Fact<AptCacheFact.Cache> {
    /**
     * Times in seconds since 1970.
     *
     * @param updated 0 where no lists are there
     * @param now 0 where it wasn't asked for
     * @param renewed whether an earlier task would fetch them
     */
    record Cache(long updated, long now, boolean renewed) {
        boolean older(long seconds) {
            return !renewed && updated + seconds < now;
        }
    }

    @Override
    public Sh script() {
        return Sh.of(
                """
                        stat -c %Y /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists 2>/dev/null
                        {}""",
                clock ? Sh.raw("date '+now %s'") : Sh.raw(":"));
    }

    @Override
    public Cache parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        String last = lines.isEmpty() ? "" : lines.getLast();
        boolean never = lines.isEmpty() || lines.getFirst().startsWith("now ");
        return new Cache(never ? 0 : Long.parseLong(lines.getFirst()),
                last.startsWith("now ") ? Long.parseLong(last.substring(4)) : 0, false);
    }

    @Override
    public Maybe<Cache> after(Effect.Becomes<?> effect, Cache current) {
        return Maybe
                .known(effect.fact() instanceof AptCacheFact ? new Cache(current.updated, current.now, true) : current);
    }
}
