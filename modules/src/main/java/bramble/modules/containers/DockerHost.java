package bramble.modules.containers;

import bramble.args.Arg;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How Docker's daemon is reached. */
public record DockerHost(
        @Arg(value = "The daemon's address, if it isn't the usual one: unix:///run/docker.sock, tcp://192.0.2.3:2376, ssh://user@host.", aliases = "docker_url") Optional<String> dockerHost,
        @Arg(value = "Whether the connection is encrypted, the server unchecked.", fallback = "no") boolean tls,
        @Arg(value = "Whether the connection is encrypted, and the server's certificate checked.", aliases = "tls_verify", fallback = "no") boolean validateCerts,
        @Arg(value = "The authority's certificate, a file on the node.", aliases = {
            "ca_cert", "tls_ca_cert",
            "cacert_path"}, nodePath = true) Optional<String> caPath,
        @Arg(value = "The client's certificate, a file on the node.", aliases = {"tls_client_cert",
            "cert_path"}, nodePath = true) Optional<String> clientCert,
        @Arg(value = "The client's key, a file on the node.", aliases = {"tls_client_key",
            "key_path"}, nodePath = true) Optional<String> clientKey,
        @Arg(value = "The version of Docker's interface; auto lets both sides agree.", aliases = "docker_api_version", fallback = "auto") String apiVersion,
        @Arg("The context of the docker command.") Optional<String> cliContext,
        @Arg(value = "Has no effect: the docker command uses ssh for ssh:// anyway.", fallback = "yes") boolean useSshClient){

    /** The program. */
    static final String COMMAND = "docker";

    /** A call of docker. */
    Sh run(List<?> words) {
        var all = new ArrayList<Object>();
        all.add(COMMAND);
        dockerHost.ifPresent(address -> all.addAll(List.of("--host", address)));
        cliContext.ifPresent(context -> all.addAll(List.of("--context", context)));
        if (tls) {
            all.add("--tls");
        }
        if (validateCerts) {
            all.add("--tlsverify");
        }
        caPath.ifPresent(file -> all.addAll(List.of("--tlscacert", file)));
        clientCert.ifPresent(file -> all.addAll(List.of("--tlscert", file)));
        clientKey.ifPresent(file -> all.addAll(List.of("--tlskey", file)));
        all.addAll(words);
        return apiVersion.equals("auto")
                ? Sh.of("{}", all)
                : Sh.of("DOCKER_API_VERSION={} {}", apiVersion, all);
    }
}
