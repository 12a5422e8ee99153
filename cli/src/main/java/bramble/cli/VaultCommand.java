package bramble.cli;

import bramble.galaxy.Place;
import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.PythonText;
import bramble.value.Secrets;
import bramble.value.Value;
import bramble.vault.Identity;
import bramble.vault.PasswordSources;
import bramble.vault.Vault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Encrypts and decrypts: {@code bramble vault}, {@code ansible-vault}. */
final class VaultCommand {
    private final Session session;
    private final List<String> ids = new ArrayList<>();
    private final List<String> passwordFiles = new ArrayList<>();
    private boolean ask;
    private Optional<String> encryptId = Optional.empty();
    private Optional<String> output = Optional.empty();
    private Optional<String> newFile = Optional.empty();
    private Optional<String> newId = Optional.empty();
    private final List<String> names = new ArrayList<>();
    private Optional<String> stdinName = Optional.empty();
    private boolean prompt;
    private boolean showInput;
    private final List<String> words = new ArrayList<>();

    VaultCommand(Session session) {
        this.session = session;
    }

    Command command() {
        return new Command("vault", "Encrypt and decrypt files and variables.", _ -> {}, VaultCommand::noAction,
                List.of(Command.of("encrypt", "Encrypt files.", this::outputAndFiles, this::encrypt),
                        Command.of("decrypt", "Decrypt files.", this::outputAndFiles, this::decrypt),
                        Command.of("view", "Show encrypted files.", this::someFiles, this::view),
                        Command.of("rekey", "Give files another password.", this::rekeying, this::rekey),
                        Command.of("create", "Write a new encrypted file in an editor.", this::creating, this::create),
                        Command.of("edit", "Change encrypted files in an editor.", this::someFiles, this::edit),
                        Command.of("encrypt_string", "Encrypt a text, to stand in YAML.", this::texts,
                                this::encryptString)));
    }

    private void passwords(Syntax syntax) {
        syntax.value(ids::add, "ID@SOURCE", "an identity and its password's source", "--vault-id");
        syntax.value(passwordFiles::add, "FILE", "a file, or a script", "--vault-password-file", "--vault-pass-file");
        syntax.flag(() -> ask = true, "ask for it", "-J", "--ask-vault-password", "--ask-vault-pass");
        syntax.value(id -> encryptId = Optional.of(id), "ID", "which identity encrypts", "--encrypt-vault-id");
        syntax.flag(() -> {}, "", "-v", "--verbose");
    }

    private void outputAndFiles(Syntax syntax) {
        passwords(syntax);
        syntax.value(file -> output = Optional.of(file), "FILE", "where the result goes", "--output");
        syntax.words(words::add, "FILE", false);
    }

    private void someFiles(Syntax syntax) {
        passwords(syntax);
        syntax.words(words::add, "FILE", true);
    }

    private void creating(Syntax syntax) {
        passwords(syntax);
        syntax.words(words::add, "FILE", false);
        syntax.flag(() -> {}, "", "--skip-tty-check");
    }

    private void rekeying(Syntax syntax) {
        someFiles(syntax);
        syntax.value(file -> newFile = Optional.of(file), "FILE", "with the new password",
                "--new-vault-password-file");
        syntax.value(id -> newId = Optional.of(id), "ID@SOURCE", "the new identity", "--new-vault-id");
    }

    private void texts(Syntax syntax) {
        passwords(syntax);
        syntax.value(names::add, "NAME", "the variable's name", "-n", "--name");
        syntax.value(name -> stdinName = Optional.of(name), "NAME", "the name of what standard input holds",
                "--stdin-name");
        syntax.flag(() -> prompt = true, "ask for the text", "-p", "--prompt");
        syntax.flag(() -> showInput = true, "show what is typed", "--show-input");
        syntax.value(file -> output = Optional.of(file), "FILE", "where the result goes", "--output");
        syntax.words(words::add, "TEXT", false);
    }

