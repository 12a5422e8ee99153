package bramble.run;

import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.None;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps facts as JSON, a file a host: the cache {@code jsonfile}.
 *
 * @param prefix of the files' names; the rest is the host's
 * @param lifetime after which a file counts no more; zero for ever
 * @param kept what of a host's facts may be kept
 * @param trouble is told of what can't be read
 */
public record FactFiles(Path folder, String prefix, Duration lifetime, KeepableFacts kept, Consumer<Problem> trouble)
        implements
            FactCache {
    private static final String PRIVATE = "rw-------";

    private Path file(String host) {
        return folder.resolve(prefix + host.replace("/", "%2F"));
    }

    @Override
    public Optional<MapValue> read(String host) {
        Path file = file(host);
        try {
            if (!Files.isRegularFile(file) || (!lifetime.isZero()
                    && Files.getLastModifiedTime(file).toInstant().plus(lifetime).isBefore(Instant.now()))) {
                return Optional.empty();
            }
            if (Json.tryParse(Files.readString(file)).orElse(None.NONE) instanceof MapValue facts) {
                return Optional.of(facts);
            }
            unread(host, file, "it is no JSON object");
        } catch (IOException e) {
            unread(host, file, FileTrouble.why(e));
        }
        return Optional.empty(); // as if nothing were kept: the facts are read again
    }

    private void unread(String host, Path file, String why) {
        trouble.accept(Problem.warning(Source.NONE, "Tried to read the facts of " + host + " that are kept in " + file
                + ", but " + why + ".", "Until they are gathered again, it has none."));
    }

    @Override
    public void write(String host, MapValue facts) {
        try {
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, ".facts", "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
            Files.write(fresh, Json.pretty(kept.of(facts)).getBytes(StandardCharsets.UTF_8));
            Files.move(fresh, file(host), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ProblemException(Problem.error(Source.file(folder.toString()),
                    "Tried to keep the facts of " + host + ", but the folder can't be written: " + e.getMessage(),
                    "fact_caching_connection names it."));
        }
    }

    @Override
    public void forget(String host) {
        try {
            Files.deleteIfExists(file(host));
        } catch (IOException e) {
            throw new ProblemException(Source.file(file(host).toString()),
                    "Tried to forget the facts of " + host + ", but the file can't be removed: " + e.getMessage());
        }
    }
}
