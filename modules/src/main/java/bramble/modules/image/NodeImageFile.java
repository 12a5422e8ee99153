package bramble.modules.image;

import bramble.image.Checksum;
import bramble.module.Beyond;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** An image that is a file of the node. It is unpacked by the controller as any other, for few nodes have the programs. */
record NodeImageFile(String path) {
    private static final long BLOCK = 1 << 20;
    private static final long BLOCKS = 8; // in one answer

    /** What it is known by, without it being fetched. */
    Offer offer(Beyond beyond, Optional<Checksum> wanted) {
        String program = wanted.map(sum -> sum.algorithm().replace("-", "").toLowerCase(Locale.ROOT))
                .orElse("sha256") + "sum";
        Answer answer = beyond.ask().apply(Sh.of("""
                [ -e {} ] || { echo 'there is no such file' >&2; exit 1; }
                [ -f {} ] || { echo 'it is no file' >&2; exit 1; }
                [ -r {} ] || { echo 'permission is denied' >&2; exit 1; }
                command -v {} >/dev/null || { echo {} >&2; exit 1; }
                {} <{}""", path, path, path, program, "the node has no " + program + " to count its checksum", program,
                path));
        if (!answer.ok()) {
            return Offer.failed("Tried to read the node's file " + path + ", but " + answer.errors().strip() + ".");
        }
        String counted = answer.text().split("\\s", 2)[0];
        return wanted.filter(sum -> !sum.hex().equals(counted))
                .map(sum -> Offer.failed("Tried to verify the node's file " + path + ", but its checksum is " + counted
                        + ", and " + sum + " is wanted."))
                .orElseGet(
                        () -> new Offer(program.replace("sum", "") + ":" + counted, "", 0, wanted, Optional.empty()));
    }

    /** Brings it to a file of the controller, which whoever asks for it has to remove. */
    Path fetched(Beyond beyond) throws IOException {
        Path file = Files.createTempFile("bramble", ".img");
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long block = 0;; block += BLOCKS) {
                Answer answer = beyond.ask()
                        .apply(Sh.of("dd if={} bs={} skip={} count={} 2>/dev/null", path, BLOCK, block, BLOCKS));
                if (!answer.ok() || answer.cut()) {
                    throw new IOException("Tried to read the node's file " + path + ", but it failed at its byte "
                            + block * BLOCK + ".");
                }
                out.write(answer.out());
                if (answer.out().length < BLOCK * BLOCKS) {
                    return file;
                }
            }
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }
}