    private static int noAction() {
        throw new UsageException("what is to be done with the vault?",
                "the following arguments are required: action");
    }

    private int encrypt() throws IOException {
        oneWithOutput();
        Vault vault = vault(identities(true));
        Identity chosen = chosen(vault.identities());
        List<String> files = orStandardInput();
        var contents = new ArrayList<byte[]>();
        for (String file : files) {
            byte[] plain = bytes(file);
            if (Vault.isVaulted(new String(plain, StandardCharsets.UTF_8))) {
                throw new ProblemException(Source.file(file), "input is already encrypted");
            }
            contents.add(plain);
        }
        List<byte[]> sealed = sealed(vault, contents, chosen);
        for (int i = 0; i < files.size(); i++) {
            write(output.orElse(files.get(i)), sealed.get(i), false);
        }
        return done("Encryption");
    }

    private int decrypt() throws IOException {
        oneWithOutput();
        Vault vault = vault(identities(false));
        List<String> files = orStandardInput();
        List<byte[]> opened = opened(vault, files);
        for (int i = 0; i < files.size(); i++) {
            write(output.orElse(files.get(i)), opened.get(i), false);
        }
        return done("Decryption");
    }

    /** Several results would overwrite each other. */
    private void oneWithOutput() {
        if (output.isPresent() && words.size() > 1) {
            throw UsageException.options("--output takes the result of one file, not of " + words.size(),
                    "At most one input file may be used with the --output option");
        }
    }

    private int view() throws IOException {
        Vault vault = vault(identities(false));
        for (byte[] plain : opened(vault, words)) {
            session.out().write(plain);
            if (session.compat() && (plain.length == 0 || plain[plain.length - 1] != '\n')) {
                session.out().print('\n');
            }
        }
        session.out().flush();
        return 0;
    }

    private int rekey() throws IOException {
        if (newId.isPresent() && newFile.isPresent()) {
            throw new UsageException("--new-vault-id and --new-vault-password-file don't go together",
                    "argument --new-vault-password-file: not allowed with argument --new-vault-id");
        }
        Vault vault = vault(identities(false));
        newId.ifPresent(VaultCommand::checkId);
        PasswordSources sources = sources(true);
        Identity fresh = newId.map(id -> sources.identities(List.of(id), List.of(), false).getFirst())
                .or(() -> newFile.map(file -> sources.identity("", file, vault.identities())))
                .orElseGet(() -> sources.identities(List.of(), List.of(), true).getFirst());
        Identity chosen = chosen(List.of(fresh), encryptId);
        List<byte[]> sealed = sealed(vault, opened(vault, words), chosen);
        for (int i = 0; i < words.size(); i++) {
            write(words.get(i), sealed.get(i), true);
        }
        session.err().println("Rekey successful");
        return 0;
    }

    private int create() throws IOException, InterruptedException {
        if (words.size() != 1) {
            throw UsageException.options("one file can be written at a time",
                    "ansible-vault create can take only one filename argument");
        }
        String file = words.getFirst();
        if (Files.exists(session.folder().resolve(file))) {
            throw new ProblemException(Source.file(file), file + " exists, please use 'edit' instead");
        }
        Vault vault = vault(identities(true));
        Identity chosen = chosen(vault.identities());
        makeFolder(file);
        expectWritable(file);
        undisturbed(() -> write(file, sealed(vault, edited(file, new byte[0]), chosen), false));
        return 0;
    }

    /** What was encrypted for one identity stays so, whichever others are known. */
    private int edit() throws IOException, InterruptedException {
        Vault vault = vault(identities(false));
        for (String file : words) {
            String text = sealedText(file);
            byte[] before = vault.openBytes(text, file);
            Identity owner = vault.opener(text, file);
            expectWritable(file);
            undisturbed(() -> {
                byte[] after = edited(file, before);
                if (!Arrays.equals(before, after)) {
                    write(file, sealed(vault, after, owner), true);
                }
            });
        }
        return 0;
    }

