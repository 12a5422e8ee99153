package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The client of MySQL or MariaDB on the node. All that it needs to know reaches it as an option file through a pipe, statements
 * through another: nothing of it is on a disk, or where a list of processes shows it.
 *
 * @param implicitAdmin whether root without a password is tried first
 * @param configWins whether the configuration file may say another host and port
 * @param configOnly whether no other configuration is read
 * @param preamble statements to begin with, quoted
 */
record MysqlClient(MysqlLogin login, boolean implicitAdmin, boolean configWins, boolean configOnly, String preamble) {
    private static final Pattern ERROR = Pattern.compile("(?m)ERROR (\\d+)\\b.*|[Gg]ot error: (\\d+):.*");

    private static final Sh.Library LIBRARY = new Sh.Library("b_mysql",
            """
                    b_include() { # files; a line for each that is there
                      for b_f; do
                        case $b_f in '~/'*) b_f=$HOME/${b_f#??} ;; esac
                        [ ! -r "$b_f" ] || printf '!include %s\\n' "$b_f"
                      done
                    }
                    b_mysql() { # the program's names in a word, then its words; what b_options prints is its configuration
                      b_c=
                      for b_n in $1; do b_c=$(command -v "$b_n") && break; done
                      [ -n "$b_c" ] || { echo 'no client' >&2; return 127; }
                      shift
                      { b_options | { exec 3<&0 <&4 4<&-; "$b_c" --defaults-file=/dev/fd/3 "$@"; }; } 4<&0
                    }""");

