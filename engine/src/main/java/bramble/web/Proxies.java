package bramble.web;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which proxy is asked for an address, by {@code http_proxy}, {@code https_proxy} and {@code no_proxy}, small or large. */
public final class Proxies extends ProxySelector {
    private final Map<String, String> environment;

    public Proxies(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public List<Proxy> select(URI address) {
        return variable(address.getScheme() + "_proxy").filter(_ -> !direct(address.getHost())).map(Proxies::proxy)
                .map(List::of).orElse(List.of(Proxy.NO_PROXY));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name))
                .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
                .filter(value -> !value.isBlank());
    }

    /** Whether a host is asked without a proxy: it is listed, or its domain is. */
    private boolean direct(String host) {
        return variable("no_proxy").map(list -> Arrays.stream(list.split(",", -1)).map(String::strip)
                .filter(one -> !one.isEmpty()).map(one -> one.replaceFirst(":\\d+$", "").replaceFirst("^\\*?\\.", ""))
                .anyMatch(one -> one.equals("*") || host.equalsIgnoreCase(one)
                        || host.toLowerCase(Locale.ROOT).endsWith("." + one.toLowerCase(Locale.ROOT))))
                .orElse(false);
    }

    private static Proxy proxy(String text) {
        try {
            URI address = URI.create(text.contains("://") ? text : "http://" + text);
            if (address.getHost() != null) {
                return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(address.getHost(),
                        address.getPort() < 0 ? 80 : address.getPort()));
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw new ProblemException(Problem.error(Source.NONE,
                "Tried to read which proxy is to be asked, but \"" + text.replaceAll("//[^/@\\s]*@", "//***@")
                        + "\" is no address of one.",
                "Expected http_proxy=http://host:port."));
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException why) {
        // the request fails, and says so
    }
}
