package bramble.modules.users;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.module.Effect;
import bramble.module.Maybe;
import bramble.shell.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of accounts, where the node has no tools that look after it. */
class AccountsTest {
    @Test
    void nothingIsWrittenThatWouldBreakTheTable() {
        assertTrue(
                Accounts.obstacle("user", "pi", Stream.of("Pi, the first", "/home/pi", "/bin/sh", "$6$a$b")).isEmpty());
        assertTrue(Accounts.obstacle("user", "machine$", Stream.of()).isEmpty());
        for (String name : new String[]{"", "a b", "a:b", "a\nb", "-a", "a".repeat(33)}) {
            assertTrue(Accounts.obstacle("user", name, Stream.of()).isPresent(), name);
        }
        assertTrue(Accounts.obstacle("user", "pi", Stream.of("a:b")).isPresent());
        assertTrue(Accounts.obstacle("user", "pi", Stream.of("a\nroot2::0:0::/:/bin/sh")).isPresent());
    }

    @Test
    void aNumberIsItsHoldersUntilThatChanges() {
        var fact = new NumberFact(1000);
        Optional<String> now = fact.parse(new Answer(0,
                "/etc/passwd:pi:x:1000:1000::/home/pi:/bin/sh\n".getBytes(StandardCharsets.UTF_8), new byte[0]));
        assertEquals(Optional.of("pi"), now);
        assertEquals(Maybe.known(Optional.empty()),
                fact.after(new Effect.Becomes<>(new UserFact("pi"), Optional.empty()), now));
        assertEquals(Maybe.known(now),
                fact.after(new Effect.Becomes<>(new UserFact("other"), Optional.empty()), now));
        var group = new GroupFact("1000");
        var old = new Group("pi", OptionalInt.of(1000), Set.of());
        assertEquals(Maybe.known(Optional.empty()),
                group.after(new Effect.Becomes<>(new GroupFact("pi"), Optional.empty()), Optional.of(old)));
    }
}