    /** A name of a database, table or column. */
    static String name(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    /** A text. It holds as {@link #SETTINGS} makes the server read it. */
    static String text(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n").replace("\r", "\\r")
                .replace("\0", "\\0") + "'";
    }

    static Sh.Part secret(String text) {
        return Sh.secret(text(text));
    }

    /** Texts and names are read in one way, whatever the server is set to. */
    private static final Escapes ESCAPES = new Escapes(Map.of('n', '\n', 't', '\t', '0', '\0'));
    private static final String SETTINGS = "SET SESSION sql_mode='STRICT_ALL_TABLES';\n";

    /** Puts questions, or gives orders, in words that are quoted by this class. */
    Sh tell(Sql statements) {
        return ask(Sql.of("{}{}{}", SETTINGS, preamble, statements), List.of("-B", "-N"));
    }

    Sh ask(Sql statements, List<String> words) {
        return Sh.of("{}{} | b_mysql 'mariadb mysql' {}", options(), statements.printed(),
                words(words)).using(LIBRARY);
    }

    private static List<String> words(List<String> more) {
        var words = new ArrayList<>(List.of("--default-character-set=utf8mb4"));
        words.addAll(more);
        return words;
    }

    /** Defines {@code b_options}, so that {@code b_mysql} can be called. */
    Sh options() {
        boolean tcp = login.loginHost().equals("localhost") && login.loginPort() != 3306
                && login.loginUnixSocket().isEmpty();
        var place = new ArrayList<String>(List.of(option("host", login.loginHost()),
                "port=" + login.loginPort()));
        login.loginUnixSocket().ifPresent(path -> place.add(option("socket", path)));
        if (tcp) {
            place.add("protocol=tcp");
        }
        var more = new ArrayList<String>(List.of("loose-connect-timeout=" + login.connectTimeout()));
        login.caCert().ifPresent(path -> more.add(option("ssl-ca", path)));
        login.clientCert().ifPresent(path -> more.add(option("ssl-cert", path)));
        login.clientKey().ifPresent(path -> more.add(option("ssl-key", path)));
        login.checkHostname().ifPresent(check -> more.add(check
                ? "loose-ssl-mode=VERIFY_IDENTITY\nloose-ssl-verify-server-cert"
                : "loose-skip-ssl-verify-server-cert"));
        var files = new ArrayList<String>(configOnly ? List.of() : List.of("/etc/my.cnf", "/etc/mysql/my.cnf"));
        if (!login.configFile().isEmpty()) {
            files.add(login.configFile());
        }
        String before = "[client]\nuser=root" + (configWins ? "\n" + String.join("\n", place) : "");
        String after = "[client]" + (configWins ? "" : "\n" + String.join("\n", place)) + "\n"
                + String.join("\n", more);
        Optional<String> who = login.loginUser().map(user -> option("user", user));
        List<Object> credentials = new ArrayList<>();
        who.ifPresent(credentials::add);
        login.loginPassword().ifPresent(password -> credentials.add(Sh.secret(option("password", password))));
        Sh given = Sh.of("b_options() { printf '%s\\n' {}; b_include {}; printf '%s\\n' {} {}; }\n", before, files,
                after,
                credentials);
        return implicitAdmin
                ? Sh.of("""
                        b_options() { printf '%s\\n' '[client]' user=root {}; }
                        if ! printf 'SELECT 1' | b_mysql 'mariadb mysql' >/dev/null 2>&1; then
                        {}fi
                        """, after, given)
                : given;
    }

    private static String option(String name, String value) {
        return name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
                .replace("\r", "\\r").replace("\t", "\\t") + "\"";
    }

    /** Whether the other client speaks to the same server. */
    boolean same(MysqlClient other) {
        return login.loginHost().equals(other.login.loginHost()) && login.loginPort() == other.login.loginPort();
    }

    /** The client that a fact asks. */
    static Optional<MysqlClient> of(Fact<?> fact) {
        return switch (fact) {
            case MysqlRows rows -> Optional.of(rows.client());
            case MysqlAccountFact account -> Optional.of(account.client());
            case MysqlHostsFact hosts -> Optional.of(hosts.client());
            case MysqlDatabasesFact databases -> Optional.of(databases.client());
            default -> Optional.empty();
        };
    }

    /** What an answer says, as rows of texts; a NULL is the text. */
    static <T> Said<T> said(Answer answer, Function<List<List<String>>, T> meaning) {
        return answer.ok()
                ? new Said.Answered<>(meaning.apply(rows(answer)))
                : silent(answer);
    }

    static List<List<String>> rows(Answer answer) {
        return answer.text().isEmpty()
                ? List.of()
                : Arrays.stream(answer.text().replaceFirst("\n$", "").split("\n", -1))
                        .map(line -> Arrays.stream(line.split("\t", -1)).map(ESCAPES::plain).toList())
                        .toList();
    }

    static <T> Said<T> silent(Answer answer) {
        String words = answer.errors().strip();
        Said.Why why = answer.status() == 127 && words.contains("no client")
                ? Said.Why.NO_CLIENT
                : switch (code(answer)) {
                    case 2002, 2003, 2005, 2013 -> Said.Why.NO_SERVER;
                    default -> Said.Why.REFUSED;
                };
        return new Said.Silent<>(why, words(words, answer));
    }

    private static String words(String words, Answer answer) {
        Matcher error = ERROR.matcher(words);
        return error.find() ? error.group() : words.isEmpty() ? "exit status " + answer.status() : words;
    }

    /** The number of the server's error; 0 if there is none. */
    static int code(Answer answer) {
        Matcher error = ERROR.matcher(answer.errors());
        return error.find() ? Integer.parseInt(error.group(1) == null ? error.group(2) : error.group(1)) : 0;
    }

    /** The client's words about the first thing that failed. */
    static Optional<String> failure(List<Answer> answers) {
        return answers.stream().filter(answer -> answer.status() > 0).findFirst()
                .map(answer -> words(answer.errors().strip(), answer));
    }

    /** What a user reads where there is no answer. */
    static String sentence(String tried, Said.Silent<?> silent) {
        return switch (silent.why()) {
            case NO_CLIENT -> "Tried to " + tried
                    + ", but the node has no mariadb and no mysql: install the package mariadb-client first.";
            case NO_SERVER, REFUSED ->
                "unable to connect to database, check login_user and login_password are correct or"
                        + " ~/.my.cnf has the credentials: " + silent.words();
        };
    }

    /** What an effect does to an answer of this client: whoever's password changes may get in, or no more. */
    <T> Maybe<Said<T>> after(Effect.Becomes<?> effect, Said<T> current) {
        return effect.fact() instanceof MysqlAccountFact account && same(account.client())
                && current instanceof Said.Silent<T>
                && account.user().equals(login.loginUser().orElse(account.user()))
                        ? Maybe.unknown("the account " + account.user() + " would be changed by this run")
                        : current.after(effect);
    }
}
