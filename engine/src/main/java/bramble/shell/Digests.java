package bramble.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** Digests of the controller's files: each is counted once, for all hosts, as long as the file stays as it is. */
public final class Digests {
    private static final int LARGE = 256 * 1024; // bytes; a smaller file is counted faster than looked up

    private final ConcurrentMap<Key, CompletableFuture<String>> known = new ConcurrentHashMap<>();

    private record Key(Path path, long length, long changed, Object inode, String algorithm) {}

    /** Whoever asks first counts; who asks meanwhile waits for him. */
    String of(Path path, String algorithm, Supplier<String> count) {
        Key key;
        try {
            BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
            if (file.size() < LARGE) {
                return count.get();
            }
            Object inode = file.fileKey() == null ? "" : file.fileKey();
            key = new Key(path, file.size(), file.lastModifiedTime().toMillis(), inode, algorithm);
        } catch (IOException _) {
            return count.get(); // which tells what is wrong
        }
        var mine = new CompletableFuture<String>();
        CompletableFuture<String> others = known.putIfAbsent(key, mine);
        if (others != null) {
            return others.join();
        }
        try {
            mine.complete(count.get());
            return mine.join();
        } finally {
            if (!mine.isDone()) { // it could not be read: the next one tries again, and those who wait are told
                known.remove(key);
                mine.completeExceptionally(new IllegalStateException("Tried to read " + path + ", but it failed"));
            }
        }
    }
}
