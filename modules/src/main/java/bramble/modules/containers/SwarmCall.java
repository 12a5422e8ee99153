package bramble.modules.containers;

import bramble.shell.Sh;
import bramble.value.Json;
import bramble.value.MapValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Asks Docker's daemon for what the docker command has no options for: the command itself passes the request on, so that it reaches
 * the daemon as all others do.
 */
final class SwarmCall {
    private SwarmCall() {}

    /**
     * The call.
     *
     * @param what the end of its address
     * @param root the certificate that is to be everybody's then, which takes the nodes some seconds: for half a minute it is
     *     waited for, since a node that is switched off may take years
     */
    static Sh of(Docker docker, String what, MapValue body, Optional<String> root) {
        String text = Json.compact(body);
        Sh patience = root.map(_ -> Sh.of("""
                b_i=0
                while [ "$b_i" -lt 30 ] && [ "$({} </dev/null)" = true ]; do sleep 1; b_i=$((b_i + 1)); done
                """, docker.run(List.of("info", "--format", "{{.Swarm.Cluster.RootRotationInProgress}}"))))
                .orElseGet(() -> Sh.raw(""));
        // the daemon gives up what it does when it sees its client's end of the connection closed: the pipe stays open
        return Sh.of(
                """
                        (b_p=$(mktemp -d) && mkfifo "$b_p/in" && exec 8<>"$b_p/in" && rm -rf "$b_p" || exit
                        printf 'POST /swarm/%s HTTP/1.1\\r\\nHost: docker\\r\\nContent-Type: application/json\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n%s' {} {} {} >&8
                        b_a=$({} <&8) || exit
                        case $b_a in
                        'HTTP/1.1 2'*) ;;
                        *'"message":"'*) printf '%s\\n' "$b_a" | sed -n 's/.*"message":"\\(.*\\)".*/\\1/p' >&2; exit 1 ;;
                        *) printf 'the daemon gave no answer that says why: %s\\n' "${b_a%%
                        *}" >&2; exit 1 ;;
                        esac
                        {})""",
                what, text.getBytes(StandardCharsets.UTF_8).length, Sh.secret(text),
                docker.run(List.of("system", "dial-stdio")), patience);
    }
}
