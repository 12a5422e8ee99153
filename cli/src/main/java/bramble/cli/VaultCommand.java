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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Encrypts and decrypts: {@code bramble vault}, {@code ansible-vault}. */
@Command(name = "vault", description = "Encrypt and decrypt files and variables.", mixinStandardHelpOptions = true)
final class VaultCommand implements Runnable {
    private final Session session;

    VaultCommand(Session session) {
        this.session = session;
    }

    /** Flags that say which passwords. */
    static final class Passwords {
        @Option(names = "--vault-id", paramLabel = "ID@SOURCE", description = "an identity and its password's source")
        List<String> ids = new ArrayList<>();
        @Option(names = {"--vault-password-file",
            "--vault-pass-file"}, paramLabel = "FILE", description = "a file, or a script")
        List<String> files = new ArrayList<>();
        @Option(names = {"-J", "--ask-vault-password", "--ask-vault-pass"}, description = "ask for it")
        boolean ask;
        @Option(names = "--encrypt-vault-id", paramLabel = "ID", description = "which identity encrypts")
        Optional<String> encryptId = Optional.empty();
        @Option(names = "-v", description = "no effect")
        boolean[] verbose = {};
    }

    @Override
    public void run() {
        throw new ProblemException(Source.NONE,
                "Tried to use the vault, but no action is named: encrypt, decrypt, view, edit, create, rekey or encrypt_string.");
    }

    @Command(name = "encrypt", description = "Encrypt files.", mixinStandardHelpOptions = true)
    int encrypt(@Mixin Passwords passwords, @Option(names = "--output", paramLabel = "FILE") Optional<String> output,
            @Parameters(arity = "0..*", paramLabel = "FILE") List<String> files) throws IOException {
        List<Identity> identities = identities(passwords, true);
        for (String file : orStandardInput(files)) {
            byte[] plain = bytes(file);
            if (Vault.isVaulted(new String(plain, StandardCharsets.UTF_8))) {
                throw new ProblemException(Source.file(file), "input is already encrypted");
            }
            write(output.orElse(file),
                    vault(identities).seal(plain, chosen(passwords, identities)).getBytes(StandardCharsets.UTF_8));
        }
        session.err().println("Encryption successful");
        return 0;
    }

    @Command(name = "decrypt", description = "Decrypt files.", mixinStandardHelpOptions = true)
    int decrypt(@Mixin Passwords passwords, @Option(names = "--output", paramLabel = "FILE") Optional<String> output,
            @Parameters(arity = "0..*", paramLabel = "FILE") List<String> files) throws IOException {
        Vault vault = vault(identities(passwords, false));
        for (String file : orStandardInput(files)) {
            write(output.orElse(file), opened(vault, file));
        }
        session.err().println("Decryption successful");
        return 0;
    }

    @Command(name = "view", description = "Show encrypted files.", mixinStandardHelpOptions = true)
    int view(@Mixin Passwords passwords, @Parameters(arity = "1..*", paramLabel = "FILE") List<String> files)
            throws IOException {
        Vault vault = vault(identities(passwords, false));
        for (String file : files) {
            session.out().write(opened(vault, file));
        }
        session.out().flush();
        return 0;
    }

    @Command(name = "rekey", description = "Give files another password.", mixinStandardHelpOptions = true)
    int rekey(@Mixin Passwords passwords,
            @Option(names = "--new-vault-password-file", paramLabel = "FILE") Optional<String> newFile,
            @Option(names = "--new-vault-id", paramLabel = "ID@SOURCE") Optional<String> newId,
            @Parameters(arity = "1..*", paramLabel = "FILE") List<String> files) throws IOException {
        Vault vault = vault(identities(passwords, false));
        Identity fresh = newId.map(id -> sources().identities(List.of(id), List.of(), false).getFirst())
                .or(() -> newFile.map(file -> sources().identity("", file)))
                .orElseGet(() -> new Identity(Identity.DEFAULT, twice("New Vault password: ")));
        for (String file : files) {
            write(file, vault.seal(opened(vault, file), fresh).getBytes(StandardCharsets.UTF_8));
        }
        session.err().println("Rekey successful");
        return 0;
    }

    @Command(name = "create", description = "Write a new encrypted file in an editor.", mixinStandardHelpOptions = true)
    int create(@Mixin Passwords passwords, @Parameters(paramLabel = "FILE") String file)
            throws IOException, InterruptedException {
        if (Files.exists(session.folder().resolve(file))) {
            throw new ProblemException(Source.file(file), file + " exists, please use 'edit' instead");
        }
        List<Identity> identities = identities(passwords, true);
        write(file, vault(identities).seal(edited(new byte[0]), chosen(passwords, identities))
                .getBytes(StandardCharsets.UTF_8));
        return 0;
    }

