package bramble.problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.Optional;

/** Why a file of this machine can't be read or written, in words: the library's own are often no more than its name. */
public final class FileTrouble {
    private FileTrouble() {}

    /** The part of a sentence that follows "but". */
    public static String why(IOException trouble) {
        return switch (trouble) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "permission is denied";
            case FileAlreadyExistsException known -> known.getFile() + " is there already";
            case DirectoryNotEmptyException known -> "the folder " + known.getFile() + " isn't empty";
            case CharacterCodingException _ -> "it is no UTF-8 text";
            case FileSystemException known when known.getReason() != null -> words(known.getReason());
            case IOException other -> Optional.ofNullable(other.getMessage()).map(FileTrouble::words)
                    .orElse(other.getClass().getSimpleName());
        };
    }

    /** What the system's own words are within a sentence. */
    private static String words(String reason) {
        return switch (reason) {
            case "Is a directory" -> "it is a folder";
            case "No space left on device" -> "no space is left there";
            case "Disk quota exceeded" -> "the user's quota there is used up";
            case "Read-only file system" -> "the file system is read-only";
            default -> reason;
        };
    }

    /** A whole sentence: that of the one who met the trouble, if there is one. */
    public static String sentence(UncheckedIOException trouble) {
        IOException cause = Objects.requireNonNull(trouble.getCause());
        String said = String.valueOf(trouble.getMessage());
        if (!said.equals(cause.toString())) {
            return said;
        }
        String file = cause instanceof FileSystemException known ? known.getFile() : null;
        return "Tried to read or write " + (file == null ? "a file of this machine" : file) + ", but " + why(cause);
    }
}
