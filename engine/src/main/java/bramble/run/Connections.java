package bramble.run;

import bramble.connection.Connection;
import java.util.function.Supplier;

/** Opens connections; tests and other transports bring their own. */
@FunctionalInterface
public interface Connections {
    /** How to connect to a host, decided when it is first needed. */
    Supplier<Connection> to(Address address);
}
