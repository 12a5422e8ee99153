package bramble.template.builtin;

import bramble.problem.Source;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.TemplateException;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import com.google.auto.service.AutoService;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Entries of {@code pass}: the first line, everything ({@code returnall}), or one of its {@code key: value} lines; a new one
 * where there is none, if that is asked for ({@code create}).
 *
 * @see <a href="https://www.passwordstore.org">pass</a>
 */
@AutoService(Extensions.class)
public final class PasswordStoreLookup implements Extensions {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final String SYMBOLS = "!#$%&()*+,-./:;<=>?@[]^_{|}~";

    @Override
    public Map<String, Lookup> lookups() {
        return Map.of("passwordstore", (terms, options, evaluation) -> terms.stream()
                .map(term -> entry(evaluation.text(term), options, evaluation)).toList());
    }

    private static Value entry(String term, Arguments options, Evaluation evaluation) {
        String[] words = term.strip().split("\\s+", -1);
        var named = new LinkedHashMap<String, Value>(options.named());
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals < 0) {
                throw new TemplateException("Passwordstore parameters must be name=value, not " + words[i]);
            }
            named.put(words[i].substring(0, equals), new Text(words[i].substring(equals + 1)));
        }
        return new Entry(words[0], new Arguments(List.of(), named), evaluation).value();
    }

    private record Entry(String name, Arguments options, Evaluation evaluation) {
        Value value() {
            String shown;
            try {
                shown = pass("show", name, "");
            } catch (TemplateException e) {
                return missing(e);
            }
            if (flag("overwrite")) {
                String fresh = fresh();
                keep(fresh + "\n" + (flag("preserve", true) ? after(shown) : "")
                        + (flag("backup") ? "lookup_pass: old password was " + first(shown) + "\n" : ""));
                return new Text(fresh);
            }
            return part(shown);
        }

        private Value part(String shown) {
            if (flag("returnall")) {
                return new Text(shown.stripTrailing());
            }
            String key = options.text(-1, "subkey", "password");
            if (key.equals("password")) {
                return new Text(first(shown));
            }
            return TextFilters.lines(shown).stream().skip(1).filter(line -> line.startsWith(key + ":")).findFirst()
                    .map(line -> NodeValues
                            .plain(YamlReader.readOne(line.substring(key.length() + 1).strip(), "pass", _ -> {})))
                    .orElse(None.NONE);
        }

        private static String first(String shown) {
            List<String> lines = TextFilters.lines(shown);
            return lines.isEmpty() ? "" : lines.getFirst();
        }

        private static String after(String shown) {
            int end = shown.indexOf('\n');
            return end < 0 ? "" : shown.substring(end + 1);
        }

        private Value missing(TemplateException failure) {
            String how = flag("create") ? "create" : options.text(-1, "missing", "error");
            return switch (how) {
                case "empty", "warn" -> None.NONE;
                case "create" -> {
                    String fresh = fresh();
                    keep(fresh + "\n");
                    yield new Text(fresh);
                }
                default -> throw new TemplateException(Source.NONE,
                        "Tried to read \"" + name + "\" from the password store, but " + failure.summary(),
                        "Add it with \"pass insert " + name + "\", or use create=true or missing=empty.");
            };
        }

        private String fresh() {
            String given = options.text(-1, "userpass", "");
            return given.isEmpty()
                    ? Passwords.random(length(), flag("nosymbols") ? LETTERS : LETTERS + SYMBOLS, new SecureRandom())
                    : given;
        }

        /** It may come as text, behind the entry's name. */
        private int length() {
            String length = evaluation.text(options.value(-1, "length", Int.of(16)));
            if (!length.matches("[1-9]\\d{0,3}")) {
                throw new TemplateException("the length of a password must be a number up to 9999, not " + length);
            }
            return Integer.parseInt(length);
        }

        /** The text goes through a pipe: it is in no list of processes. */
        private void keep(String text) {
            pass("insert --multiline --force", name, text);
        }

        private String pass(String command, String entry, String input) {
            var shell = new StringBuilder();
            String umask = options.text(-1, "umask", "");
            if (umask.matches("[0-7]{3,4}")) {
                shell.append("PASSWORD_STORE_UMASK=").append(umask).append(' ');
            }
            String folder = options.text(-1, "directory", "");
            if (!folder.isEmpty()) {
                shell.append("PASSWORD_STORE_DIR=").append(TextFilters.quoted(PathFilters.expandUser(folder)))
                        .append(' ');
            }
            shell.append("exec pass ").append(command).append(' ').append(TextFilters.quoted(entry));
            var words = new ArrayList<>(List.of("/bin/sh", "-c", shell.toString()));
            return SystemLookups.run("passwordstore", words, input, evaluation);
        }

        private boolean flag(String option) {
            return flag(option, false);
        }

        private boolean flag(String option, boolean usual) {
            return options.optional(-1, option).map(value -> LogicFilters.bool(value) == Bool.TRUE).orElse(usual);
        }
    }
}
