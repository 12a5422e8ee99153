package bramble.modules.image;

import bramble.image.Checksum;
import bramble.module.Beyond;
import bramble.problem.FileTrouble;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** An image that is a file of the node. It is unpacked by the controller as any other, for few nodes have the programs. */
record NodeImageFile(String path) {
    private static final long BLOCK = 1 << 20;
    private static final long BLOCKS = 8; // in one answer

    /** Names of files that tell nothing of the size of the image in them. */
    private static final String PACKED = "(?i).*\\.(xz|gz|zst|bz2|zip)";

    /** What it is known by, without it being fetched. */
    Offer offer(Beyond beyond, Optional<Checksum> wanted) {
        String program = wanted.map(sum -> sum.algorithm().replace("-", "").toLowerCase(Locale.ROOT))
                .orElse("sha256") + "sum";
        Answer answer = beyond.ask()
                .apply(Sh.of("""
                        [ -e {} ] || { echo 'there is no such file' >&2; exit 1; }
                        [ -f {} ] || { echo 'it is no file' >&2; exit 1; }
                        [ -r {} ] || { echo 'permission is denied' >&2; exit 1; }
                        command -v {} >/dev/null || { echo {} >&2; exit 1; }
                        {} <{} && wc -c <{}""", path, path, path, program,
                        "the node has no " + program + " to count its checksum",
                        program, path, path));
        if (!answer.ok()) {
            return Offer.failed("Tried to read the node's file " + path + ", but " + answer.errors().strip() + ".");
        }
        List<String> lines = answer.text().lines().toList();
        String counted = lines.getFirst().split("\\s", 2)[0];
        long size = path.matches(PACKED) ? 0 : Long.parseLong(lines.getLast().strip());
        return wanted.filter(sum -> !sum.hex().equals(counted))
                .map(sum -> Offer.failed("Tried to verify the node's file " + path + ", but its checksum is " + counted
                        + ", and " + sum + " is wanted."))
                .orElseGet(
                        () -> new Offer(program.replace("sum", "") + ":" + counted, "", size, wanted,
                                Optional.empty()));
    }

    /** Brings it to a file of the controller, which has no name and is gone once it is closed, or the controller ends. */
    FileChannel fetched(Beyond beyond) throws IOException {
        FileChannel held = FileChannel.open(Files.createTempFile("bramble", ".img"), StandardOpenOption.READ,
                StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        boolean whole = false;
        try {
            fetch(beyond, held);
            whole = true;
            return held;
        } finally {
            if (!whole) {
                held.close();
            }
        }
    }

    private void fetch(Beyond beyond, FileChannel held) throws IOException {
        for (long block = 0;; block += BLOCKS) {
            Answer answer = beyond.ask()
                    .apply(Sh.of("dd if={} bs={} skip={} count={} 2>/dev/null", path, BLOCK, block, BLOCKS));
            if (!answer.ok() || answer.cut()) {
                throw new IOException("Tried to read the node's file " + path + ", but it failed at its byte "
                        + block * BLOCK + ".");
            }
            ByteBuffer some = ByteBuffer.wrap(answer.out());
            try {
                while (some.hasRemaining()) {
                    held.write(some);
                }
            } catch (IOException e) {
                throw new IOException("Tried to hold the node's file " + path + " in "
                        + System.getProperty("java.io.tmpdir") + ", but " + FileTrouble.why(e) + ".", e);
            }
            if (answer.out().length < BLOCK * BLOCKS) {
                return;
            }
        }
    }
}
