package bramble.modules.network;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * On what terms a web server is asked. The files are the node's.
 *
 * @param patience how long connecting, and waiting for more, may take
 * @param verify whether the server has to prove who it is
 * @param authorities a file with the certificates that prove it; without it, what the controller or the node trusts
 * @param certificate a file with the certificate by which we prove who we are, and perhaps its key
 * @param key a file with the certificate's key
 * @param ciphers that may be used, by OpenSSL's names or those of the standard; empty for all
 * @param unredirected headers that stay behind when the server refers to another place
 * @param unpack whether what the server packs is unpacked
 * @param netrc whether the node's {@code .netrc} may know a login
 * @param proxies whether the proxies of the node's environment are used
 * @param socket a Unix socket by which the server is reached
 */
record WebTerms(Duration patience, boolean verify, WebRequest.Follow follow, Optional<String> authorities,
        Optional<String> certificate, Optional<String> key, List<String> ciphers, List<String> unredirected,
        boolean unpack, boolean netrc, boolean proxies, Optional<String> socket) {
    WebTerms {
        ciphers = List.copyOf(ciphers);
        unredirected = List.copyOf(unredirected);
    }

    static WebTerms usual() {
        return new WebTerms(Duration.ofSeconds(10), true, WebRequest.Follow.URLLIB2, Optional.empty(), Optional.empty(),
                Optional.empty(), List.of(), List.of(), true, false, false, Optional.empty());
    }

    WebTerms with(Duration time, boolean proof, WebRequest.Follow redirects) {
        return new WebTerms(time, proof, redirects, authorities, certificate, key, ciphers, unredirected, unpack, netrc,
                proxies, socket);
    }

    WebTerms with(Optional<String> authority, Optional<String> unixSocket) {
        return new WebTerms(patience, verify, follow, authority, certificate, key, ciphers, unredirected, unpack, netrc,
                proxies, unixSocket);
    }

    WebTerms unpacking(boolean all) {
        return new WebTerms(patience, verify, follow, authorities, certificate, key, ciphers, unredirected, all, netrc,
                proxies, socket);
    }

    /** Whether programs of the node know all that is asked for. */
    boolean plain() {
        return authorities.isEmpty() && certificate.isEmpty() && ciphers.isEmpty() && unredirected.isEmpty() && unpack
                && socket.isEmpty();
    }
}
