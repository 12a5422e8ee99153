package bramble.modules.files;

import bramble.module.Fact;
import bramble.module.OfUser;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.OptionalInt;

/** Asks for the number of a user or group, also for one that is a number. No process, where /etc/passwd or /etc/group knows it. */
public record IdFact(Kind kind, String name) implements Fact<IdFact.Id>, OfUser {
    /** Users or groups. */
    public enum Kind {
        USER,
        GROUP
    }

    /**
     * A number.
     *
     * @param number empty with {@code exists} if an earlier task would make it and the system chooses the number
     */
    public record Id(boolean exists, OptionalInt number) {
        public static final Id NONE = new Id(false, OptionalInt.empty());

        /** There would be one; the system chooses the number. */
        public static final Id SOME = new Id(true, OptionalInt.empty());

        public static Id of(int number) {
            return new Id(true, OptionalInt.of(number));
        }
    }

    private static final Sh.Library LIBRARY = new Sh.Library("b_id", """
            b_id() { # passwd|group name-or-number
              while IFS=: read -r b_n b_x b_i b_x; do
                [ "$b_n" = "$2" ] || [ "$b_i" = "$2" ] && { printf '%s\\n' "$b_i"; return 0; }
              done <"/etc/$1"
              if command -v getent >/dev/null 2>&1; then
                getent "$1" "$2" | { IFS=: read -r b_n b_x b_i b_x && printf '%s\\n' "$b_i"; }
              elif [ "$1" = passwd ]; then
                id -u "$2" 2>/dev/null
              fi
              return 0
            }""");

    @Override
    public boolean tells(String user, Object value) {
        return kind == Kind.USER && name.equals(user) && value instanceof Id id && id.exists();
    }

    public static IdFact user(String name) {
        return new IdFact(Kind.USER, name);
    }

    public static IdFact group(String name) {
        return new IdFact(Kind.GROUP, name);
    }

    @Override
    public Sh script() {
        return Sh.of("b_id {} {}", kind == Kind.USER ? "passwd" : "group", name).using(LIBRARY);
    }

    @Override
    public Id parse(Answer answer) {
        String number = answer.text().strip();
        return number.isEmpty() ? Id.NONE : Id.of(Integer.parseUnsignedInt(number));
    }
}
