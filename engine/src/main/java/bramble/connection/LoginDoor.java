package bramble.connection;

import bramble.shell.Door;
import bramble.shell.Remote;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The way to a shell of the login user, or of the user that is become on the way. */
record LoginDoor(Connection connection, Optional<Become> become, String prompt) implements Door {
    /** The word for a password, in the languages that programs which ask for one are translated to. */
    private static final List<String> PASSWORD = List.of("password", "passwort", "kennwort", "mot de passe",
            "contraseña",
            "contrasenya", "contrasinal", "clave", "senha", "palavra-passe", "parola", "parolă", "wachtwoord",
            "wagwoord",
            "adgangskode", "adgangsord", "lösenord", "passord", "lykilorð", "salasana", "parool", "salasõna", "parole",
            "slaptažodis", "hasło", "heslo", "jelszó", "geslo", "lozinka", "zaporka", "лозинка", "парола", "пароль",
            "гасло", "құпия сөз", "κωδικός", "κωδικός πρόσβασης", "συνθηματικό", "şifre", "fjalëkalimi", "pasahitza",
            "pasfhocal", "cyfrinair", "ger-tremen", "pasvorto", "kata sandi", "sandi", "kata laluan", "katalaluan",
            "mật khẩu", "パスワード", "암호", "비밀번호", "密码", "密碼", "口令", "סיסמה", "ססמה", "كلمة السر", "كلمة المرور",
            "گذرواژه", "पासवर्ड", "कूटशब्द", "रहस्य-शब्द", "পাসওয়ার্ড", "கடவுச்சொல்", "รหัสผ่าน", "գաղտնաբառ",
            "პაროლი");
    /** How su asks: an unfinished line with nothing in it but that word, perhaps whose it is, and a colon. */
    private static final Pattern ASKS = Pattern.compile("(?:\\A|[\\r\\n])(?:\\S{1,64}'s )?(?:"
            + PASSWORD.stream().map(Pattern::quote).collect(Collectors.joining("|"))
            + ")(?: \\p{L}{1,4} \\S{1,64}?)?[ \\u00a0]?[:\\uff1a]\\s?\\z",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

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
            case SU -> ASKS.matcher(printed).find();
            case DOAS, RUNUSER -> false; // they ask on a terminal only, or never
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
        if (low.contains("not found") && low.contains(other.method().word())) {
            return new BecomeException("Tried to become " + other.user() + " by " + other.method().word() + " as "
                    + connection.describe() + ", but the node has no " + other.method().word()
                    + ". Choose another --become-method, or log in as " + other.user() + " without become");
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
