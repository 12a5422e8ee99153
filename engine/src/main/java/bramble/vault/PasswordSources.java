package bramble.vault;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Fetches the vault passwords that a user named: asked for at the terminal, in a file, or printed by a script.
 *
 * @param ask shows a prompt ({@code Vault password (prod): }) and returns what was typed, unseen
 * @param directory against which relative paths are taken
 * @param label the name of those that are given none
 */
public record PasswordSources(Function<String, String> ask, Path directory, String label) {
    /** Stands for a file: the password is asked for. */
    private static final String PROMPT = "prompt";

    /**
     * The identities of a command line, in the order in which they are tried.
     *
     * @param ids label, at sign, source; or a source alone; a source is a file, a script, or {@code prompt}
     * @param files of {@code --vault-password-file}
     * @param asked whether {@code --ask-vault-pass} is given
     */
    public List<Identity> identities(List<String> ids, List<String> files, boolean asked) {
        var identities = new ArrayList<Identity>();
        for (String id : ids) {
            int at = id.indexOf('@');
            identities.add(identity(at < 0 ? "" : id.substring(0, at), id.substring(at + 1)));
        }
        files.forEach(file -> identities.add(identity("", file)));
        if (asked) {
            identities.add(asked(label, "Vault password: "));
        }
        return List.copyOf(identities);
    }

    /** One identity, under the default label where its own is empty. */
    public Identity identity(String given, String source) {
        String name = given.isEmpty() ? label : given;
        return source.equals(PROMPT) || source.equals("prompt_ask_vault_pass")
                ? asked(name, "Vault password (" + name + "): ")
                : fromFile(name, source);
    }

    private Identity asked(String name, String prompt) {
        String password = ask.apply(prompt);
        if (password.isEmpty()) {
            throw new ProblemException(Source.NONE, "Tried to read a vault password, but nothing was typed.");
        }
        return new Identity(name, password);
    }

    private Identity fromFile(String given, String name) {
        String home = name.startsWith("~/") ? System.getProperty("user.home") + name.substring(1) : name;
        Path path = directory.resolve(home).normalize();
        if (!Files.exists(path)) {
            throw new ProblemException(Source.file(name),
                    "Tried to read a vault password, but the file does not exist.");
        }
        boolean script = Files.isRegularFile(path) && Files.isExecutable(path);
        String password = script ? printed(given, path, name) : read(path, name).strip();
        if (password.isEmpty()) {
            throw new ProblemException(Source.file(name), "Tried to read a vault password, but "
                    + (script ? "the script printed nothing." : "the file is empty."));
        }
        return new Identity(given, password);
    }

    private static String read(Path path, String name) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new ProblemException(Source.file(name), "Tried to read a vault password, but the file can't be read: "
                    + e.getClass().getSimpleName() + ".");
        }
    }

    /** A script whose name ends in {@code -client} is told which vault id is wanted. It may talk to the terminal. */
    private static String printed(String label, Path script, String name) {
        var command = new ArrayList<>(List.of(script.toAbsolutePath().toString()));
        if (script.getFileName().toString().replaceFirst("\\.[^.]*$", "").endsWith("-client")) {
            command.addAll(List.of("--vault-id", label));
        }
        try {
            Process process = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new ProblemException(Source.file(name),
                        "Tried to get a vault password from the script, but it ended "
                                + "with exit code " + code + ".");
            }
            return output.replaceAll("^[\r\n]+|[\r\n]+$", "");
        } catch (IOException e) {
            throw new ProblemException(Problem.error(Source.file(name),
                    "Tried to run the script for a vault password, but it can't be started.",
                    "If it is a plain file with the password, take its execute permission away (chmod -x)."));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(Source.file(name), "Tried to get a vault password, but was interrupted.");
        }
    }
}
