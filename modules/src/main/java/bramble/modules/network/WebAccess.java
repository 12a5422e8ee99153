package bramble.modules.network;

import bramble.args.Arg;
import bramble.value.MapValue;
import bramble.value.PythonText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The arguments by which modules that ask web servers say how. */
public record WebAccess(@Arg("Headers to send.") Optional<MapValue> headers,
        @Arg(value = "Who asks.", aliases = {
            "user", "username"}) Optional<String> urlUsername,
        @Arg(value = "The password.", aliases = "password", secret = true) Optional<String> urlPassword,
        @Arg(value = "Accepted; user and password are always sent at once.", fallback = "false") boolean forceBasicAuth,
        @Arg(value = "Whether the server has to prove who it is.", fallback = "true") boolean validateCerts,
        @Arg(value = "Accepted; the node's curl and wget use the proxies of its environment.", fallback = "true") boolean useProxy,
        @Arg(value = "What is sent as User-Agent.", fallback = "ansible-httpget") String httpAgent){

    WebRequest apply(WebRequest request, int timeout, WebRequest.Follow follow) {
        List<WebRequest.Header> all = new ArrayList<>();
        headers.ifPresent(map -> map.byName()
                .forEach((name, value) -> all.add(new WebRequest.Header(name, PythonText.of(value)))));
        if (!httpAgent.equals("ansible-httpget")) {
            all.add(new WebRequest.Header("User-Agent", httpAgent));
        }
        Optional<WebRequest.Login> login = urlUsername
                .map(user -> new WebRequest.Login(user, urlPassword.orElse("")));
        return request.with(all).withLogin(login).withTerms(Duration.ofSeconds(Math.max(1, timeout)), validateCerts,
                follow);
    }
}