    /** A text to encrypt, the name of its variable, and where it was said. */
    private record Plain(String text, Optional<String> name, String from) {}

    private int encryptString() throws IOException {
        Vault vault = vault(identities(true));
        Identity chosen = chosen(vault.identities());
        List<Plain> plain = plain();
        var text = new StringBuilder();
        for (int i = 0; i < plain.size(); i++) {
            Plain one = plain.get(i);
            if (one.text().isEmpty()) {
                throw UsageException.options("the text from " + one.from() + " is empty",
                        "The plaintext provided from " + one.from() + " was empty, not encrypting");
            }
            if (plain.size() > 1) {
                String which = "the string #" + (i + 1) + " from " + one.from();
                session.err().println("# The encrypted version of "
                        + one.name().map(name -> "variable (\"" + name + "\", " + which + ").").orElse(which + ".)"));
            }
            text.append(one.name().map(name -> name + ": ").orElse("")).append("!vault |\n");
            vault.seal(one.text().getBytes(StandardCharsets.UTF_8), chosen).lines()
                    .forEach(line -> text.append("          ").append(line).append('\n'));
        }
        boolean bare = session.compat() && !session.onTerminal();
        String all = bare ? text.toString().stripTrailing() : text.toString();
        write(output.orElse("-"), all.getBytes(StandardCharsets.UTF_8), false);
        return done("Encryption");
    }

    /** The texts: one that is asked for, that of standard input, those of the command line. */
    private List<Plain> plain() throws IOException {
        var all = new ArrayList<Plain>();
        var given = words.stream().filter(word -> !word.equals("-")).toList();
        boolean piped = words.contains("-") || stdinName.isPresent() || (words.isEmpty() && !prompt);
        if (prompt && piped) {
            throw UsageException.options("a text is either asked for, or read from standard input",
                    "The --prompt option is not supported if also reading input from stdin");
        }
        var left = new ArrayDeque<>(names);
        if (prompt) {
            all.add(new Plain(typed(), Optional.ofNullable(left.poll()), "the interactive prompt"));
        }
        if (piped) {
            all.add(new Plain(new String(bytes("-"), StandardCharsets.UTF_8), stdinName, "stdin"));
        }
        given.forEach(word -> all
                .add(new Plain(word, Optional.ofNullable(left.poll()), "the command line args")));
        if (!names.isEmpty() && names.size() < given.size()) {
            session.err().println("The number of --name options do not match the number of args.\n"
                    + "The last named variable will be \"" + names.getLast() + "\". The rest will not have names.");
        }
        return all;
    }

    private String typed() {
        String question = "String to encrypt" + (showInput ? ": " : " (hidden): ");
        return session.person().ask(question, showInput).orElseThrow(() -> new ProblemException(Source.NONE,
                "Tried to ask for the text, but standard input ended before anything was typed."));
    }

    /** As with Ansible, told only to somebody who looks at the output. */
    private int done(String what) {
        if (!session.compat() || session.onTerminal()) {
            session.err().println(what + " successful");
        }
        return 0;
    }

    /** @param fresh whether a password that is typed is a new one, which is asked for twice */
    private PasswordSources sources(boolean fresh) {
        return session.configuration().passwords(fresh ? this::askedTwice : this::asked, session::report);
    }

    /** Those that are named; where none is, a password is asked for. */
    private List<Identity> identities(boolean fresh) {
        List<String> all = session.configuration().vaultIds(ids);
        List<String> files = session.configuration().vaultPasswordFiles(passwordFiles);
        all.forEach(VaultCommand::checkId);
        return sources(fresh).identities(all, files, ask || (all.isEmpty() && files.isEmpty()));
    }

    /** The first line of an encrypted file has semicolons between its parts. */
    private static void checkId(String id) {
        if (id.contains("@") && id.substring(0, id.indexOf('@')).contains(";")) {
            throw UsageException.options("a vault id has no semicolons, but there is " + id,
                    "'" + id + "' is not a valid vault id. The character ';' is not allowed in vault ids");
        }
    }

