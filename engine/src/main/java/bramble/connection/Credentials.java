package bramble.connection;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.Identity;
import com.jcraft.jsch.IdentityRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import com.jcraft.jsch.SSHAgentConnector;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.UIKeyboardInteractive;
import com.jcraft.jsch.UserInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Vector;
import org.jspecify.annotations.Nullable;

/** What a session has to log in with; remembers what it offered, so that a refusal can be explained. */
final class Credentials {
    private final SshTarget target;
    private final boolean onTheWay;
    private final List<String> offered = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    /** @param onTheWay whether it is a jump host, which ssh's own configuration says all about */
    Credentials(SshTarget target, boolean onTheWay) {
        this.target = target;
        this.onTheWay = onTheWay;
    }

    void give(JSch jsch, Session session) throws JSchException {
        SshTarget.Proof proof = target.proof();
        for (Path key : proof.keys()) {
            if (key.toString().endsWith(".pub")) {
                continue; // names a key of the agent
            }
            if (Files.isReadable(key)) {
                addKey(jsch, key);
            } else {
                left.add("the key " + key + (Files.exists(key) ? " can't be read" : " does not exist"));
            }
        }
        if (proof.agent().isPresent()) {
            addAgent(jsch, session, proof.agent().get());
        }
        proof.password().ifPresent(password -> {
            session.setPassword(password.text().getBytes(StandardCharsets.UTF_8));
            offered.add("the password");
        });
        session.setUserInfo(new Answers(proof.password()));
        session.setConfig("PreferredAuthentications", "publickey,keyboard-interactive,password");
    }

    private void addKey(JSch jsch, Path key) {
        Optional<byte[]> passphrase = target.proof().passphrase().map(it -> it.text().getBytes(StandardCharsets.UTF_8));
        try {
            KeyPair pair = KeyPair.load(jsch, key.toString());
            try {
                if (pair.isEncrypted() && passphrase.isEmpty()) {
                    left.add("the key " + key
                            + " is encrypted, and no passphrase was given (ssh-add puts it into an agent)");
                    return;
                }
                if (pair.isEncrypted() && !pair.decrypt(passphrase.orElseThrow().clone())) {
                    left.add("the passphrase of the key " + key + " is wrong");
                    return;
                }
            } finally {
                pair.dispose();
            }
            for (Path certificate : certificates(key)) {
                jsch.addIdentity(key.toString(), certificate.toString(), passphrase.map(byte[]::clone).orElse(null));
                offered.add("the certificate " + certificate);
            }
            jsch.addIdentity(key.toString(), passphrase.map(byte[]::clone).orElse(null));
            offered.add("the key " + key);
        } catch (JSchException e) {
            left.add("the key " + key + " is none that can be used (" + e.getMessage() + ")");
        }
    }

    private List<Path> certificates(Path key) {
        var found = new ArrayList<>(target.proof().certificates());
        found.add(key.resolveSibling(key.getFileName() + "-cert.pub"));
        return found.stream().filter(Files::isReadable).toList();
    }

    private void addAgent(JSch jsch, Session session, Path socket) {
        try {
            var agent = new AgentIdentityRepository(new SSHAgentConnector(socket));
            if (agent.getStatus() != IdentityRepository.RUNNING) {
                left.add("no ssh-agent answers at " + socket);
                return;
            }
            var both = new FilesThenAgent(jsch.getIdentityRepository(), agent, named());
            int keys = both.ofAgent().size();
            if (keys > 0) {
                offered.add(keys == 1 ? "the agent's key" : "the agent's " + keys + " keys");
            }
            session.setIdentityRepository(both);
        } catch (AgentProxyException e) {
            left.add("no ssh-agent answers at " + socket + " (" + e.getMessage() + ")");
        }
    }

