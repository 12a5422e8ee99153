package bramble.modules.containers;

import bramble.args.Arg;
import bramble.module.Plan;
import bramble.modules.files.CommandFact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a Kubernetes cluster is reached: what its modules have in common. The node's own commands do it, with the tokens and
 * certificates of a file of the node's: a token in a task would have to be one of their words, for all users of the node to see.
 */
public record Kube(
        @Arg(value = "The file on the node with clusters and keys; ~/.kube/config unless given. On a server of k3s: /etc/rancher/k3s/k3s.yaml.", nodePath = true) Optional<String> kubeconfig,
        @Arg(value = "Which of its clusters and users.", aliases = "kube_context") Optional<String> context,
        @Arg("The server, in place of that of the file.") Optional<String> host,
        @Arg(value = "The authority's certificate, a file on the node.", aliases = "ssl_ca_cert", nodePath = true) Optional<String> caCert,
        @Arg(value = "The client's certificate, a file on the node.", aliases = "cert_file", nodePath = true) Optional<String> clientCert,
        @Arg(value = "The client's key, a file on the node.", aliases = "key_file", nodePath = true) Optional<String> clientKey,
        @Arg(value = "Whether the server's certificate is checked.", aliases = "verify_ssl") Optional<Boolean> validateCerts) {

    private static final String COMMAND = "kubectl";

    /** A call of kubectl. */
    Sh run(List<?> words) {
        var all = new ArrayList<Object>(List.of(COMMAND));
        kubeconfig.ifPresent(file -> all.addAll(List.of("--kubeconfig", file)));
        context.ifPresent(name -> all.addAll(List.of("--context", name)));
        host.ifPresent(address -> all.addAll(List.of("--server", address)));
        caCert.ifPresent(file -> all.addAll(List.of("--certificate-authority", file)));
        clientCert.ifPresent(file -> all.addAll(List.of("--client-certificate", file)));
        clientKey.ifPresent(file -> all.addAll(List.of("--client-key", file)));
        validateCerts.filter(check -> !check).ifPresent(_ -> all.add("--insecure-skip-tls-verify=true"));
        all.addAll(words);
        return Sh.of("{}", all);
    }

    /** The same, reading a text that nobody else sees. */
    Sh fed(String text, List<?> words) {
        return Sh.of("printf %s {} | {}", Sh.secret(text), run(words));
    }

    /** What kubectl complained of, without what it noted for its own makers. */
    static String said(Answer answer) {
        return String.join("\n", answer.errors().lines().filter(line -> !line.matches("[EWIF]\\d{4} .*")).toList())
                .strip();
    }

    static Plan lacking(String tried) {
        return new Plan.Refused(
                new CommandFact(COMMAND).sentence(tried,
                        "kubernetes-client (k3s and MicroK8s bring their own kubectl)"));
    }
}
