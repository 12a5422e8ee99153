package bramble.galaxy;

import java.util.Optional;

/** {@code namespace.name}. */
public record CollectionName(String namespace, String name) {

    /** Empty for a text that is none. */
    public static Optional<CollectionName> of(String text) {
        String[] parts = text.split("\\.", -1);
        return parts.length == 2 && parts[0].matches("[A-Za-z_]\\w*") && parts[1].matches("[A-Za-z_]\\w*")
                ? Optional.of(new CollectionName(parts[0], parts[1]))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return namespace + "." + name;
    }
}
