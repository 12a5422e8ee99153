package bramble.modules.databases;

import bramble.args.Arg;
import bramble.value.MapValue;
import java.util.Locale;
import java.util.Optional;

/** The arguments by which modules get into a PostgreSQL server. */
public record PgLogin(
        @Arg(value = "Who asks.", aliases = "login", fallback = "postgres") String loginUser,
        @Arg(value = "The password.", secret = true, fallback = "") String loginPassword,
        @Arg(value = "Where the server listens, as the node sees it; unless given, its socket.", aliases = "host", fallback = "") String loginHost,
        @Arg(value = "The directory of the server's socket.", aliases = "unix_socket", fallback = "") String loginUnixSocket,
        @Arg(value = "The server's port.", aliases = "login_port", fallback = "5432") int port,
        @Arg(value = "How far the connection is encrypted and the server's certificate looked at.", fallback = "prefer") Encryption sslMode,
        @Arg(value = "The file of the authority that signed the server's certificate.", aliases = "ssl_rootcert") Optional<String> caCert,
        @Arg("The file of the client's certificate.") Optional<String> sslCert,
        @Arg("The file of its key.") Optional<String> sslKey,
        @Arg(value = "More parameters of the connection, as libpq names them.", fallback = "{}") MapValue connectParams,
        @Arg("The role that is taken on once logged in.") Optional<String> sessionRole,
        @Arg(value = "Accepted; names and texts are always quoted.", fallback = "true") boolean trustInput) {

    /** How far a connection is encrypted. */
    public enum Encryption {
        ALLOW,
        DISABLE,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** @param database where to log in */
    PgClient client(String database) {
        return new PgClient(this, database);
    }
}
