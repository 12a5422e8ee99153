package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.record.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written to which card is in the record, and is shown as runs are. */
class ImageRecordTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void aCardIsShownAsARunIs() throws IOException {
        var cli = new Cli(folder, folder.resolve("data"));
        byte[] image = DiskImage.of(6, 0);
        Arrays.fill(image, 446 + 16, 510, (byte) 0); // no more than one partition
        Files.write(folder.resolve("a.img"), image);
        Files.write(folder.resolve("card"), new byte[10]);
        assertEquals(0, cli.call("image", "write", "--force", "--yes", "a.img", "card").code());
        assertEquals(0, cli.call("image", "write", "--force", "--dry-run", "a.img", "card").code());

        Cli.Said list = cli.call("history");
        assertTrue(list.out().contains(" ok           image write --force --yes a.img card\n"), list::toString);
        assertFalse(list.out().contains("--dry-run"), list::toString);
        Cli.Said shown = cli.call("history", "show", "last");
        assertTrue(shown.out().contains("write a.img to " + folder.resolve("card")), shown::toString);
        assertTrue(shown.out().contains("localhost changed"), shown::toString);
        assertTrue(shown.out().contains("+the image a.img, sha256:"), shown::toString);
        assertTrue(cli.call("history", "host", "localhost").out().contains("write a.img to "));

        try (var history = new History(folder.resolve("data/runs.db"))) {
            List<History.Entry> all = history.changesOf("localhost", 99);
            List<String> old = RebuildReport.of(all, List.of(), Instant.MAX).lines();
            assertTrue(old.getLast().startsWith("its last card that is recorded had a.img (sha256:"), old::toString);
            List<String> fresh = RebuildReport.of(all, List.of(), Instant.EPOCH).lines();
            assertTrue(fresh.getLast().startsWith("its card has a.img (sha256:"), fresh::toString);
        }

        Cli.Said made = cli.call("image", "clone", "./card", "clone.img.gz");
        assertEquals(0, made.code(), made::toString);
        Cli.Said clone = cli.call("history", "show", "last");
        assertTrue(clone.out().contains("clone ./card to clone.img.gz"), clone::toString);
        String sum = Files.readString(folder.resolve("clone.img.gz.sha256")).split(" ", 2)[0];
        assertTrue(clone.out().contains("+the image " + folder.resolve("clone.img.gz") + ", sha256:" + sum),
                clone::toString);

        byte[] packed = DiskImage.packed(DiskImage.of(9, 0), "b.img.gz");
        Files.write(folder.resolve("b.img.gz"), Arrays.copyOf(packed, packed.length - 5));
        assertEquals(1, cli.call("image", "write", "--force", "--yes", "b.img.gz", "card").code());
        Cli.Said failed = cli.call("history", "show", "last");
        assertTrue(failed.out().contains("localhost failed") && failed.out().contains("it ends too early"),
                failed::toString);
    }
}
