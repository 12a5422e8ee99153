package bramble.connection;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import com.jcraft.jsch.SSHAgentConnector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The passphrases of encrypted private keys, which a person is asked for: for each key once, however many hosts it is for. */
public final class Passphrases {
    private static final int TRIES = 3; // as ssh has it

    private final Function<String, Optional<String>> person;
    private final Map<Path, Optional<Password>> known = new ConcurrentHashMap<>();

    /** @param person answers a question; empty where nobody is there */
    public Passphrases(Function<String, Optional<String>> person) {
        this.person = person;
    }

    /**
     * What opens the key; empty where it needs none, or nobody knows it.
     *
     * @param agent the socket of an ssh-agent: a key that it holds is not asked for
     */
    public Optional<Password> of(Path key, Optional<Path> agent) {
        return known.computeIfAbsent(key.toAbsolutePath().normalize(), _ -> ask(key, agent));
    }

    private Optional<Password> ask(Path key, Optional<Path> agent) {
        try {
            KeyPair pair = KeyPair.load(new JSch(), key.toString());
            try {
                if (!pair.isEncrypted() || agent.filter(socket -> holds(socket, pair)).isPresent()) {
                    return Optional.empty();
                }
                for (int i = 0; i < TRIES; i++) {
                    Optional<String> typed = person.apply("Enter passphrase for key '" + key + "': ");
                    if (typed.isEmpty() || typed.get().isEmpty()) {
                        return Optional.empty();
                    }
                    if (pair.decrypt(typed.get().getBytes(StandardCharsets.UTF_8))) {
                        return typed.map(Password::new);
                    }
                }
                return Optional.empty();
            } finally {
                pair.dispose();
            }
        } catch (JSchException e) {
            return Optional.empty(); // that it is no key is said where it is used
        }
    }

    private static boolean holds(Path socket, KeyPair pair) {
        try {
            byte[] open = pair.getPublicKeyBlob();
            return open != null && new AgentIdentityRepository(new SSHAgentConnector(socket)).getIdentities().stream()
                    .anyMatch(identity -> Arrays.equals(identity.getPublicKeyBlob(), open));
        } catch (AgentProxyException e) {
            return false;
        }
    }
}
