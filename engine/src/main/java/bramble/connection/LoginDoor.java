package bramble.connection;

import bramble.shell.Door;
import bramble.shell.Remote;
import bramble.shell.Sh;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The way to a shell of the login user, or of the user that is become on the way. */
record LoginDoor(Connection connection, Optional<Become> become, String prompt) implements Door {
    /** How su, in any language, asks for a password: an unfinished line with a colon at its end. */
    private static final Pattern ASKS = Pattern.compile("[^\\n]*[:\\uff1a] ?\\z");

    LoginDoor(Connection connection, Optional<Become> become) {
        this(connection, become, "[bramble " + UUID.randomUUID() + "] password: ");
    }

    @Override
    public Remote open(String script) {
        return connection.start(become.map(other -> other.command(script, prompt))
                .orElseGet(() -> Sh.of("exec /bin/sh -c {}", script).source()));
    }

    @Override
    public Optional<String> answer(String printed, int answers) {
        if (become.isEmpty() || !asked(become.get(), printed)) {
            return Optional.empty();
        }
        if (answers > 0) {
            throw incorrect(become.get());
        }
        return Optional.of(become.get().password().orElseThrow(() -> missing(become.get())).text());
    }

    private boolean asked(Become other, String printed) {
        return switch (other.method()) {
            case SUDO -> other.password().isPresent() && printed.contains(prompt);
            case SU, RUNUSER -> ASKS.matcher(printed).find();
            case DOAS -> false; // it asks on a terminal only
        };
    }

    @Override
    public RuntimeException refused(String printed) {
        String said = printed.replace(prompt, "").strip();
        if (become.isEmpty()) {
            return new UnreachableException("Tried to start a shell as " + this + ", but the login ended"
                    + (said.isEmpty() ? " without a word" : ": " + said));
        }
        Become other = become.get();
        String low = said.toLowerCase(java.util.Locale.ROOT);
        if (low.contains("password is required") || low.contains("a terminal is required")
                || low.contains("authentication required")) {
            return other.password().isEmpty() || other.method() == Become.Method.DOAS
                    ? missing(other)
                    : incorrect(other);
        }
        if (other.password().isPresent() && (low.contains("try again") || low.contains("incorrect password")
                || low.contains("authentication failure") || low.contains("authentication token")
                || low.contains("password attempt"))) {
            return incorrect(other);
        }
        return new BecomeException("Tried to become " + other.user() + " by " + other.method().word() + " as "
                + connection.describe() + ", but " + (said.isEmpty() ? "it ended without a word" : "it said: " + said));
    }

    private static BecomeException missing(Become other) {
        return new BecomeException("Missing " + other.method().word()
                + " password" + (other.method() == Become.Method.DOAS
                        ? ""
                        : ". Give it with -K, or ansible_become_password"));
    }

    private static BecomeException incorrect(Become other) {
        return new BecomeException("Incorrect " + other.method().word() + " password");
    }

    @Override
    public String toString() {
        return become.map(other -> other.user() + " on ").orElse("") + connection.describe();
    }
}