    @Command(name = "edit", description = "Change an encrypted file in an editor.", mixinStandardHelpOptions = true)
    int edit(@Mixin Passwords passwords, @Parameters(paramLabel = "FILE") String file)
            throws IOException, InterruptedException {
        List<Identity> identities = identities(passwords, false);
        Vault vault = vault(identities);
        byte[] before = opened(vault, file);
        byte[] after = edited(before);
        if (!Arrays.equals(before, after)) {
            write(file, vault.seal(after, chosen(passwords, identities)).getBytes(StandardCharsets.UTF_8));
        }
        return 0;
    }

    @Command(name = "encrypt_string", description = "Encrypt a text, to stand in YAML.", mixinStandardHelpOptions = true)
    int encryptString(@Mixin Passwords passwords,
            @Option(names = {"-n", "--name"}, paramLabel = "NAME") List<String> names,
            @Option(names = "--stdin-name", paramLabel = "NAME") Optional<String> stdinName,
            @Option(names = {"-p", "--prompt"}) boolean prompt,
            @Parameters(arity = "0..*", paramLabel = "TEXT") List<String> texts)
            throws IOException {
        List<Identity> identities = identities(passwords, true);
        var plain = new ArrayList<>(Optional.ofNullable(texts).orElse(List.of()));
        if (prompt) {
            plain.add(session.person().ask("String to encrypt: ", false).orElse(""));
        } else if (plain.isEmpty() || plain.contains("-")) {
            plain.remove("-");
            plain.add(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
        }
        List<String> given = Optional.ofNullable(names).orElse(List.of());
        for (int i = 0; i < plain.size(); i++) {
            Optional<String> name = i < given.size() ? Optional.of(given.get(i)) : stdinName;
            String sealed = vault(identities).seal(plain.get(i).getBytes(StandardCharsets.UTF_8),
                    chosen(passwords, identities));
            session.out().println(name.map(text -> text + ": ").orElse("") + "!vault |");
            sealed.lines().forEach(line -> session.out().println("          " + line));
        }
        session.out().flush();
        session.err().println("Encryption successful");
        return 0;
    }

    private PasswordSources sources() {
        return new PasswordSources(question -> session.person().ask(question, false).orElse(""), session.folder());
    }

    private List<Identity> identities(Passwords passwords, boolean fresh) {
        Configuration configuration = session.configuration();
        var files = new ArrayList<>(passwords.files);
        if (files.isEmpty() && passwords.ids.isEmpty()) {
            configuration.path("defaults", "vault_password_file", "ANSIBLE_VAULT_PASSWORD_FILE")
                    .ifPresent(path -> files.add(path.toString()));
        }
        var ids = new ArrayList<>(passwords.ids);
        configuration.text("defaults", "vault_identity_list", "ANSIBLE_VAULT_IDENTITY_LIST")
                .ifPresent(list -> Arrays.stream(list.split(",", -1)).map(String::strip).forEach(ids::add));
        if (files.isEmpty() && ids.isEmpty()) {
            return List.of(new Identity(Identity.DEFAULT, fresh
                    ? twice("New Vault password: ")
                    : session.person().ask("Vault password: ", false).orElse("")));
        }
        return sources().identities(ids, files, passwords.ask);
    }

    private String twice(String question) {
        String first = session.person().ask(question, false).orElse("");
        String second = session.person().ask("Confirm " + question, false).orElse("");
        if (!first.equals(second) || first.isEmpty()) {
            throw new ProblemException(Source.NONE,
                    first.isEmpty()
                            ? "Tried to read a vault password, but nothing was typed."
                            : "Passwords do not match");
        }
        return first;
    }

    private static Identity chosen(Passwords passwords, List<Identity> identities) {
        return passwords.encryptId.map(id -> identities.stream().filter(identity -> identity.label().equals(id))
                .findFirst()
                .orElseThrow(() -> new ProblemException(Source.NONE, "Did not find a match for --encrypt-vault-id=" + id
                        + " in the known vault-ids " + identities.stream().map(Identity::label).toList())))
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

    private static List<String> orStandardInput(@org.jspecify.annotations.Nullable List<String> files) {
        return files == null || files.isEmpty() ? List.of("-") : files;
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
            String editor = session.environment().getOrDefault("EDITOR", "vi");
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
