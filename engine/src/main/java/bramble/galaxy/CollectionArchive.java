package bramble.galaxy;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A collection as it is handed on: an archive with the checksums of all that is in it.
 *
 * @param shown where it comes from, for messages
 */
record CollectionArchive(Path file, String shown) {

    Manifest manifest() {
        return Manifest.ofJson(manifestText(), shown);
    }

    /** What it says of itself, with the checksum of the list of all other checksums. */
    String manifestText() {
        return new Unpacking(file, shown).read(Manifest.FILE).map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElseThrow(
                        () -> wrong("there is no " + Manifest.FILE + " in it: it is no collection that was built"));
    }

    /** Unpacks it into a folder, and checks each file: what is not listed, or differs from its checksum, is refused. */
    void into(Path folder) throws IOException {
        new Unpacking(file, shown).into(folder);
        Path list = folder.resolve("FILES.json");
        Value manifest = Json.tryParse(Files.readString(folder.resolve(Manifest.FILE)))
                .orElseThrow(() -> wrong(Manifest.FILE + " is no JSON"));
        Optional<String> sum = GalaxyApi.field(manifest, "file_manifest_file")
                .flatMap(about -> GalaxyApi.text(about, "chksum_sha256"));
        if (!Files.isRegularFile(list) || !sum.equals(Optional.of(Web.sha256(list)))) {
            throw wrong("the checksum of FILES.json is not the one that " + Manifest.FILE + " says");
        }
        Map<String, String> sums = sums(Files.readString(list), shown);
        for (Map.Entry<String, String> one : sums.entrySet()) {
            Path path = folder.resolve(one.getKey()).normalize();
            if (!path.startsWith(folder)) {
                throw wrong("it names a file outside of it, " + one.getKey());
            }
            if (!Files.isRegularFile(path) || !Web.sha256(path).equals(one.getValue())) {
                throw wrong("the checksum of " + one.getKey() + " is not the one that FILES.json says");
            }
        }
        try (var files = Files.walk(folder)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(path).toString();
                if (!sums.containsKey(name) && !name.equals("FILES.json") && !name.equals(Manifest.FILE)) {
                    Files.delete(path); // nobody vouches for it
                }
            }
        }
    }

    /** The checksums of files by name. */
    static Map<String, String> sums(String json, String shown) {
        var sums = new LinkedHashMap<String, String>();
        Value all = Json.tryParse(json).orElseThrow(() -> new ProblemException(Source.NONE,
                "Tried to read the list of files of " + shown + ", but it is no JSON."));
        GalaxyApi.field(all, "files").ifPresent(files -> GalaxyApi.items(files).forEach(one -> {
            if (GalaxyApi.text(one, "ftype").equals(Optional.of("file"))) {
                sums.put(GalaxyApi.text(one, "name").orElse("?"), GalaxyApi.text(one, "chksum_sha256").orElse(""));
            }
        }));
        return sums;
    }

    static String sum(byte[] bytes) {
        return HexFormat.of().formatHex(Web.sha256().digest(bytes));
    }

    private ProblemException wrong(String why) {
        return new ProblemException(Source.NONE,
                "Tried to install the collection " + Web.shown(shown) + ", but " + why + ".");
    }
}