    private String asked(String question) {
        return Person.password(session.person(), question);
    }

    /** Asks for a new password: {@code New Vault password: }, {@code New vault password (dev): }, and the same to confirm. */
    private String askedTwice(String question) {
        String fresh = question.contains("(") ? "ew v" + question.substring(1) : "ew " + question;
        String first = asked("N" + fresh);
        if (first.isEmpty()) {
            throw new ProblemException(Source.NONE, "Tried to read a vault password, but nothing was typed.");
        }
        if (!first.equals(asked("Confirm " + (question.contains("(") ? "n" : "N") + fresh))) {
            throw new ProblemException(Source.NONE, "Passwords do not match");
        }
        return first;
    }

    private Identity chosen(List<Identity> identities) {
        return chosen(identities,
                encryptId.or(() -> session.configuration().text("defaults", "vault_encrypt_identity")));
    }

    private static Identity chosen(List<Identity> identities, Optional<String> wanted) {
        List<String> labels = identities.stream().map(Identity::label).toList();
        if (wanted.isEmpty() && identities.size() > 1) {
            throw UsageException.options("which of the identities shall encrypt: " + String.join(", ", labels)
                    + "? Say it with --encrypt-vault-id",
                    "The vault-ids " + String.join(",", labels)
                            + " are available to encrypt. Specify the vault-id to encrypt with --encrypt-vault-id");
        }
        return wanted.map(id -> identities.stream().filter(identity -> identity.label().equals(id)).findFirst()
                .orElseThrow(() -> new ProblemException(Source.NONE,
                        "Did not find a match for --encrypt-vault-id=" + id + " in the known vault-ids "
                                + PythonText.repr(Value.texts(labels)))))
                .orElseGet(identities::getFirst);
    }

    private Vault vault(List<Identity> identities) {
        return new Vault(identities, session.configuration().flag(false, "defaults", "vault_id_match"),
                new Secrets());
    }

    /** All files opened, or none; their keys are derived side by side. */
    private List<byte[]> opened(Vault vault, List<String> files) throws IOException {
        var texts = new ArrayList<String>();
        for (String file : files) {
            texts.add(sealedText(file));
        }
        vault.prepare(texts);
        var opened = new ArrayList<byte[]>();
        for (int i = 0; i < files.size(); i++) {
            opened.add(vault.openBytes(texts.get(i), files.get(i)));
        }
        return opened;
    }

    private static List<byte[]> sealed(Vault vault, List<byte[]> contents, Identity chosen) {
        return contents.parallelStream().map(content -> sealed(vault, content, chosen)).toList();
    }

    private static byte[] sealed(Vault vault, byte[] content, Identity chosen) {
        return vault.seal(content, chosen).getBytes(StandardCharsets.UTF_8);
    }

    private String sealedText(String file) throws IOException {
        String text = new String(bytes(file), StandardCharsets.UTF_8);
        if (!Vault.isVaulted(text)) {
            throw new ProblemException(Source.file(file), "input is not vault encrypted data");
        }
        return text;
    }

    private List<String> orStandardInput() {
        return words.isEmpty() ? List.of("-") : words;
    }

    private byte[] bytes(String file) throws IOException {
        if (file.equals("-")) {
            if (Person.isTerminal(0)) {
                session.err().println(
                        "Reading from standard input. (Ctrl-D ends it, twice where the last line has no end.)");
            }
            return System.in.readAllBytes();
        }
        try {
            return Files.readAllBytes(session.folder().resolve(file));
        } catch (IOException e) {
            throw new ProblemException(Source.file(file), "Tried to read the file, but " + FileTrouble.why(e) + ".");
        }
    }

