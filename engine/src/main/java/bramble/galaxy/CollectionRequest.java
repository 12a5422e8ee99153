package bramble.galaxy;

import java.util.Optional;

/** A collection that somebody wants. */
public sealed interface CollectionRequest {
    /**
     * One that a Galaxy server has.
     *
     * @param server the name or address of the only server to ask
     */
    record OnServer(CollectionName name, VersionRange range, Optional<String> server) implements CollectionRequest {}

    /** A file on this machine. */
    record Archive(String path) implements CollectionRequest {}

    /** A file on a web server. */
    record Address(String url) implements CollectionRequest {}

    /** A folder on this machine: a collection's sources, or some of them side by side. */
    record Folder(String path) implements CollectionRequest {}

    /**
     * A git repository.
     *
     * @param version a branch, tag or commit
     * @param below the folder in it
     */
    record Git(String url, Optional<String> version, String below) implements CollectionRequest {

        /** From {@code [git+]url[#/folder][,version]}. */
        static Git of(String text, Optional<String> version) {
            String rest = text.replaceFirst("^git\\+", "");
            int comma = rest.lastIndexOf(',');
            Optional<String> named = comma < 0 ? version : Optional.of(rest.substring(comma + 1));
            String address = comma < 0 ? rest : rest.substring(0, comma);
            int hash = address.indexOf('#');
            return new Git(hash < 0 ? address : address.substring(0, hash),
                    named.filter(one -> !one.isEmpty() && !one.equals("*")),
                    hash < 0 ? "" : address.substring(hash + 1).replaceAll("^/+|/+$", ""));
        }
    }
}
