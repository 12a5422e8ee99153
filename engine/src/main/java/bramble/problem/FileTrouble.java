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
            case FileSystemException known when "Is a directory".equals(known.getReason()) -> "it is a folder";
            case FileSystemException known when known.getReason() != null -> known.getReason();
            case IOException other when "Is a directory".equals(other.getMessage()) -> "it is a folder";
            case IOException other -> Optional.ofNullable(other.getMessage()).orElse(other.getClass().getSimpleName());
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
