package bramble.modules.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.module.Effect;
import bramble.module.Maybe;
import bramble.modules.network.UfwRuleFact.Rehearsal;
import bramble.modules.network.UfwRuleFact.Told;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a dry run knows of a rule that a task before would add or delete. */
class UfwRuleTest {
    private static final List<String> WITH = List.of("allow tcp 22", "allow any 7777");
    private static final List<String> WITHOUT = List.of("allow tcp 22");

    @Test
    void aRuleThatWouldBeAddedCanBeDeleted() {
        var add = new UfwRuleFact(List.of("allow", "from", "any", "to", "any", "port", "7777"));
        var delete = new UfwRuleFact(List.of("delete", "allow", "from", "any", "to", "any", "port", "7777"));
        var other = new UfwRuleFact(List.of("allow", "from", "any", "to", "any", "port", "777"));
        var added = new Effect.Becomes<>(add, Told.of(new Rehearsal(WITH, WITH, "")));
        assertEquals(Maybe.known(Told.of(new Rehearsal(WITH, WITHOUT, ""))),
                delete.after(added, Told.of(new Rehearsal(WITHOUT, WITHOUT, ""))));
        var deleted = new Effect.Becomes<>(delete, Told.of(new Rehearsal(WITHOUT, WITHOUT, "")));
        assertEquals(Maybe.known(Told.of(new Rehearsal(WITHOUT, WITH, ""))),
                add.after(deleted, Told.of(new Rehearsal(WITH, WITH, ""))));
        var settled = Told.of(new Rehearsal(WITHOUT, WITHOUT, ""));
        assertEquals(Maybe.known(settled), other.after(added, settled));
    }
}
