package bramble.vault;

import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.HomePath;
import bramble.value.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches the vault passwords that a user named: asked for at the terminal, in a file, or printed by a script.
 *
 * @param ask shows a prompt ({@code Vault password (prod): }) and returns what was typed, unseen
 * @param directory against which relative paths are taken
 * @param label the name of those that are given none
 * @param warn gets the sources that give no password, where others do
 */
public record PasswordSources(Function<String, String> ask, Path directory, String label, Consumer<Problem> warn) {
    /** Stands for a file: the password is asked for. */
    private static final String PROMPT = "prompt";
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");
    private static final String LINE_ENDS = "\r\n";
    private static final String BLANKS = " \t\r\n\u000b\f";

    /**
     * The identities of a command line, in the order in which they are tried.
     *
     * @param ids label, at sign, source; or a source alone; a source is a file, a script, or {@code prompt}
     * @param files of {@code --vault-password-file}
     * @param asked whether {@code --ask-vault-pass} is given
     */
    public List<Identity> identities(List<String> ids, List<String> files, boolean asked) {
        var identities = new ArrayList<Identity>();
        var wrong = new ArrayList<ProblemException>();
        for (String id : ids) {
            int at = id.indexOf('@');
            add(at < 0 ? "" : id.substring(0, at), id.substring(at + 1), identities, wrong);
        }
        files.forEach(file -> add("", file, identities, wrong));
        if (asked) {
            identities.add(asked(label, "Vault password: "));
        }
        if (identities.isEmpty() && !wrong.isEmpty()) {
            throw wrong.getFirst();
        }
        wrong.stream().flatMap(one -> one.problems().stream())
                .forEach(one -> warn.accept(Problem.warning(one.source(), one.summary(), one.hint())));
        return List.copyOf(identities);
    }

    /** A file that isn't there may be that of other people: the passwords that are there may do. */
    private void add(String given, String source, List<Identity> identities, List<ProblemException> wrong) {
        if (isAsked(source)) {
            identities.add(identity(given, source, identities));
            return;
        }
        try {
            identities.add(identity(given, source, identities));
        } catch (ProblemException e) {
            wrong.add(e);
        }
    }

    private static boolean isAsked(String source) {
        return source.equals(PROMPT) || source.equals("prompt_ask_vault_pass");
    }

    /**
     * One identity, under the default label where its own is empty.
     *
     * @param others those that open a file which is encrypted itself
     */
    public Identity identity(String given, String source, List<Identity> others) {
        String name = given.isEmpty() ? label : given;
        return isAsked(source)
                ? asked(name, "Vault password (" + name + "): ")
                : fromFile(name, source, others);
    }

    private Identity asked(String name, String prompt) {
        String password = ask.apply(prompt).strip();
        if (password.isEmpty()) {
            throw new ProblemException(Source.NONE, "Tried to read a vault password, but nothing was typed.");
        }
        return new Identity(name, password);
    }

    private Identity fromFile(String given, String name, List<Identity> others) {
        Path path = directory.resolve(expanded(name)).normalize();
        if (!Files.exists(path)) {
            throw new ProblemException(Source.file(name),
                    "Tried to read a vault password, but the file does not exist.");
        }
        boolean script = Files.isRegularFile(path) && Files.isExecutable(path);
        byte[] password = script ? printed(given, path, name) : written(path, name, others);
        if (password.length == 0) {
            throw new ProblemException(Source.file(name), "Tried to read a vault password, but "
                    + (script ? "the script printed nothing." : "the file is empty."));
        }
        return new Identity(given, password);
    }

    /** With the home folder for {@code ~}, and variables of the environment. */
    private static String expanded(String name) {
        return VARIABLE.matcher(HomePath.expanded(name)).replaceAll(match -> Matcher.quoteReplacement(Optional
                .ofNullable(System.getenv(match.group(1) == null ? match.group(2) : match.group(1)))
                .orElse(match.group())));
    }

    private static byte[] written(Path path, String name, List<Identity> others) {
        try {
            byte[] password = stripped(Files.readAllBytes(path), BLANKS);
            String text = new String(password, StandardCharsets.ISO_8859_1);
            return Vault.isVaulted(text)
                    ? stripped(new Vault(others, false, new Secrets()).openBytes(text, name), LINE_ENDS)
                    : password;
        } catch (IOException e) {
            throw new ProblemException(Source.file(name), "Tried to read a vault password, but "
                    + FileTrouble.why(e) + ".");
        }
    }

    /** Without these bytes at the start and end. */
    private static byte[] stripped(byte[] bytes, String away) {
        int from = 0;
        int to = bytes.length;
        while (from < to && away.indexOf(bytes[from]) >= 0) {
            from++;
        }
        while (to > from && away.indexOf(bytes[to - 1]) >= 0) {
            to--;
        }
        return Arrays.copyOfRange(bytes, from, to);
    }

    /** A script whose name ends in {@code -client} is told which vault id is wanted. It may talk to the terminal. */
    private static byte[] printed(String label, Path script, String name) {
        expectProgram(script, name);
        var command = new ArrayList<>(List.of(script.toAbsolutePath().toString()));
        if (script.getFileName().toString().replaceFirst("\\.[^.]*$", "").endsWith("-client")) {
            command.addAll(List.of("--vault-id", label));
        }
        try {
            Process process = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            byte[] output = process.getInputStream().readAllBytes();
            int code = process.waitFor();
            if (code != 0) {
                throw new ProblemException(Source.file(name),
                        "Tried to get a vault password from the script, but it ended "
                                + "with exit code " + code + ".");
            }
            return stripped(output, LINE_ENDS);
        } catch (IOException e) {
            throw notStarted(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(Source.file(name), "Tried to get a vault password, but was interrupted.");
        }
    }

    /** Where every file is executable, as on a mounted Windows disk, a password must not be run as a command. */
    private static void expectProgram(Path script, String name) {
        byte[] start;
        try (var in = Files.newInputStream(script)) {
            start = in.readNBytes(128);
        } catch (IOException _) {
            return; // it may be run, but not read
        }
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("#!") && text.indexOf(0) < 0) {
            throw notStarted(name);
        }
    }

    private static ProblemException notStarted(String name) {
        return new ProblemException(Problem.error(Source.file(name),
                "Tried to run the script for a vault password, but it can't be started.",
                "If it is a plain file with the password, take its execute permission away (chmod -x)."));
    }
}
