package bramble.galaxy;

import bramble.problem.FileTrouble;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveException;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.ArchiveStreamFactory;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;

/**
 * Unpacks archives that come from elsewhere. Whatever an archive says, nothing is written outside of the folder, no link
 * leads out of it, and what is neither file, folder nor link is left out.
 *
 * @param shown how the archive is called in messages
 */
record Unpacking(Path archive, String shown) {
    private static final long LARGEST = 4L << 30;

    /** Everything, below a folder that is there. */
    void into(Path folder) {
        var links = new LinkedHashMap<Path, String>();
        try (var in = open()) {
            long total = 0;
            for (ArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path target = inside(folder, entry.getName());
                if (entry instanceof TarArchiveEntry tar && (tar.isSymbolicLink() || tar.isLink())) {
                    links.put(target, (tar.isLink() ? "=" : "") + tar.getLinkName());
                } else if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else if (!(entry instanceof TarArchiveEntry tar) || tar.isFile()) {
                    total += write(in, target, entry);
                    if (total > LARGEST) {
                        throw refused("it holds more than 4 GiB");
                    }
                }
            }
            for (Map.Entry<Path, String> link : links.entrySet()) {
                link(folder, link.getKey(), link.getValue());
            }
        } catch (IOException e) {
            throw refused(FileTrouble.why(e));
        }
    }

    private static long write(InputStream in, Path target, ArchiveEntry entry) throws IOException {
        Files.createDirectories(Optional.ofNullable(target.getParent()).orElse(target));
        Files.deleteIfExists(target);
        long size;
        try (var out = Files.newOutputStream(target)) {
            size = in.transferTo(out);
        }
        boolean executable = entry instanceof TarArchiveEntry tar && (tar.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(target,
                PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        return size;
    }

    /** Links are made last, so that nothing is written through one. */
    private void link(Path folder, Path at, String to) throws IOException {
        if (to.startsWith("=")) {
            Path original = inside(folder, to.substring(1));
            if (Files.isRegularFile(original, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(Optional.ofNullable(at.getParent()).orElse(folder));
                Files.copy(original, at, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
            return;
        }
        Path parent = Optional.ofNullable(at.getParent()).orElse(folder);
        if (to.startsWith("/") || !parent.resolve(to).normalize().startsWith(folder)) {
            throw refused("its link " + folder.relativize(at) + " leads out of it, to " + to);
        }
        Files.createDirectories(parent);
        if (!parent.toRealPath().startsWith(folder.toRealPath())) {
            throw refused("its link " + folder.relativize(at) + " stands behind another link");
        }
        Files.deleteIfExists(at);
        Files.createSymbolicLink(at, Path.of(to));
    }

    private Path inside(Path folder, String name) {
        Path target = folder.resolve(name.replaceFirst("^/+", "")).normalize();
        if (name.startsWith("/") || !target.startsWith(folder)) {
            throw refused("it names a file outside of it, " + name);
        }
        return target;
    }

    /** The names of all files. */
    List<String> names() {
        var names = new ArrayList<String>();
        try (var in = open()) {
            for (ArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.isDirectory()) {
                    names.add(entry.getName().replaceFirst("^\\./", ""));
                }
            }
        } catch (IOException e) {
            throw refused(FileTrouble.why(e));
        }
        return names;
    }

    /** What a file in it holds. */
    Optional<byte[]> read(String name) {
        try (var in = open()) {
            for (ArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().replaceFirst("^\\./", "").equals(name)) {
                    return Optional.of(in.readNBytes(64 << 20));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw refused(FileTrouble.why(e));
        }
    }

    private ArchiveInputStream<? extends ArchiveEntry> open() throws IOException {
        var file = new BufferedInputStream(Files.newInputStream(archive));
        try {
            InputStream plain;
            try {
                plain = new BufferedInputStream(new CompressorStreamFactory(true).createCompressorInputStream(file));
            } catch (CompressorException _) {
                plain = file; // not compressed, or a zip
            }
            return new ArchiveStreamFactory().createArchiveInputStream(plain);
        } catch (ArchiveException e) {
            file.close();
            throw refused("it is no archive that can be read");
        }
    }

    private ProblemException refused(String why) {
        return new ProblemException(Source.NONE, "Tried to unpack " + shown + ", but " + why + ".");
    }
}
