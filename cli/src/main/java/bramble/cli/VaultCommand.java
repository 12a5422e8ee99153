package bramble.cli;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Secrets;
import bramble.vault.Identity;
import bramble.vault.PasswordSources;
import bramble.vault.Vault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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
                        Command.of("create", "Write a new encrypted file in an editor.", this::oneFile, this::create),
                        Command.of("edit", "Change an encrypted file in an editor.", this::oneFile, this::edit),
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

    private void oneFile(Syntax syntax) {
        passwords(syntax);
        syntax.word(words::add, "FILE");
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
        syntax.words(words::add, "TEXT", false);
    }

    private static int noAction() {
        throw new UsageException("what is to be done with the vault?",
                "the following arguments are required: action");
    }

    private int encrypt() throws IOException {
        List<Identity> identities = identities(true);
        for (String file : orStandardInput()) {
            byte[] plain = bytes(file);
            if (Vault.isVaulted(new String(plain, StandardCharsets.UTF_8))) {
                throw new ProblemException(Source.file(file), "input is already encrypted");
            }
            write(output.orElse(file),
                    vault(identities).seal(plain, chosen(identities)).getBytes(StandardCharsets.UTF_8));
        }
        session.err().println("Encryption successful");
        return 0;
    }

    private int decrypt() throws IOException {
        Vault vault = vault(identities(false));
        for (String file : orStandardInput()) {
            write(output.orElse(file), opened(vault, file));
        }
        session.err().println("Decryption successful");
        return 0;
    }

    private int view() throws IOException {
        Vault vault = vault(identities(false));
        for (String file : words) {
            session.out().write(opened(vault, file));
        }
        session.out().flush();
        return 0;
    }

    private int rekey() throws IOException {
        Vault vault = vault(identities(false));
        Identity fresh = newId.map(id -> sources().identities(List.of(id), List.of(), false).getFirst())
                .or(() -> newFile.map(file -> sources().identity("", file)))
                .orElseGet(() -> new Identity(Identity.DEFAULT, twice("New Vault password: ")));
        for (String file : words) {
            write(file, vault.seal(opened(vault, file), fresh).getBytes(StandardCharsets.UTF_8));
        }
        session.err().println("Rekey successful");
        return 0;
    }

    private int create() throws IOException, InterruptedException {
        String file = words.getFirst();
        if (Files.exists(session.folder().resolve(file))) {
            throw new ProblemException(Source.file(file), file + " exists, please use 'edit' instead");
        }
        List<Identity> identities = identities(true);
        write(file, vault(identities).seal(edited(new byte[0]), chosen(identities))
                .getBytes(StandardCharsets.UTF_8));
        return 0;
    }

    private int edit() throws IOException, InterruptedException {
        String file = words.getFirst();
        List<Identity> identities = identities(false);
        Vault vault = vault(identities);
        byte[] before = opened(vault, file);
        byte[] after = edited(before);
        if (!Arrays.equals(before, after)) {
            write(file, vault.seal(after, chosen(identities)).getBytes(StandardCharsets.UTF_8));
        }
        return 0;
    }

    private int encryptString() throws IOException {
        List<Identity> identities = identities(true);
        var plain = new ArrayList<>(words);
        if (prompt) {
            plain.add(asked("String to encrypt: "));
        } else if (plain.isEmpty() || plain.contains("-")) {
            plain.remove("-");
            plain.add(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
        }
        for (int i = 0; i < plain.size(); i++) {
            Optional<String> name = i < names.size() ? Optional.of(names.get(i)) : stdinName;
            String sealed = vault(identities).seal(plain.get(i).getBytes(StandardCharsets.UTF_8),
                    chosen(identities));
            session.out().println(name.map(text -> text + ": ").orElse("") + "!vault |");
            sealed.lines().forEach(line -> session.out().println("          " + line));
        }
        session.out().flush();
        session.err().println("Encryption successful");
        return 0;
    }

    private PasswordSources sources() {
        return new PasswordSources(this::asked, session.folder());
    }

    private List<Identity> identities(boolean fresh) {
        Configuration configuration = session.configuration();
        var files = new ArrayList<>(passwordFiles);
        if (files.isEmpty() && ids.isEmpty()) {
            configuration.path("defaults", "vault_password_file")
                    .ifPresent(path -> files.add(path.toString()));
        }
        var identities = new ArrayList<>(ids);
        configuration.text("defaults", "vault_identity_list")
                .ifPresent(list -> Arrays.stream(list.split(",", -1)).map(String::strip).forEach(identities::add));
        if (files.isEmpty() && identities.isEmpty()) {
            return List.of(new Identity(Identity.DEFAULT, fresh
                    ? twice("New Vault password: ")
                    : asked("Vault password: ")));
        }
        return sources().identities(identities, files, ask);
    }

    private String asked(String question) {
        return Person.password(session.person(), question);
    }

    private String twice(String question) {
        String first = asked(question);
        String second = asked("Confirm " + question);
        if (!first.equals(second) || first.isEmpty()) {
            throw new ProblemException(Source.NONE,
                    first.isEmpty()
                            ? "Tried to read a vault password, but nothing was typed."
                            : "Passwords do not match");
        }
        return first;
    }

    private Identity chosen(List<Identity> identities) {
        return encryptId.or(() -> session.configuration().text("defaults", "vault_encrypt_identity"))
                .map(id -> identities.stream().filter(identity -> identity.label().equals(id))
                        .findFirst()
                        .orElseThrow(() -> new ProblemException(Source.NONE,
                                "Did not find a match for --encrypt-vault-id=" + id
                                        + " in the known vault-ids "
                                        + identities.stream().map(Identity::label).toList())))
                .orElse(identities.getFirst());
    }

    private static Vault vault(List<Identity> identities) {
        return new Vault(identities, false, new Secrets());
    }

    private byte[] opened(Vault vault, String file) throws IOException {
        String text = new String(bytes(file), StandardCharsets.UTF_8);
        if (!Vault.isVaulted(text)) {
            throw new ProblemException(Source.file(file), "input is not vault encrypted data");
        }
        return vault.openBytes(text, file);
    }

    private List<String> orStandardInput() {
        return words.isEmpty() ? List.of("-") : words;
    }

    private byte[] bytes(String file) throws IOException {
        if (file.equals("-")) {
            return System.in.readAllBytes();
        }
        Path path = session.folder().resolve(file);
        if (!Files.isReadable(path)) {
            throw new ProblemException(Source.file(file),
                    "Tried to read the file, but it isn't there or can't be read.");
        }
        return Files.readAllBytes(path);
    }

    /** All or nothing, for the owner only. */
    private void write(String file, byte[] bytes) throws IOException {
        if (file.equals("-")) {
            session.out().write(bytes);
            session.out().flush();
            return;
        }
        Path path = session.folder().resolve(file).toAbsolutePath();
        Path beside = Files.createTempFile(path.getParent(), ".bramble-", "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(beside, bytes);
            Files.move(beside, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private byte[] edited(byte[] before) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(shm(), "bramble-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path file = folder.resolve("vault.yml");
        try {
            Files.write(file, before);
            String editor = session.configuration().text("defaults", "editor").orElse("vi");
            int code = new ProcessBuilder("/bin/sh", "-c", editor + " \"$1\"", "sh", file.toString()).inheritIO()
                    .start().waitFor();
            if (code != 0) {
                throw new ProblemException(Source.NONE,
                        "Tried to edit with \"" + editor + "\", but it ended with " + code + ".");
            }
            return Files.readAllBytes(file);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    /** Memory, where there is such a folder: what is secret should not reach a disk. */
    private static Path shm() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }
}
