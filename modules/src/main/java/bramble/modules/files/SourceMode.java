package bramble.modules.files;

import bramble.args.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/** {@code mode: preserve}: what a file has on the controller. */
final class SourceMode {
    private SourceMode() {}

    static Optional<Mode> of(Optional<Mode> mode, Path source) {
        return mode.map(
                given -> given.text().equals("preserve") ? new Mode("0" + Integer.toOctalString(bits(source))) : given);
    }

    static int bits(Path source) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(source);
            int bits = 0;
            for (PosixFilePermission permission : PosixFilePermission.values()) { // from OWNER_READ to OTHERS_EXECUTE
                bits = bits << 1 | (permissions.contains(permission) ? 1 : 0);
            }
            return bits;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
