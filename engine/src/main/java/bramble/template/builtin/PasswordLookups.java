package bramble.template.builtin;

import bramble.problem.Nearest;
import bramble.problem.Source;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lookup that makes passwords and keeps them in a file. */
@AutoService(Extensions.class)
public final class PasswordLookups implements Extensions {
    private static final List<String> OPTIONS = List.of("length", "chars", "encrypt", "ident", "seed");
    private static final int LOCK_TRIES = 1500;
    private static final Duration LOCK_PAUSE = Duration.ofMillis(20);
    private static final Pattern OPTION = Pattern.compile("(\\w+)=(\\S*)");

    @Override
    public Map<String, Lookup> lookups() {
        return Map.of("password", PasswordLookups::password);
    }

    private record Wanted(String path, int length, String alphabet, String encrypt, String ident,
            Optional<Value> seed) {}

    private static List<Value> password(List<Value> terms, Arguments options, Evaluation evaluation) {
        return terms.stream()
                .<Value>map(term -> new Text(
                        password(wanted(DataLookups.word("password", term), options, evaluation), evaluation)))
                .toList();
    }

    private static Wanted wanted(String term, Arguments options, Evaluation evaluation) {
        var settings = new LinkedHashMap<String, Value>(options.named());
        Matcher matcher = OPTION.matcher(term);
        int end = term.length();
        while (matcher.find()) {
            boolean known = OPTIONS.contains(matcher.group(1));
            if (known || end < term.length()) { // before the first option it is part of the path
                end = Math.min(end, matcher.start());
                settings.put(matcher.group(1), new Text(matcher.group(2)));
            }
        }
        settings.keySet().stream().filter(name -> !OPTIONS.contains(name)).findFirst().ifPresent(name -> {
            throw new TemplateException(Source.NONE, "Unrecognized parameter(s) given to password lookup: " + name,
                    Nearest.hint(name, OPTIONS));
        });
        var all = new Arguments(List.of(), settings);
        int length = Numbers.whole(all.text(-1, "length", "20"), 10).map(java.math.BigInteger::intValue)
                .orElseThrow(() -> new TemplateException("password length must be a number"));
        return new Wanted(term.substring(0, end).strip(), length,
                alphabet(all.value(-1, "chars", None.NONE), evaluation),
                all.text(-1, "encrypt", ""), all.text(-1, "ident", ""),
                all.optional(-1, "seed").filter(seed -> seed != None.NONE)
                        .map(seed -> new Text(seed instanceof Text(String text) ? text : PythonText.of(seed))));
    }

    /** The characters that {@code chars} names: sets of Python's string module, or characters themselves. */
    private static String alphabet(Value chars, Evaluation evaluation) {
        List<String> names = chars == None.NONE
                ? List.of("ascii_letters", "digits", ".,:-_")
                : chars instanceof Text(String text)
                        ? List.of(text.replace(",,", "\u0000").split(",", -1)).stream()
                                .map(name -> name.replace('\u0000', ',')).toList()
                        : Python.items(chars).stream().map(evaluation::text).toList();
        String lower = "abcdefghijklmnopqrstuvwxyz";
        String upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        var alphabet = new StringBuilder();
        for (String name : names) {
            alphabet.append(switch (name) {
                case "ascii_letters" -> lower + upper;
                case "ascii_lowercase" -> lower;
                case "ascii_uppercase" -> upper;
                case "digits" -> "0123456789";
                case "hexdigits" -> "0123456789abcdefABCDEF";
                case "octdigits" -> "01234567";
                case "punctuation" -> Passwords.PUNCTUATION;
                default -> name;
            });
        }
        if (alphabet.isEmpty()) {
            throw new TemplateException("the password lookup was given no characters to choose from");
        }
        return alphabet.toString();
    }

    /** The password from its file; a new one, if there is no file, is kept there. Two that ask at once get the same. */
    private static String password(Wanted wanted, Evaluation evaluation) {
        if (wanted.path().equals("/dev/null")) {
            String fresh = fresh(wanted);
            return wanted.encrypt().isEmpty()
                    ? fresh
                    : Passwords.hash(fresh, wanted.encrypt(), "", -1, -1, wanted.ident());
        }
        Path path = evaluation.scope().site().candidates("", wanted.path()).getFirst().toAbsolutePath();
        try {
            Files.createDirectories(Optional.ofNullable(path.getParent()).orElse(path));
            var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            try (FileChannel file = FileChannel.open(path,
                    java.util.Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    owner)) {
                lock(file, path);
                Stored stored = Stored.of(new String(Files.readAllBytes(path), StandardCharsets.UTF_8).strip());
                Stored complete = stored.completed(wanted);
                if (!complete.equals(stored)) {
                    file.truncate(0);
                    file.write(StandardCharsets.UTF_8.encode(complete.line() + "\n"), 0);
                }
                return wanted.encrypt().isEmpty()
                        ? complete.password()
                        : Passwords.hash(complete.password(), wanted.encrypt(), complete.salt(), -1, -1,
                                complete.ident());
            }
        } catch (IOException e) {
            throw new TemplateException("Tried to keep a password in " + path + ", but " + FileLookups.reason(e, path));
        }
    }

    /** Waits until nobody else has the file: another host of this run, or another run. Closing the file ends the lock. */
    private static void lock(FileChannel file, Path path) throws IOException {
        for (int i = 0; i < LOCK_TRIES; i++) {
            try {
                if (file.tryLock() != null) {
                    return;
                }
            } catch (OverlappingFileLockException _) {
                // another thread of this process has it
            }
            try {
                Thread.sleep(LOCK_PAUSE);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new TemplateException("Tried to read the password in " + path + ", but another process keeps it locked");
    }

    private static String fresh(Wanted wanted) {
        return Passwords.random(wanted.length(), wanted.alphabet(), ListFilters.generator(wanted.seed()));
    }

    /** What a password file holds: {@code password salt=... ident=...}. */
    private record Stored(String password, String salt, String ident) {
        static Stored of(String line) {
            Matcher ident = Pattern.compile(" ident=(\\S+)$").matcher(line);
            boolean hasIdent = ident.find();
            String rest = hasIdent ? line.substring(0, ident.start()) : line;
            int salt = rest.lastIndexOf(" salt=");
            return new Stored(salt < 0 ? rest : rest.substring(0, salt), salt < 0 ? "" : rest.substring(salt + 6),
                    hasIdent ? ident.group(1) : "");
        }

        Stored completed(Wanted wanted) {
            String kept = password.isEmpty() ? fresh(wanted) : password;
            if (wanted.encrypt().isEmpty()) {
                return new Stored(kept, salt, ident);
            }
            boolean bcrypt = wanted.encrypt().equals("bcrypt") || wanted.encrypt().equals("blowfish");
            String keptIdent = !ident.isEmpty()
                    ? ident
                    : !wanted.ident().isEmpty() ? wanted.ident() : bcrypt ? "2b" : "";
            int length = bcrypt ? 22 : wanted.encrypt().startsWith("md5") ? 8 : 16;
            String keptSalt = salt.isEmpty()
                    ? Passwords.random(length, Passwords.SALT, ListFilters.generator(Optional.empty()))
                    : salt;
            return new Stored(kept, keptSalt, keptIdent);
        }

        String line() {
            return password + (salt.isEmpty() ? "" : " salt=" + salt) + (ident.isEmpty() ? "" : " ident=" + ident);
        }
    }
}
