package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.PythonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The client of PostgreSQL on the node. The connection, its password too, reaches it as a service file through a pipe, statements
 * through another: nothing of it is on a disk, or where a list of processes shows it.
 *
 * @param database where to log in
 */
record PgClient(PgLogin login, String database) {
    /** The longest line of a service file that every version reads. */
    private static final Escapes ESCAPES = new Escapes(
            Map.of('n', '\n', 't', '\t', 'r', '\r', 'b', '\b', 'f', '\f', 'v', '\u000b'));
    private static final int LINE = 240;

    private static final Sh.Library LIBRARY = new Sh.Library("b_pg",
            """
                    b_pg() { # the program, then its words; what b_service prints is the connection
                      command -v "$1" >/dev/null || { echo 'no client' >&2; return 127; }
                      { b_service | { exec 3<&0 <&4 4<&-; cd / && PGSERVICEFILE=/dev/fd/3 PGSERVICE=b PGCLIENTENCODING=UTF8 "$@"; }; } 4<&0
                    }""");

    /** The name of a role, database or the like. */
    static String name(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    static String text(String text) {
        return text.indexOf('\\') < 0
                ? "'" + text.replace("'", "''") + "'"
                : "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    static Sh.Part secret(String text) {
        return Sh.secret(text(text));
    }

    /** Puts questions, or gives orders; the first that fails is the last. */
    Sh tell(Sql statements) {
        String role = login.sessionRole().map(name -> "SET ROLE " + name(name) + ";\n").orElse("");
        return Sh
                .of("{}{} | b_pg psql -X -q -A -t -v ON_ERROR_STOP=1", options(),
                        Sql.of("{}{}", role, statements).printed())
                .using(LIBRARY);
    }

    /** The same, with what the server says of each statement. */
    Sh print(Sql statements) {
        String role = login.sessionRole().map(name -> "SET ROLE " + name(name) + ";\n").orElse("");
        return Sh.of("{}{} | b_pg psql -X -A -t -v ON_ERROR_STOP=1", options(),
                Sql.of("{}{}", role, statements).printed()).using(LIBRARY);
    }

    /** The client that a fact asks. */
    static Optional<PgClient> of(Fact<?> fact) {
        return switch (fact) {
            case PgRows rows -> Optional.of(rows.client());
            case PgRoleFact role -> Optional.of(role.client());
            case PgDatabaseFact base -> Optional.of(base.client());
            case PgAclFact acl -> Optional.of(acl.client());
            case PgGrantsFact grants -> Optional.of(grants.client());
            case PgExtensionFact extension -> Optional.of(extension.client());
            default -> Optional.empty();
        };
    }

    /** A question whose answer is rows that {@link #rows} reads. */
    static Sql rows(Sql select) {
        return Sql.of("COPY ({}) TO STDOUT;\n", select);
    }

    /** A program of PostgreSQL's, called after {@link #options}. */
    static Sh program(String name, List<String> words) {
        return Sh.of("b_pg {} {}", name, words).using(LIBRARY);
    }

    /** Defines {@code b_service}, so that {@code b_pg} can be called. */
    Sh options() {
        var lines = new ArrayList<Object>(List.of("[b]"));
        login.connectParams().byName().forEach((name, value) -> lines.add(name + "=" + PythonText.of(value))); // the first wins
        lines.addAll(List.of("dbname=" + database, "user=" + login.loginUser(), "port=" + login.port(),
                "sslmode=" + login.sslMode().word()));
        if (!login.loginHost().isEmpty() || !login.loginUnixSocket().isEmpty()) {
            lines.add("host=" + (login.loginUnixSocket().isEmpty() ? login.loginHost() : login.loginUnixSocket()));
        }
        login.caCert().ifPresent(file -> lines.add("sslrootcert=" + file));
        login.sslCert().ifPresent(file -> lines.add("sslcert=" + file));
        login.sslKey().ifPresent(file -> lines.add("sslkey=" + file));
        String password = login.loginPassword();
        boolean fits = password.length() <= LINE && password.equals(password.strip())
                && password.chars().noneMatch(c -> c == '\n' || c == '\r');
        if (!password.isEmpty() && fits) {
            lines.add(Sh.secret("password=" + password));
        }
        // a service file can't hold such a password; the environment of a process only its own user sees
        Sh more = fits ? Sh.raw("") : Sh.of("export PGPASSWORD={}\n", Sh.secret(password));
        return Sh.of("{}b_service() { printf '%s\\n' {}; }\n", more, lines);
    }

    /** Whether the other client speaks to the same server. */
    boolean same(PgClient other) {
        return login.loginHost().equals(other.login.loginHost()) && login.port() == other.login.port();
    }

    static <T> Said<T> said(Answer answer, Function<List<List<Optional<String>>>, T> meaning) {
        return answer.ok() ? new Said.Answered<>(meaning.apply(rows(answer))) : silent(answer);
    }

    private static List<List<Optional<String>>> rows(Answer answer) {
        return answer.text().isEmpty()
                ? List.of()
                : Arrays.stream(answer.text().replaceFirst("\n$", "").split("\n", -1))
                        .map(line -> Arrays.stream(line.split("\t", -1)).map(PgClient::plain).toList()).toList();
    }

    private static Optional<String> plain(String cell) {
        return cell.equals("\\N") ? Optional.empty() : Optional.of(ESCAPES.plain(cell));
    }

    static <T> Said<T> silent(Answer answer) {
        String words = words(answer);
        Said.Why why = answer.status() == 127
                || answer.errors().contains("You must install at least one postgresql-client")
                        ? Said.Why.NO_CLIENT
                        : words.contains("could not connect") || words.matches("(?s).*connection to server .*failed: "
                                + "(No such file|Connection refused|FATAL:  the database system is).*")
                                        ? Said.Why.NO_SERVER
                                        : Said.Why.REFUSED;
        return new Said.Silent<>(why, words);
    }

    /** The client's words, without where in the script it stood. */
    static String words(Answer answer) {
        String words = answer.errors().strip().replaceAll("(?m)^psql:<stdin>:\\d+: ", "")
                .replaceFirst("^(psql: error: |ERROR: +)", "");
        return words.isEmpty() ? "exit status " + answer.status() : words;
    }

    /** The client's words about the first thing that failed. */
    static Optional<String> failure(List<Answer> answers) {
        return answers.stream().filter(answer -> answer.status() > 0).findFirst().map(PgClient::words);
    }

    /** What a user reads where there is no answer. */
    String sentence(String tried, Said.Silent<?> silent) {
        String hint = silent.words().contains("Peer authentication failed")
                ? " (become_user: " + login.loginUser() + " is the way in where the server looks at who the process is)"
                : "";
        return switch (silent.why()) {
            case NO_CLIENT -> "Tried to " + tried
                    + ", but the node has no psql: install the package postgresql-client first.";
            case NO_SERVER -> "unable to connect to database: " + silent.words();
            case REFUSED -> (silent.words().startsWith("connection to server")
                    ? "unable to connect to database: "
                    : "Tried to " + tried + ", but the server says: ") + silent.words() + hint;
        };
    }

    /** What an effect does to an answer of this client: a role or a database may be there then. */
    <T> Maybe<Said<T>> after(Effect.Becomes<?> effect, Said<T> current) {
        boolean way = switch (effect.fact()) {
            case PgRoleFact role -> same(role.client()) && role.name().equals(login.loginUser());
            case PgDatabaseFact base -> same(base.client()) && base.name().equals(database);
            default -> false;
        };
        return way && current instanceof Said.Silent<T>
                ? Maybe.unknown("the way into the database " + database + " would be made by this run")
                : current.after(effect);
    }
}
