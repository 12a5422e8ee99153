package bramble.image;

import java.io.IOException;

/** What a file system says of itself can't be. */
final class DamagedException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedException(String message) {
        super(message);
    }
}