    /** The public keys, in Base64, that the agent may be asked for; empty where all. */
    private Optional<Set<String>> named() {
        if (!target.proof().onlyKeys()) {
            return Optional.empty();
        }
        var named = new HashSet<String>();
        for (Path key : target.proof().keys()) {
            Path open = key.toString().endsWith(".pub") ? key : key.resolveSibling(key.getFileName() + ".pub");
            try {
                String[] words = Files.readString(open).strip().split("\\s+", -1);
                named.add(words.length > 1 ? words[1] : "");
            } catch (IOException _) {
                left.add("there is no public key " + open + " to ask the agent for");
            }
        }
        return Optional.of(named);
    }

    /** In words: what was tried, what could not be, and what the other side would accept. */
    String tried(String said) {
        int quote = said.indexOf('\'');
        String accepts = quote >= 0 && said.lastIndexOf('\'') > quote
                ? said.substring(quote + 1, said.lastIndexOf('\'')).replace(",", ", ")
                : "";
        return (offered.isEmpty() ? "there was nothing to try" : "tried " + String.join(", ", offered))
                + (left.isEmpty() ? "" : "; " + String.join("; ", left))
                + (accepts.isEmpty() ? "" : "; the server accepts: " + accepts)
                + (said.contains("Too many") ? "; the server broke off after too many tries" : "")
                + ". " + advice(accepts);
    }

    private String advice(String accepts) {
        if (onTheWay) {
            return "What is given for the node doesn't count for its jump host, as with ssh: name a key for it in ssh's"
                    + " configuration (Host " + target.host()
                    + ", IdentityFile), add one to the agent, or go as another"
                    + " user than " + target.user() + " (user@" + target.host() + ")";
        }
        boolean password = target.proof().password().isPresent();
        String word = accepts.isEmpty() || accepts.contains("password") || accepts.contains("keyboard")
                ? (password ? "another password" : "a password") + " (-k, or ansible_password), "
                : "";
        return "Give it " + word + "a key (--private-key, or ansible_ssh_private_key_file), or another user than "
                + target.user() + " (-u, or ansible_user)";
    }

    /** The library has either files or an agent; this has one after the other. */
    private record FilesThenAgent(IdentityRepository files, IdentityRepository agent,
            Optional<Set<String>> named) implements IdentityRepository {
        @Override
        public String getName() {
            return "files, then agent";
        }

        @Override
        public int getStatus() {
            return RUNNING;
        }

        @Override
        public Vector<Identity> getIdentities() {
            var all = new Vector<>(files.getIdentities());
            all.addAll(ofAgent());
            return all;
        }

        List<Identity> ofAgent() {
            return agent.getIdentities().stream().filter(key -> named.isEmpty()
                    || named.get().contains(Base64.getEncoder().encodeToString(key.getPublicKeyBlob()))).toList();
        }

        @Override
        public boolean add(byte[] identity) {
            return files.add(identity);
        }

        @Override
        public boolean remove(byte[] key) {
            return files.remove(key);
        }

        @Override
        public void removeAll() {
            files.removeAll();
        }
    }

    /** Gives the password to a server that asks for it as for a person at a terminal; once. */
    private static final class Answers implements UserInfo, UIKeyboardInteractive {
        private final Optional<Password> password;
        private int asked;

        Answers(Optional<Password> password) {
            this.password = password;
        }

        @Override
        public String @Nullable [] promptKeyboardInteractive(@Nullable String destination, @Nullable String name,
                @Nullable String instruction, String[] prompts, boolean[] echo) {
            if (prompts.length == 0) {
                return new String[0];
            }
            if (prompts.length > 1 || echo[0] || password.isEmpty() || asked++ > 0) {
                return null;
            }
            return new String[]{password.get().text()};
        }

        @Override
        public @Nullable String getPassphrase() {
            return null;
        }

        @Override
        public @Nullable String getPassword() {
            return null;
        }

        @Override
        public boolean promptPassword(String message) {
            return false;
        }

        @Override
        public boolean promptPassphrase(String message) {
            return false;
        }

        @Override
        public boolean promptYesNo(String message) {
            return false;
        }

        @Override
        public void showMessage(String message) {
            // the server's greeting
        }
    }
}
