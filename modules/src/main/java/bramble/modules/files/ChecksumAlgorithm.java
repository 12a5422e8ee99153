package bramble.modules.files;

import java.util.Locale;

/** A digest that a task may ask for. */
public enum ChecksumAlgorithm {
    MD5,
    SHA1,
    SHA224,
    SHA256,
    SHA384,
    SHA512;

    /** Its name in Java. */
    String javaName() {
        return this == MD5 ? "MD5" : "SHA-" + name().toLowerCase(Locale.ROOT).substring(3);
    }
}
