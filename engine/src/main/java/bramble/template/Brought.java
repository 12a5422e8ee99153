package bramble.template;

import java.util.Optional;

/** Filters, tests and lookups beyond Bramble's own, which playbooks and collections bring. */
public interface Brought {
    Optional<Filter> filter(String name, Scope scope);

    Optional<Test> test(String name, Scope scope);

    Optional<Lookup> lookup(String name, Scope scope);

    /** Whether a filter or test ({@code kind}) takes the place of Bramble's own of the same short name. */
    boolean replaces(String kind, String name, Scope scope);

    /** Nothing is brought. */
    Brought NONE = new Brought() {
        @Override
        public Optional<Filter> filter(String name, Scope scope) {
            return Optional.empty();
        }

        @Override
        public Optional<Test> test(String name, Scope scope) {
            return Optional.empty();
        }

        @Override
        public Optional<Lookup> lookup(String name, Scope scope) {
            return Optional.empty();
        }

        @Override
        public boolean replaces(String kind, String name, Scope scope) {
            return false;
        }
    };
}
