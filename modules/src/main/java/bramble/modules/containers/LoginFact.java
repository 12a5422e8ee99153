package bramble.modules.containers;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.Json;
import bramble.value.MapValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Whom the node's docker says it is to a registry, by its file of settings; empty where the node has no docker.
 *
 * @param config the file; empty for the usual one
 */
record LoginFact(String config, String registry) implements Fact<Optional<LoginFact.Login>> {
    /**
     * A login.
     *
     * @param user empty for none
     * @param password empty where another program keeps it
     * @param kept whether another program keeps passwords
     */
    record Login(String user, String password, boolean kept) {
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /** The folder of the settings, as a word of the shell. */
    static Sh folder(String config) {
        return config.isEmpty()
                ? Sh.raw("\"${DOCKER_CONFIG:-$HOME/.docker}\"")
                : Sh.of("{}", config.endsWith("/config.json") ? config.substring(0, config.length() - 12) : config);
    }

    @Override
    public Sh script() {
        return Sh.of(
                "command -v docker >/dev/null || exit 0\necho tool\nb_f={}/config.json\n[ ! -r \"$b_f\" ] || cat \"$b_f\"",
                folder(config));
    }

    @Override
    public Optional<Login> parse(Answer answer) {
        String text = answer.text();
        if (!text.startsWith("tool\n")) {
            return Optional.empty();
        }
        MapValue settings = Json.tryParse(text.substring(5)).orElse(MapValue.EMPTY) instanceof MapValue map
                ? map
                : MapValue.EMPTY;
        boolean kept = Tree.given(settings, "credsStore").isPresent()
                || Tree.given(settings, "credHelpers", registry).isPresent();
        String pair = "";
        try {
            pair = new String(Base64.getDecoder().decode(Tree.text(settings, "auths", registry, "auth")),
                    StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            // it is as good as none
        }
        int colon = pair.indexOf(':');
        return Optional.of(colon < 0
                ? new Login("", "", kept && Tree.map(settings, "auths").containsKey(registry))
                : new Login(pair.substring(0, colon), pair.substring(colon + 1), kept));
    }
}
