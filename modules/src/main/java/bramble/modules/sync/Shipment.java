package bramble.modules.sync;

import bramble.modules.network.Spool;
import bramble.shell.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** What is sent to a node: a tar, gzipped, of the controller's files with the attributes that they are to have. */
final class Shipment {
    private Shipment() {}

    /** @param single the one file that is sent, where it isn't a folder */
    static Content of(Path base, List<Difference.Step> steps, Optional<Path> single) throws IOException {
        Path file = Files.createTempFile("bramble", ".tgz");
        try {
            try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE);
                    var tar = new TarArchiveOutputStream(new GZIPOutputStream(out), "UTF-8")) {
                tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
                tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
                for (Difference.Step step : steps) {
                    add(tar, single.orElse(base.resolve(step.name())), step);
                }
            }
            try (InputStream in = Files.newInputStream(file)) {
                return Spool.of(in);
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void add(TarArchiveOutputStream tar, Path path, Difference.Step step) throws IOException {
        Side.Entry entry = step.becoming();
        String name = step.name().isEmpty() ? "." : step.name();
        TarArchiveEntry header = switch (entry.kind()) {
            case FOLDER -> new TarArchiveEntry(name + "/");
            case LINK -> new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
            case FILE, OTHER -> new TarArchiveEntry(name);
        };
        if (entry.kind() == Side.Kind.LINK) {
            header.setLinkName(entry.target());
        }
        header.setMode(entry.mode());
        header.setModTime((entry.mtime() < 0 ? Instant.now().getEpochSecond() : entry.mtime()) * 1000);
        header.setIds(entry.user().id().orElse(0), entry.group().id().orElse(0));
        header.setNames(entry.user().id().isPresent() ? "" : entry.user().name(),
                entry.group().id().isPresent() ? "" : entry.group().name());
        if (entry.kind() == Side.Kind.FILE) {
            header.setSize(Files.size(path));
        }
        tar.putArchiveEntry(header);
        if (entry.kind() == Side.Kind.FILE) {
            Files.copy(path, tar);
        }
        tar.closeArchiveEntry();
    }
}
