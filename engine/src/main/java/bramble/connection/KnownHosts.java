package bramble.connection;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.UserInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The host keys that are known: the files of ssh, in its format (man sshd, SSH_KNOWN_HOSTS FILE FORMAT). Remembers what it
 * was shown last, so that a refusal can be explained with file and line.
 */
final class KnownHosts implements HostKeyRepository {
    private final SshTarget target;
    private final HostKeyRepository known;
    private final List<Path> files;
    private Optional<Shown> shown = Optional.empty();

    /** What the other side showed. */
    private record Shown(String host, String type, String key, int verdict) {
        String fingerprint() {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Base64.getDecoder().decode(key));
                return type + " SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    KnownHosts(SshTarget target, JSch jsch) throws JSchException {
        this.target = target;
        this.files = target.hostKeys().pinned().filter(Files::isReadable).filter(file -> !mine(file).isEmpty())
                .map(List::of).orElse(target.hostKeys().known());
        var lines = new StringBuilder();
        for (Path file : files) {
            if (Files.isReadable(file)) {
                mine(file).forEach(line -> lines.append(line).append('\n'));
            }
        }
        jsch.setKnownHosts(new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.ISO_8859_1)));
        this.known = jsch.getHostKeyRepository();
    }

    /** The lines that speak of this host: with hundreds of hosts, each knows its own few only. */
    private List<String> mine(Path file) {
        String alone = target.hostKeys().alias().orElse(target.host());
        String withPort = "[" + alone + "]:" + target.port();
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> {
                String[] words = line.strip().split("\\s+", 3);
                String names = words[0].startsWith("@") && words.length > 1 ? words[1] : words[0];
                return matches(names, alone) || matches(names, withPort);
            }).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int check(String host, byte[] key) {
        int verdict = known.check(host, key);
        var seen = new Shown(host, type(key), Base64.getEncoder().encodeToString(key), verdict);
        shown = Optional.of(seen);
        return switch (target.hostKeys().checking()) {
            case OFF -> OK;
            case STRICT -> verdict;
            case ACCEPT_NEW -> {
                if (verdict == NOT_INCLUDED) {
                    noteDown(seen);
                    yield OK;
                }
                yield verdict;
            }
        };
    }

    private void noteDown(Shown seen) {
        if (target.hostKeys().known().isEmpty()) {
            return;
        }
        Path file = target.hostKeys().known().getFirst();
        try {
            if (file.getParent() != null) {
                Files.createDirectories(file.getParent());
            }
            String end = Files.exists(file) && !endsWithNewline(file) ? "\n" : "";
            Files.writeString(file, end + seen.host() + " " + seen.type() + " " + seen.key() + "\n",
                    StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Tried to note down the host key of " + target + " in " + file + ", but: " + e, e);
        }
    }

    private static boolean endsWithNewline(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return bytes.length == 0 || bytes[bytes.length - 1] == '\n';
    }

    /** Why the host key was refused, and what to do; empty if it wasn't. */
    Optional<String> refusal() {
        return shown.filter(seen -> seen.verdict() != OK).map(seen -> {
            String all = files.stream().map(Path::toString).collect(Collectors.joining(", "));
            Path first = files.isEmpty() ? Path.of("known_hosts") : files.getFirst();
            if (seen.verdict() != OK && target.hostKeys().pinned().filter(files::contains).isPresent()) {
                return "its host key is not the one that this node was given. It shows " + seen.fingerprint() + ", but "
                        + place(seen).orElse(all)
                        + " has another one, which Bramble made for it. If the node was set up "
                        + "anew without that key, forget it with: ssh-keygen -R '" + seen.host() + "' -f " + first
                        + ". If it was not, something else answers in its place";
            }
            if (seen.verdict() == CHANGED) {
                String place = place(seen).orElse(all);
                return "its host key has changed. It shows " + seen.fingerprint() + ", but " + place
                        + " has another one. If the node was set up anew, remove the old key with: ssh-keygen -R '"
                        + seen.host() + "' -f " + place.replaceFirst(", line \\d+$", "")
                        + ". If it was not, something else answers in its place";
            }
            return "its host key is not known. It shows " + seen.fingerprint() + ", and there is no line for "
                    + seen.host() + " in " + (all.isEmpty() ? "any file" : all)
                    + ". If that is the node's key, add it with: ssh-keyscan -p " + target.port() + " " + target.host()
                    + " >> " + first;
        });
    }

    /** The file and the line of another key of the same type. */
    private Optional<String> place(Shown seen) {
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                continue;
            }
            try {
                List<String> content = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
                for (int i = 0; i < content.size(); i++) {
                    String[] words = content.get(i).strip().split("\\s+", -1);
                    if (words.length >= 3 && words[1].equals(seen.type()) && matches(words[0], seen.host())) {
                        return Optional.of(file + ", line " + (i + 1));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Optional.empty();
    }

    private static boolean matches(String patterns, String host) {
        if (patterns.startsWith("|1|")) {
            String[] parts = patterns.split("\\|", -1);
            return parts.length == 4 && parts[3].equals(hash(parts[2], host));
        }
        boolean any = false;
        for (String pattern : patterns.split(",", -1)) {
            boolean negated = pattern.startsWith("!");
            if (SshPattern.matches(negated ? pattern.substring(1) : pattern, host)) {
                if (negated) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }

    private static String hash(String salt, String host) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(salt), "HmacSHA1"));
            return Base64.getEncoder().encodeToString(mac.doFinal(host.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            return "";
        }
    }

    /** The first field of a key in SSH's wire format: four bytes of length, then the name. */
    private static String type(byte[] key) {
        int length = ((key[2] & 0xff) << 8) | (key[3] & 0xff);
        return new String(key, 4, Math.min(length, key.length - 4), StandardCharsets.US_ASCII);
    }

    @Override
    public void add(HostKey key, UserInfo user) {
        // done by check
    }

    @Override
    public void remove(String host, String type) {
        // keys are removed by the user, who knows why
    }

    @Override
    public void remove(String host, String type, byte @Nullable [] key) {
        // see above
    }

    @Override
    public String getKnownHostsRepositoryID() {
        return "known hosts";
    }

    @Override
    public HostKey[] getHostKey() {
        return known.getHostKey();
    }

    @Override
    public HostKey[] getHostKey(@Nullable String host, @Nullable String type) {
        return known.getHostKey(host, type);
    }
}
