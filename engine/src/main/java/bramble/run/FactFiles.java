package bramble.run;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.Secrets;
import bramble.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps facts as JSON, a file a host: the cache {@code jsonfile}.
 *
 * @param prefix of the files' names; the rest is the host's
 * @param lifetime after which a file counts no more; zero for ever
 * @param secrets what must not get into a file: a fact with any of it is left out
 */
public record FactFiles(Path folder, String prefix, Duration lifetime, Secrets secrets) implements FactCache {
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
            return Optional.of(Json.parse(Files.readString(file))).filter(MapValue.class::isInstance)
                    .map(MapValue.class::cast);
        } catch (IOException | ProblemException e) {
            return Optional.empty(); // as if nothing were kept: the facts are read again
        }
    }

    @Override
    public void write(String host, MapValue facts) {
        Map<String, Value> kept = new LinkedHashMap<>();
        facts.byName().forEach((name, value) -> {
            if (value.plain() && secrets.mask(value).equals(value)) {
                kept.put(name, value);
            }
        });
        try {
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, ".facts", "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
            Files.writeString(fresh, Json.pretty(MapValue.named(kept)));
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
