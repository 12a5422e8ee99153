package bramble.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import bramble.connection.Become.Method;
import bramble.shell.Answer;
import bramble.shell.Piece;
import bramble.shell.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Becoming another user, with a program that plays sudo or su: it asks, or doesn't, or refuses. */
@Timeout(30)
class BecomeTest {
    private static final String PLAYED = """
            #!/bin/sh
            prompt="PROMPT" quiet=
            while [ $# -gt 0 ]; do
              case $1 in
                -p) prompt=$2; shift ;;
                -n) quiet=1 ;;
                --) shift; break ;;
                -c) set -- /bin/sh -c "$2"; break ;;
              esac
              shift
            done
            case MODE in
              free) ;;
              misleads) printf %s "$prompt" >&2; sleep 0.5 ;;
              forbidden) echo "user is not in the sudoers file." >&2; exit 1 ;;
              silent) exit 1 ;;
              asks)
                [ -z "$quiet" ] || { echo "sudo: a password is required" >&2; exit 1; }
                echo "We trust you have received the usual lecture:" >&2
                for try in 1 2; do
                  printf %s "$prompt" >&2
                  IFS= read -r word || { echo "sudo: no password was provided" >&2; exit 1; }
                  [ "$word" != right ] || exec "$@"
                  echo "Sorry, try again." >&2
                done
                exit 1 ;;
            esac
            exec "$@"
            """;

    @TempDir
    private Path folder = Path.of("");

    private Become become(Method method, String mode, String password, String prompt) throws IOException {
        Path program = Files.writeString(folder.resolve("played"),
                PLAYED.replace("MODE", mode).replace("PROMPT", prompt));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Become(method, "other", Optional.ofNullable(password).map(Password::new), List.of(),
                Optional.of(program.toString()));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            SUDO, free,      -,
            SUDO, free,      right,
            SUDO, asks,      right,
            SUDO, asks,      wrong, Incorrect sudo password
            SUDO, asks,      -,     'Missing sudo password. Give it with -K, or ansible_become_password'
            SUDO, forbidden, right, 'Tried to become other by sudo as this machine, but it said: user is not in the sudoers file.'
            SUDO, silent,    right, 'Tried to become other by sudo as this machine, but it ended without a word'
            SU,   free,      -,
            SU,   free,      right,
            SU,   asks,      right,
            SU,   asks,      wrong, Incorrect su password
            SU,   asks,      -,     'Missing su password. Give it with -K, or ansible_become_password'
            DOAS, free,      -,
            DOAS, asks,      right, Missing doas password
            RUNUSER, free,   -,
            """)
    void asksOnlyWhoAsks(Method method, String mode, String password, String refusal) throws IOException {
        Optional<Become> become = Optional.of(become(method, mode, password, "Mot de passe : "));
        var told = new ArrayList<String>();
        try (var shells = new NodeShells(LocalConnection::new, told::add)) {
            if (refusal != null) {
                assertEquals(refusal, assertThrows(BecomeException.class, () -> shells.shell(become)).getMessage());
                return;
            }
            List<Answer> answers = shells.shell(become)
                    .ask(List.of(Piece.free(Sh.raw("printf 'first'")), Piece.free(Sh.raw("printf 'second'"))));
            assertEquals(List.of("first", "second"), answers.stream().map(Answer::text).toList());
            assertEquals(List.of("", ""), answers.stream().map(Answer::errors).toList());
            String program = become.orElseThrow().exe().orElseThrow();
            assertEquals("opened a shell as other on this machine by " + program + switch (method) {
                case SUDO -> password == null ? " -H -S -n -u other" : " -H -S -S -p password -u other";
                case SU -> " -s /bin/sh other";
                case DOAS -> " -n -u other";
                case RUNUSER -> " -u other";
            }, told.getFirst());
        }
    }

    /** A password that is sent to whoever asks for something else would be read as the shell's first frame, which ends it. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            asks,     "Password: "
            asks,     "Password:"
            asks,     "Passwort: "
            asks,     "Contraseña: "
            asks,     "Hasło: "
            asks,     "Пароль: "
            asks,     "パスワード: "
            asks,     "密码："
            asks,     "Password for other: "
            asks,     "other's Password: "
            misleads, "New password: "
            misleads, "Verification code: "
            misleads, "Last login: "
            misleads, "Change your password at https://example.org/password: "
            misleads, "Your password: expired"
            misleads, "Warning:"
            """)
    void suGetsThePasswordOnlyWhereItAsksForOne(String mode, String prompt) throws IOException {
        Optional<Become> become = Optional.of(become(Method.SU, mode, "right", prompt));
        try (var shells = new NodeShells(LocalConnection::new)) {
            assertEquals("first", shells.shell(become).ask(List.of(Piece.free(Sh.raw("printf first")))).getFirst()
                    .text());
        }
    }

    /** A node where one is root has no sudo, and playbooks become root all the same. */
    @Test
    void whoOneIsAlreadyTakesNoProgram() {
        var become = new Become(Method.SUDO, System.getProperty("user.name"), Optional.empty(), List.of(),
                Optional.of("/none/sudo"), false);
        try (var shells = new NodeShells(LocalConnection::new)) {
            assertSame(shells.shell(Optional.empty()), shells.shell(Optional.of(become)));
            Optional<Become> always = Optional
                    .of(new Become(become.method(), become.user(), Optional.empty(), List.of(), become.exe(), true));
            assertThrows(BecomeException.class, () -> shells.shell(always));
        }
    }
}
