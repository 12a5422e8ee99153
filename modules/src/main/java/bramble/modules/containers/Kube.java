package bramble.modules.containers;

import bramble.args.Arg;
import bramble.module.Plan;
import bramble.modules.files.CommandFact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a Kubernetes cluster is reached: what its modules have in common. The node's own commands do it, with the tokens and
 * certificates of a file of the node's, or with a task's own token or password: that is never one of their words, which all users
 * of the node could see, but in a file of theirs for as long as the command runs.
 */
public record Kube(
        @Arg(value = "The file on the node with clusters and keys; ~/.kube/config unless given. On a server of k3s: /etc/rancher/k3s/k3s.yaml.", nodePath = true) Optional<String> kubeconfig,
        @Arg(value = "Which of its clusters and users.", aliases = "kube_context") Optional<String> context,
        @Arg("The server, in place of that of the file.") Optional<String> host,
        @Arg(value = "The authority's certificate, a file on the node.", aliases = "ssl_ca_cert", nodePath = true) Optional<String> caCert,
        @Arg(value = "The client's certificate, a file on the node.", aliases = "cert_file", nodePath = true) Optional<String> clientCert,
        @Arg(value = "The client's key, a file on the node.", aliases = "key_file", nodePath = true) Optional<String> clientKey,
        @Arg(value = "Whether the server's certificate is checked.", aliases = "verify_ssl") Optional<Boolean> validateCerts,
        @Arg(value = "A token, in place of whom the file names.", secret = true) Optional<String> apiKey,
        @Arg("Who one is, together with password, for servers and proxies before them that ask for that; clusters themselves do so no longer.") Optional<String> username,
        @Arg(value = "The password of username.", secret = true) Optional<String> password,
        @Arg("As whom it is done, if the cluster allows it.") Optional<String> impersonateUser,
        @Arg("As a member of which groups it is done.") Optional<List<String>> impersonateGroups,
        @Arg("The proxy through which the server is reached: http://proxy.lan:3128. The command gets it by its environment.") Optional<String> proxy,
        @Arg("Hosts, domains and networks that are reached without it, with commas.") Optional<String> noProxy,
        @Arg("What the proxy is told.") Optional<ProxyHeaders> proxyHeaders,
        @Arg("Has no effect: kubectl keeps the tokens that it renews.") Optional<Boolean> persistConfig) {

    /** What a proxy is told. */
    public record ProxyHeaders(
            @Arg(value = "Who one is, for the proxy: user:password.", secret = true) String proxyBasicAuth) {}

    private static final String COMMAND = "kubectl";
    /** Where kubectl looks by itself; that of k3s in its own file, too. */
    private static final String USUAL = "${KUBECONFIG:-$HOME/.kube/config$([ ! -r /etc/rancher/k3s/k3s.yaml ] || printf :/etc/rancher/k3s/k3s.yaml)}";
    private static final String SELF = "bramble"; // the name of who the task is, in the file that says so

    /** A call of kubectl. */
    Sh run(List<?> words) {
        Optional<String> who = identity();
        var all = new ArrayList<Object>(List.of(COMMAND));
        if (who.isPresent()) {
            all.addAll(List.of("--user", SELF));
        } else {
            kubeconfig.ifPresent(file -> all.addAll(List.of("--kubeconfig", file)));
        }
        context.ifPresent(name -> all.addAll(List.of("--context", name)));
        host.ifPresent(address -> all.addAll(List.of("--server", address)));
        caCert.ifPresent(file -> all.addAll(List.of("--certificate-authority", file)));
        clientCert.ifPresent(file -> all.addAll(List.of("--client-certificate", file)));
        clientKey.ifPresent(file -> all.addAll(List.of("--client-key", file)));
        validateCerts.filter(check -> !check).ifPresent(_ -> all.add("--insecure-skip-tls-verify=true"));
        impersonateUser.ifPresent(user -> all.addAll(List.of("--as", user)));
        impersonateGroups.orElse(List.of()).forEach(group -> all.addAll(List.of("--as-group", group)));
        all.addAll(words);
        Sh call = Sh.of("{}{}", through(), all);
        return who.map(config -> Sh.of(
                "{ (b_f=$(mktemp) || exit; trap 'rm -f \"$b_f\"' EXIT; trap 'exit 1' HUP INT TERM PIPE; printf %s {} >\"$b_f\" || exit; KUBECONFIG=$b_f:{} {}); }",
                Sh.secret(config),
                kubeconfig.map(file -> Sh.of("{}", file)).orElse(Sh.raw(USUAL)), call))
                .orElse(call);
    }

    /** A file for kubectl that says who one is, where the task does. */
    private Optional<String> identity() {
        if (apiKey.isEmpty() && username.isEmpty() && password.isEmpty()) {
            return Optional.empty();
        }
        var self = new TreeMap<String, Value>();
        apiKey.ifPresent(token -> self.put("token", new Text(token)));
        username.ifPresent(name -> self.put("username", new Text(name)));
        password.ifPresent(word -> self.put("password", new Text(word)));
        return Optional.of(Json.compact(MapValue.of("apiVersion", "v1", "kind", "Config", "users",
                List.of(MapValue.of("name", SELF, "user", MapValue.named(self))))));
    }

    private Sh through() {
        Sh none = noProxy.map(hosts -> Sh.of("NO_PROXY={} ", hosts)).orElseGet(() -> Sh.raw(""));
        return proxy.map(address -> {
            String whole = proxyHeaders.map(who -> address.replaceFirst("^(\\w+://)?",
                    "$1" + Matcher.quoteReplacement(who.proxyBasicAuth() + "@"))).orElse(address);
            return Sh.of("HTTPS_PROXY={} HTTP_PROXY={} {}", Sh.secret(whole), Sh.secret(whole), none);
        }).orElse(none);
    }

    /**
     * The words that wait until objects are what they are to be; none where nobody knows what that is.
     *
     * @param which names, or what selects objects
     */
    static Optional<List<String>> until(KubeObject kind, List<String> which, Optional<Condition> condition,
            int seconds) {
        String limit = "--timeout=" + seconds + "s";
        String usual = switch (kind.kind()) {
            case "Pod" -> "Ready";
            case "CustomResourceDefinition" -> "Established";
            default -> "";
        };
        boolean rolls = List.of("Deployment", "StatefulSet", "DaemonSet").contains(kind.kind());
        if (condition.isEmpty() && usual.isEmpty() && !rolls) {
            return Optional.empty();
        }
        var words = new ArrayList<String>();
        kind.namespace().ifPresent(space -> words.addAll(List.of("--namespace", space)));
        if (condition.isEmpty() && rolls) {
            words.addAll(List.of("rollout", "status", limit));
        } else {
            words.addAll(List.of("wait", "--for=condition=" + condition.map(Condition::type).orElse(usual) + "="
                    + condition.flatMap(Condition::status).orElse("True"), limit));
        }
        words.addAll(which);
        return Optional.of(words);
    }

    /** What has to be true of an object that is waited for. */
    public record Condition(@Arg("The condition: Ready, Available, Complete ...") String type,
            @Arg("Whether it holds: True, False, Unknown; True if not given.") Optional<String> status,
            @Arg("Has no effect: kubectl waits for conditions, whatever their reason.") Optional<String> reason) {}

    /** The same, reading a text that nobody else sees. */
    Sh fed(String text, List<?> words) {
        return Sh.of("printf %s {} | {}", Sh.secret(text), run(words));
    }

    private static final Pattern NOTE = Pattern
            .compile(
                    "[EWIF]\\d{4} .*|\\{.*\\}|Warning: resource .* is missing .*last-applied-configuration annotation.*");

    /** What kubectl complained of, without what it noted for its own makers, and without patches, which may hold secrets. */
    static String said(Answer answer) {
        return String.join("\n",
                answer.errors().lines().filter(line -> !NOTE.matcher(line).matches()).toList()).strip();
    }

    static Plan lacking(String tried) {
        return new Plan.Refused(
                new CommandFact(COMMAND).sentence(tried,
                        "kubernetes-client (k3s and MicroK8s bring their own kubectl)"));
    }
}
