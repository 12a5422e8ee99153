package bramble.galaxy;

import java.util.Optional;

/**
 * A Galaxy server, and how to show who one is.
 *
 * @param name what it is called in the configuration; its address where it has no name
 * @param url its address, or that of its {@code /api}
 */
public record GalaxyServer(String name, String url, Credentials credentials, boolean checkCertificates) {

    /** How to show who one is. */
    public sealed interface Credentials {
        record Nobody() implements Credentials {}

        record Token(String token) implements Credentials {
            @Override
            public String toString() {
                return "***";
            }
        }

        record Password(String user, String password) implements Credentials {
            @Override
            public String toString() {
                return "***";
            }
        }

        /** A token that is first exchanged for another one, which holds for minutes. */
        record Offline(String token, String authUrl, Optional<String> client) implements Credentials {
            @Override
            public String toString() {
                return "***";
            }
        }
    }
}
