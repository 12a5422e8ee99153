package bramble.image;

import java.io.IOException;

/** Nobody can tell here what the journal of a file system holds. */
final class UnreadableJournalException extends IOException {
    private static final long serialVersionUID = 1;

    UnreadableJournalException(String message) {
        super(message);
    }

    static UnreadableJournalException damaged() {
        return new UnreadableJournalException("its ext file system's journal is damaged");
    }
}
