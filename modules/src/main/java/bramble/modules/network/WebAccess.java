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
        @Arg(value = "Whether the proxies of the node's environment are used (http_proxy, https_proxy, no_proxy).", fallback = "true") boolean useProxy,
        @Arg(value = "A file of the node, in PEM, with the certificate by which the node proves who it is, and perhaps its key.", nodePath = true) Optional<String> clientCert,
        @Arg(value = "A file of the node, in PEM, with the key of client_cert.", nodePath = true) Optional<String> clientKey,
        @Arg("The ciphers that may be used, by OpenSSL's names; they are all there, unless some are named.") Optional<List<String>> ciphers,
        @Arg(value = "Headers that are not sent to where the server refers to.", fallback = "[]") List<String> unredirectedHeaders,
        @Arg(value = "Whether the login in the node's .netrc is used.", fallback = "true") boolean useNetrc,
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
        return request.with(all).withLogin(login).with(new WebTerms(Duration.ofSeconds(Math.max(1, timeout)),
                validateCerts, follow, Optional.empty(), clientCert, clientKey, ciphers.orElse(List.of()),
                unredirectedHeaders, true, useNetrc, useProxy, Optional.empty()));
    }
}
