package bramble.modules.databases;

import bramble.args.Arg;
import java.util.Optional;

/** The arguments by which modules get into a MySQL or MariaDB server. */
public record MysqlLogin(
        @Arg("Who asks; unless given, whom the configuration file names, or root.") Optional<String> loginUser,
        @Arg(value = "The password.", secret = true) Optional<String> loginPassword,
        @Arg(value = "Where the server listens, as the node sees it.", fallback = "localhost") String loginHost,
        @Arg(value = "Its port.", fallback = "3306") int loginPort,
        @Arg("The server's socket on the node.") Optional<String> loginUnixSocket,
        @Arg(value = "How long to wait for the server, in seconds.", fallback = "30") int connectTimeout,
        @Arg(value = "The client's configuration on the node, with user and password; empty for none.", fallback = "~/.my.cnf") String configFile,
        @Arg(value = "The file of the authority that signed the server's certificate.", aliases = "ssl_ca") Optional<String> caCert,
        @Arg(value = "The file of the client's certificate.", aliases = "ssl_cert") Optional<String> clientCert,
        @Arg(value = "The file of its key.", aliases = "ssl_key") Optional<String> clientKey,
        @Arg("Whether the name in the server's certificate has to fit.") Optional<Boolean> checkHostname) {

    MysqlClient client() {
        return new MysqlClient(this, false, false, false, "");
    }
}
