package bramble.modules.network;

/** What a server has, compared with a file that is there. */
sealed interface Offer {
    /** There is no file to compare it with; a dry run asks what would come. */
    record NoFile(String told) implements Offer {}

    /** There is no file, and the server has none either. */
    record Missing(int status, String why) implements Offer {}

    /** The file is what the server has; {@code status} 304 if it said so itself. */
    record Same(int status) implements Offer {}

    /** The server has something else. */
    record Other() implements Offer {}

    /** It can't be had. */
    record Failed(String why) implements Offer {}
}
