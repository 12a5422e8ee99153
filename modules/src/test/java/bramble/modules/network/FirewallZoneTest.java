package bramble.modules.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.module.Effect;
import bramble.module.Maybe;
import bramble.modules.network.FirewallFact.Found;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a dry run knows of a zone that would be made or removed. */
class FirewallZoneTest {
    private static final Optional<Found> NO_ZONE = Optional.of(new Found(true, "", "Error: INVALID_ZONE: lamps"));

    private static Effect.Becomes<Optional<Found>> zones(String names) {
        return new Effect.Becomes<>(new FirewallFact("", true, "--get-zones"), Optional.of(Found.of(names)));
    }

    @Test
    void aZoneThatWouldBeMadeHasNothingInIt() {
        var service = new FirewallFact("lamps", true, "--query-service=http");
        assertEquals(Maybe.known(Optional.of(Found.of("no"))), service.after(zones("lamps public"), NO_ZONE));
        assertEquals(Maybe.known(Optional.of(Found.of("default"))),
                new FirewallFact("lamps", true, "--get-target").after(zones("lamps public"), NO_ZONE));
        assertEquals(Maybe.known(NO_ZONE),
                new FirewallFact("lamps", false, "--query-service=http").after(zones("lamps public"), NO_ZONE));
        var yes = Optional.of(Found.of("yes"));
        assertEquals(Maybe.known(yes), service.after(zones("lamps public"), yes));
    }

    @Test
    void ofAZoneThatWouldBeRemovedNothingCanBeAsked() {
        assertEquals(Maybe.known(NO_ZONE), new FirewallFact("lamps", true, "--query-service=http")
                .after(zones("public"), Optional.of(Found.of("yes"))));
    }
}
