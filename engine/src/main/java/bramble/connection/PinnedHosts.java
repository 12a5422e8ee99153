package bramble.connection;

import bramble.problem.FileTrouble;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The host keys that Bramble gave to nodes, in a file as ssh's known_hosts. Where it speaks of a host, no other such file
 * counts, so that an old key lets nobody in, and a new one is no surprise.
 */
public final class PinnedHosts {
    private static final String AUTHORITY = "@cert-authority";

    private final Path file;

    public PinnedHosts(Path file) {
        this.file = file;
    }

    /**
     * Notes down a node's key, instead of whatever was there for it or for one of its names.
     *
     * @param node stands behind the key, as its comment
     * @param names and addresses by which it is reached
     * @param key its kind and its text
     * @param authority the key that signed it, if one did
     * @return whether that was something new
     */
    public boolean pin(String node, Collection<String> names, String key, Optional<String> authority) {
        return pin(node, names, Optional.of(key), authority);
    }

    private boolean pin(String node, Collection<String> names, Optional<String> key, Optional<String> authority) {
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
            Path beside = file.resolveSibling(file.getFileName() + ".lock");
            synchronized (PinnedHosts.class) { // the file's lock keeps out other programs alone
                try (FileChannel lock = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock _ = lock.lock()) {
                    return replace(node, new LinkedHashSet<>(names), key, authority);
                }
            }
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to note down the host key of " + node + " in " + file
                    + ", but " + FileTrouble.why(e) + ".");
        }
    }

    /** Forgets what was noted down for a node or one of its names. */
    public void forget(String node, Collection<String> names) {
        if (Files.exists(file)) {
            pin(node, names, Optional.empty(), Optional.empty());
        }
    }

    private boolean replace(String node, Set<String> names, Optional<String> key, Optional<String> authority)
            throws IOException {
        List<String> before = Files.exists(file) ? Files.readAllLines(file) : List.of();
        var after = new ArrayList<String>();
        for (String line : before) {
            without(line, node, names).ifPresent(after::add);
        }
        String all = String.join(",", names);
        authority.ifPresent(signer -> after.add(AUTHORITY + " " + all + " " + signer + " " + node));
        key.ifPresent(one -> after.add(all + " " + one + " " + node));
        if (Set.copyOf(after).equals(Set.copyOf(before))) {
            return false;
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, after, StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return true;
    }

    /** A line of another node, without the names that are this one's now. */
    private static Optional<String> without(String line, String node, Set<String> names) {
        String[] words = line.strip().split("\\s+");
        int at = words[0].equals(AUTHORITY) ? 1 : 0;
        if (words.length < at + 3 || words[0].startsWith("#")) {
            return Optional.of(line);
        }
        if (words.length > at + 3 && words[at + 3].equals(node)) {
            return Optional.empty();
        }
        String left = Arrays.stream(words[at].split(",", -1)).filter(name -> !names.contains(name))
                .collect(Collectors.joining(","));
        words[at] = left;
        return left.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", words));
    }
}
