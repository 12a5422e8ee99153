package bramble.modules.containers;

import bramble.args.Arg;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The node's helm, and how it reaches a Kubernetes cluster. */
public record HelmTool(
        @Arg(value = "The program, if it isn't the helm that is found.", nodePath = true) Optional<String> binaryPath,
        @Arg(value = "The file on the node with clusters and keys; ~/.kube/config unless given.", nodePath = true, aliases = "kubeconfig_path") Optional<String> kubeconfig,
        @Arg(value = "Which of its clusters and users.", aliases = "kube_context") Optional<String> context,
        @Arg("The cluster's server, in place of that of the file.") Optional<String> host,
        @Arg(value = "The token that lets in; helm gets it by its environment.", secret = true) Optional<String> apiKey,
        @Arg(value = "The authority's certificate, a file on the node.", aliases = "ssl_ca_cert", nodePath = true) Optional<String> caCert,
        @Arg(value = "Whether the server's certificate is checked.", aliases = "verify_ssl", fallback = "yes") boolean validateCerts) {

    String program() {
        return binaryPath.orElse("helm");
    }

    /** A call of helm that doesn't ask the cluster. */
    Sh alone(List<String> words) {
        return Sh.of("{} {}", program(), words);
    }

    /** A call of helm that does. */
    Sh run(List<String> words) {
        var all = new ArrayList<String>(List.of(program()));
        kubeconfig.ifPresent(file -> all.addAll(List.of("--kubeconfig", file)));
        context.ifPresent(name -> all.addAll(List.of("--kube-context", name)));
        host.ifPresent(address -> all.addAll(List.of("--kube-apiserver", address)));
        caCert.ifPresent(file -> all.addAll(List.of("--kube-ca-file", file)));
        if (!validateCerts) {
            all.add("--kube-insecure-skip-tls-verify");
        }
        all.addAll(words);
        return apiKey.map(token -> Sh.of("HELM_KUBETOKEN={} {}", Sh.secret(token), all))
                .orElseGet(() -> Sh.of("{}", all));
    }
}