    /**
     * All or nothing. Where the name is a link, what it leads to is written; what is no file ({@code /dev/stdout}) takes it
     * as it comes.
     *
     * @param alike whether the file keeps its owner and mode; otherwise it is for the owner only
     */
    private void write(String file, byte[] bytes, boolean alike) throws IOException {
        if (file.equals("-")) {
            session.out().write(bytes);
            session.out().flush();
            return;
        }
        try {
            Path named = session.folder().resolve(file).toAbsolutePath();
            if (Files.exists(named) && !Files.isRegularFile(named)) {
                Files.write(named, bytes);
            } else {
                replace(Files.exists(named) ? named.toRealPath() : named, bytes, alike);
            }
        } catch (NoSuchFileException e) {
            throw new ProblemException(Source.file(file), "Tried to write the file, but its folder is not there.");
        } catch (IOException e) {
            throw new ProblemException(Source.file(file), "Tried to write the file, but " + FileTrouble.why(e) + ".");
        }
    }

    private static void replace(Path path, byte[] bytes, boolean alike) throws IOException {
        Path folder = path.resolveSibling("");
        Path beside = Files.createTempFile(folder, ".bramble-", "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(beside, bytes);
            if (alike) {
                PosixFileAttributes before = Files.readAttributes(path, PosixFileAttributes.class);
                PosixFileAttributeView after = Files.getFileAttributeView(beside, PosixFileAttributeView.class);
                after.setOwner(before.owner());
                after.setGroup(before.group());
                after.setPermissions(before.permissions());
            }
            Files.move(beside, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /** A new file may have a new folder, for its owner alone. */
    private void makeFolder(String file) {
        Path folder = session.folder().resolve(file).toAbsolutePath().resolveSibling("");
        if (Files.isDirectory(folder)) {
            return;
        }
        session.report(Problem.warning(Source.NONE, folder + " does not exist, creating...", ""));
        try {
            Files.createDirectories(folder,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new ProblemException(Source.file(file), "Tried to make the folder " + folder + ", but "
                    + FileTrouble.why(e) + ".");
        }
    }

    /** What is edited would be lost if it could not be written afterwards. */
    private void expectWritable(String file) {
        Path path = session.folder().resolve(file).toAbsolutePath();
        Path folder = path.resolveSibling("");
        try {
            folder = (Files.exists(path) ? path.toRealPath() : path).resolveSibling("");
        } catch (IOException _) {
            // the folder that the name says
        }
        if (Files.exists(folder) && !Files.isWritable(folder)) {
            throw new ProblemException(Source.file(file),
                    "Tried to edit the file, but nothing can be written to its folder " + folder + ".");
        }
    }

    /** What is done with an editor. */
    @FunctionalInterface
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /**
     * Does work in an editor. Ctrl-C is for the editor, which has the terminal: this program waits for it, writes what it
     * left, and lets nothing in plain text lie about.
     */
    private static void undisturbed(Work work) throws IOException, InterruptedException {
        var done = new CountDownLatch(1);
        try (var _ = new ExitHook(() -> {
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })) {
            work.run();
        } finally {
            done.countDown();
        }
    }

    /** What an editor makes of a text; it sees the kind of the file by its name. */
    private byte[] edited(String file, byte[] before) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(shm(), "bramble-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path copy = folder.resolve(Optional.ofNullable(Path.of(file).getFileName()).orElse(Path.of("vault.yml")));
        try {
            Files.write(copy, before);
            String editor = session.configuration().text("defaults", "editor").orElse("vi");
            int code = new ProcessBuilder("/bin/sh", "-c", "trap : INT; " + editor + " \"$1\"", "sh", copy.toString())
                    .inheritIO().start().waitFor();
            if (code != 0) {
                throw new ProblemException(Source.NONE,
                        "Tried to edit with \"" + editor + "\", but it ended with " + code + ".");
            }
            return Files.readAllBytes(copy);
        } finally {
            Place.remove(folder); // editors leave copies of their own beside it
        }
    }

    /** Memory, where there is such a folder: what is secret should not reach a disk. */
    private static Path shm() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }
}
