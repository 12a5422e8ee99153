package bramble.image;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that nobody else is to read: a clone has the keys and the passwords of a node. */
public final class PrivateFile {
    private PrivateFile() {}

    /** Makes one, in the place of any that is there. */
    static FileChannel fresh(Path file) throws IOException {
        Files.deleteIfExists(file);
        FileAttribute<?>[] attributes = file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[]{
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
        return FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE), attributes);
    }

    /** Has a file be for its owner alone, before anything secret is in it; a device, and a file of somebody else, stays as it is. */
    public static void ownersAlone(Path file) {
        if (Files.isRegularFile(file) && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            } catch (IOException _) {
                // whoever it belongs to says who may read it
            }
        }
    }

    /** Has a file be read by those who may read another one, if there is that. */
    static void readAs(Path file, Path other) throws IOException {
        if (Files.exists(other) && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, Files.getPosixFilePermissions(other));
        }
    }
}
