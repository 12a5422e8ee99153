package bramble.cli;

import bramble.galaxy.GalaxyApi;
import bramble.galaxy.GalaxyServer;
import bramble.galaxy.GalaxyServer.Credentials;
import bramble.galaxy.Web;
import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.web.Proxies;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Flags that say which servers are asked, and as whom. */
final class GalaxyFlags {
    private static final int WIDTH = 79;

    private final Session session;
    private Optional<String> server = Optional.empty();
    private Optional<String> token = Optional.empty();
    private boolean ignoreCertificates;
    private Optional<Integer> timeout = Optional.empty();

    GalaxyFlags(Session session) {
        this.session = session;
    }

    void declare(Syntax syntax) {
        syntax.value(text -> server = Optional.of(text), "API_SERVER",
                "the server's address, or its name in ansible.cfg",
                "-s", "--server");
        syntax.value(text -> token = Optional.of(text), "API_KEY", "the token for the server", "--token", "--api-key");
        syntax.flag(() -> ignoreCertificates = true, "trust any certificate", "-c", "--ignore-certs");
        syntax.number(seconds -> timeout = Optional.of(seconds), "TIMEOUT", "how many seconds a server may take (60)",
                "--timeout");
        syntax.flag(() -> {}, "", "-v", "--verbose");
    }

    private Configuration configuration() {
        return session.configuration();
    }

    Web web() {
        return new Web(Duration.ofSeconds(timeout.orElseGet(() -> configuration().number(60, "galaxy",
                "server_timeout"))), new Proxies(session.environment()), this::progress);
    }

    /** A line that is written over and over, for what takes long, where somebody looks. */
    private void progress(String what, long done, long total) {
        if (!session.onTerminal()) {
            return;
        }
        String text = done == total
                ? ""
                : what + ": " + megabytes(done) + (total > 0 ? " of " + megabytes(total) : "");
        session.err().print("\r" + String.format(Locale.ROOT, "%-" + WIDTH + "s", text) + "\r");
        session.err().flush();
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    /** The servers to ask, the first first. */
    List<GalaxyApi> servers(Web web) {
        List<String> names = configuration().words("galaxy", "server_list");
        if (server.isPresent()) {
            GalaxyServer one = names.contains(server.get()) ? named(server.get()) : plain(server.get());
            return List.of(new GalaxyApi(one, web));
        }
        return (names.isEmpty()
                ? Stream.of(plain(configuration().text("galaxy", "server").orElse("https://galaxy.ansible.com")))
                : names.stream().map(this::named)).map(one -> new GalaxyApi(one, web)).toList();
    }

    private boolean checks() {
        return !ignoreCertificates && !configuration().flag(false, "galaxy", "ignore_certs");
    }

    private GalaxyServer plain(String url) {
        return new GalaxyServer(url, url, token.or(this::keptToken).<Credentials>map(text -> {
            session.hide(text);
            return new Credentials.Token(text);
        }).orElse(new Credentials.Nobody()), checks());
    }

    /** The token that {@code ansible-galaxy} keeps in a file. */
    private Optional<String> keptToken() {
        Path file = configuration().path("galaxy", "token_path")
                .orElse(configuration().home().resolve("galaxy_token"));
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try {
            return NodeValues
                    .plain(YamlReader.readOne(Files.readString(file), file.toString(), _ -> {})) instanceof MapValue map
                            ? map.get("token").map(PythonText::of).filter(text -> !text.equals("None"))
                            : Optional.empty();
        } catch (IOException e) {
            throw new ProblemException(Source.file(file.toString()),
                    "Tried to read the token for Galaxy, but " + FileTrouble.why(e) + ".");
        }
    }

    /** A server of the configuration. */
    private GalaxyServer named(String name) {
        String url = setting(name, "url").orElseThrow(() -> new ProblemException(Problem.error(
                configuration().file().map(file -> Source.file(file.toString())).orElse(Source.NONE),
                "Tried to ask the Galaxy server " + name + ", but nothing says what its address is.",
                "Write url = https://... into a section [galaxy_server." + name + "], or set "
                        + variable(name, "url") + ".")));
        boolean checks = setting(name, "validate_certs").map(text -> !text.matches("(?i)no|false|off|0|f|n"))
                .orElse(checks()) && !ignoreCertificates;
        return new GalaxyServer(name, url, credentials(name), checks);
    }

    private Credentials credentials(String name) {
        Optional<String> own = token.filter(_ -> server.isPresent()).or(() -> setting(name, "token"));
        own.ifPresent(session::hide);
        Optional<String> password = setting(name, "password");
        password.ifPresent(session::hide);
        Optional<String> user = setting(name, "username");
        Optional<String> auth = setting(name, "auth_url");
        if (own.isPresent()) {
            return auth.isPresent()
                    ? new Credentials.Offline(own.get(), auth.get(), setting(name, "client_id"))
                    : new Credentials.Token(own.get());
        }
        return user.isPresent() && password.isPresent()
                ? new Credentials.Password(user.get(), password.get())
                : new Credentials.Nobody();
    }

    private Optional<String> setting(String server, String key) {
        return configuration().text("galaxy_server." + server, key, variable(server, key));
    }

    private static String variable(String server, String key) {
        return ("ANSIBLE_GALAXY_SERVER_" + server + "_" + key).toUpperCase(Locale.ROOT);
    }
}
