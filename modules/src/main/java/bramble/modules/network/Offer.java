package bramble.modules.network;

import bramble.value.MapValue;

/** What a server has, compared with a file that is there. */
sealed interface Offer {
    /** There is no file to compare it with; a dry run asks what would come. */
    record NoFile(String told) implements Offer {}

    /** The server has none, whether there is a file or not. */
    record Missing(int status, String why) implements Offer {}

    /** The server says itself that it has nothing newer. */
    record Unmodified() implements Offer {}

    /**
     * The file is what the server sends.
     *
     * @param sums the results that are made of it: its checksums
     */
    record Same(MapValue sums) implements Offer {}

    /** The server has something else. */
    record Other() implements Offer {}

    /** The server can't be asked. */
    record Failed(String why) implements Offer {}
}
