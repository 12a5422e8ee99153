package bramble.modules.containers;

import bramble.args.Arg;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;

/** How Docker's daemon is reached where {@code timeout} is about something else: the rest of {@link Docker}. */
public record ComposeHost(
        @Arg(value = "The daemon's address, if it isn't the usual one.", aliases = "docker_url") Optional<String> dockerHost,
        @Arg("The context of the docker command.") Optional<String> cliContext,
        @Arg(value = "Whether the connection is encrypted, the server unchecked.", fallback = "no") boolean tls,
        @Arg(value = "Whether the connection is encrypted, and the server's certificate checked.", aliases = "tls_verify", fallback = "no") boolean validateCerts,
        @Arg(value = "The authority's certificate, a file on the node.", aliases = {
            "ca_cert", "tls_ca_cert",
            "cacert_path"}, nodePath = true) Optional<String> caPath,
        @Arg(value = "The client's certificate, a file on the node.", aliases = {"tls_client_cert",
            "cert_path"}, nodePath = true) Optional<String> clientCert,
        @Arg(value = "The client's key, a file on the node.", aliases = {"tls_client_key",
            "key_path"}, nodePath = true) Optional<String> clientKey,
        @Arg(value = "The version of Docker's interface; auto lets both sides agree.", aliases = "docker_api_version", fallback = "auto") String apiVersion){
    Sh run(List<String> words) {
        return new Docker(dockerHost, tls, validateCerts, caPath, clientCert, clientKey, apiVersion, cliContext, 0,
                false)
                .run(words);
    }
}
