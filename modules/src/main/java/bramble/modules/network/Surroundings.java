package bramble.modules.network;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is on a node that says how web servers are asked there: proxies, logins, certificates. {@code toString} tells no login.
 *
 * @param sections by their names, or the files' paths
 * @param problem why a file can't be read; empty if all can
 */
record Surroundings(Map<String, String> sections, String problem) {
    static final Surroundings NONE = new Surroundings(Map.of(), "");

    Surroundings {
        sections = Map.copyOf(sections);
    }

    /** Asks the node. */
    record Seen(boolean netrc, boolean proxies, List<String> files) implements Fact<Surroundings> {
        private static final Sh.Library LIBRARY = new Sh.Library("b_web",
                """
                        b_web() { # netrc, proxies, files
                          if [ -n "$1" ]; then
                            b_f=${NETRC:-$HOME/.netrc}
                            printf '\\036netrc\\n'
                            [ ! -r "$b_f" ] || cat "$b_f"
                          fi
                          if [ -n "$2" ]; then
                            printf '\\036proxies\\n'
                            printf '%s\\n' "http $http_proxy" "https ${https_proxy:-$HTTPS_PROXY}" "all ${all_proxy:-$ALL_PROXY}" "no ${no_proxy:-$NO_PROXY}"
                          fi
                          shift 2
                          for b_f; do printf '\\036%s\\n' "$b_f"; cat "$b_f" || return 1; done
                        }""");

        Seen {
            files = List.copyOf(files);
        }

        /** What matters to a request. */
        static Seen of(WebRequest request) {
            WebTerms terms = request.terms();
            return new Seen(terms.netrc() && request.login().isEmpty(), terms.proxies(),
                    Stream.of(terms.authorities(), terms.certificate(), terms.key()).flatMap(Optional::stream)
                            .toList());
        }

        /** Whether the request goes by nothing of the node. */
        boolean idle() {
            return !netrc && !proxies && files.isEmpty();
        }

        @Override
        public Sh script() {
            return Sh.of("b_web {} {} {}", netrc ? "yes" : "", proxies ? "yes" : "", files).using(LIBRARY);
        }

        @Override
        public Surroundings parse(Answer answer) {
            Map<String, String> sections = new HashMap<>();
            for (String section : answer.text().split("\036", -1)) {
                String[] both = section.split("\n", 2);
                sections.put(both[0], both.length > 1 ? both[1] : "");
            }
            return new Surroundings(sections, answer.ok() ? "" : answer.errors().strip());
        }

        @Override
        public boolean once() {
            return true;
        }
    }

    @Override
    public String toString() {
        return "Surroundings" + sections.keySet();
    }

    /** What is in a file that the terms name. */
    String file(String path) {
        return sections.getOrDefault(path, "");
    }

    /** The login that .netrc has for a host. */
    Optional<WebRequest.Login> login(String host) {
        String text = sections.getOrDefault("netrc", "").replaceAll("(?m)^\\s*#.*$|(?ms)^\\s*macdef\\s.*?(\n\n|\\z)",
                "");
        List<String> words = Arrays.stream(text.split("\\s+", -1)).filter(word -> !word.isEmpty()).toList();
        Map<String, String> usual = Map.of();
        Map<String, String> entry = new HashMap<>();
        boolean meant = false;
        for (int i = 0; i < words.size(); i++) {
            switch (words.get(i)) {
                case "machine", "default" -> {
                    if (meant && !entry.isEmpty()) {
                        return login(entry);
                    }
                    entry = new HashMap<>();
                    boolean any = words.get(i).equals("default");
                    usual = any ? entry : usual;
                    meant = !any && i + 1 < words.size() && words.get(++i).equalsIgnoreCase(host);
                }
                case "login", "user", "password", "account" -> {
                    if (i + 1 < words.size()) {
                        entry.put(words.get(i).replace("user", "login"), words.get(++i));
                    }
                }
                default -> {
                    // no word of such files
                }
            }
        }
        return login(meant ? entry : usual);
    }

    private static Optional<WebRequest.Login> login(Map<String, String> entry) {
        return entry.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new WebRequest.Login(entry.getOrDefault("login", ""), entry.getOrDefault("password", "")));
    }

    /** The proxy by which a URL is asked for. */
    Optional<URI> proxy(URI url) throws IOException {
        Map<String, String> named = new HashMap<>();
        sections.getOrDefault("proxies", "").lines().forEach(line -> named.put(line.substring(0, line.indexOf(' ')),
                line.substring(line.indexOf(' ') + 1).strip()));
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        String own = named.getOrDefault(scheme, "");
        String meant = own.isEmpty() ? named.getOrDefault("all", "") : own;
        if (meant.isEmpty() || spared(url, named.getOrDefault("no", ""))) {
            return Optional.empty();
        }
        try {
            var proxy = new URI(meant.contains("://") ? meant : "http://" + meant);
            if (proxy.getHost() == null) {
                throw new IOException("the environment's proxy " + proxy + " is no URL");
            }
            return Optional.of(proxy);
        } catch (URISyntaxException e) {
            throw new IOException("the environment's proxy is no URL: " + e.getReason(), e);
        }
    }

    private static boolean spared(URI url, String list) {
        String host = url.getHost().toLowerCase(Locale.ROOT);
        String port = ":" + url.getPort();
        return Arrays.stream(list.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)).filter(name -> !name.isEmpty())
                .map(name -> name.endsWith(port) ? name.substring(0, name.length() - port.length()) : name)
                .map(name -> name.startsWith(".") ? name.substring(1) : name)
                .anyMatch(name -> name.equals("*") || host.equals(name) || host.endsWith("." + name));
    }
}
