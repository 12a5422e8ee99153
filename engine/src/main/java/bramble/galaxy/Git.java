package bramble.galaxy;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Calls git. A password in an address reaches it by its environment, not in the list of processes. */
public final class Git {
    private static final Pattern PASSWORD = Pattern.compile("(https?://)([^/@\\s]+)@(.*)");

    private Git() {}

    /** What a call printed, and how it ended. */
    public record Said(int code, String text) {}

    /** Fetches a repository with all its branches and tags into a folder, and checks a version out. */
    public static void fetch(String url, Optional<String> version, Path folder) {
        Path parent = Optional.ofNullable(folder.toAbsolutePath().getParent()).orElse(Path.of(""));
        expect(url, "clone it", call(parent, url, List.of("clone", "--quiet", "--", plain(url), folder.toString())));
        version.ifPresent(name -> checkOut(url, name, folder));
    }

    private static void checkOut(String url, String version, Path folder) {
        if (version.startsWith("-")) {
            throw new ProblemException(Source.NONE,
                    "Tried to check out \"" + version + "\", but that is no name of a version.");
        }
        Said said = call(folder, url, List.of("checkout", "--quiet", version, "--"));
        if (said.code != 0) {
            throw new ProblemException(Source.NONE, "Tried to check out " + version + " of " + Web.shown(url)
                    + ", but the repository has no such branch, tag or commit: " + said.text.strip());
        }
    }

    private static void expect(String url, String what, Said said) {
        if (said.code != 0) {
            throw new ProblemException(Source.NONE,
                    "Tried to get " + Web.shown(url) + ", but git could not " + what + ": "
                            + Web.shown(said.text.strip()).replace("\n", " "));
        }
    }

    /** The address without a user and password. */
    static String plain(String url) {
        Matcher matcher = PASSWORD.matcher(url);
        return matcher.matches() ? matcher.group(1) + matcher.group(3) : url;
    }

    /** Calls git in a folder; it never asks anybody. */
    public static Said call(Path folder, String url, List<String> arguments) {
        var words = new ArrayList<String>(List.of("git"));
        words.addAll(arguments);
        var builder = new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.environment().putAll(environment(url));
        try {
            Process process = builder.start();
            try {
                String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return new Said(process.waitFor(), text);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new ProblemException(Source.NONE, "Tried to call git, but was interrupted.");
            }
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to call git, but it isn't on this machine. Install the package git.");
        }
    }

    private static Map<String, String> environment(String url) {
        Matcher matcher = PASSWORD.matcher(url);
        if (!matcher.matches()) {
            return Map.of("GIT_TERMINAL_PROMPT", "0");
        }
        String user = java.net.URLDecoder.decode(matcher.group(2).replace("+", "%2B"), StandardCharsets.UTF_8);
        return Map.of("GIT_TERMINAL_PROMPT", "0", "GIT_CONFIG_COUNT", "1", "GIT_CONFIG_KEY_0",
                "http." + plain(url) + ".extraHeader", "GIT_CONFIG_VALUE_0", "Authorization: Basic " + Base64
                        .getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }
}
