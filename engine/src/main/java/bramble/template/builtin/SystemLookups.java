package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.TemplateException;
import bramble.value.EscapedBytes;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Lookups that ask the controller's system: its environment and its commands. */
@AutoService(Extensions.class)
public final class SystemLookups implements Extensions {
    @Override
    public Map<String, Lookup> lookups() {
        return Map.ofEntries(
                entry("env", SystemLookups::environment),
                entry("pipe", (terms, _, at) -> terms.stream()
                        .<Value>map(term -> new Text(
                                text(run("pipe", List.of("/bin/sh", "-c", at.text(term)), at), at.text(term))
                                        .stripTrailing()))
                        .toList()),
                entry("lines", (terms, _, at) -> terms.stream()
                        .flatMap(term -> TextFilters.lines(run("lines", List.of("/bin/sh", "-c", at.text(term)), at))
                                .stream())
                        .<Value>map(Text::new).toList()));
    }

    private static String text(String printed, String command) {
        return FileLookups.strict(EscapedBytes.encode(printed), StandardCharsets.UTF_8, "what " + command + " printed",
                "Let it print text: through base64 or iconv, for example.");
    }

    private static List<Value> environment(List<Value> terms, Arguments options, Evaluation evaluation) {
        var values = new ArrayList<Value>();
        for (Value term : terms) {
            String[] words = DataLookups.word("env", term).strip().split("\\s+", -1);
            String value = System.getenv(words[0]);
            values.add(value == null ? options.value(-1, "default", new Text("")) : new Text(value));
        }
        return values;
    }

    /** What a command prints; its failure is an error with what it printed to stderr. */
    static String run(String lookup, List<String> command, Evaluation evaluation) {
        return run(lookup, command, "", evaluation);
    }

    /** @param input what the command reads */
    static String run(String lookup, List<String> command, String input, Evaluation evaluation) {
        Path folder = evaluation.scope().site().workingDirectory();
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).start();
            var errors = new java.util.concurrent.FutureTask<String>(
                    () -> new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            Thread.ofVirtual().start(errors);
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException _) {
                // it reads nothing, and says by its exit code whether that is well
            }
            String out = EscapedBytes.decode(process.getInputStream().readAllBytes());
            int code = process.waitFor();
            if (code != 0) {
                String last = Stream.of(errors.get().strip().split("\n", -1)).reduce("", (_, line) -> line);
                throw new TemplateException("lookup_plugin." + lookup + "(" + command.getLast() + ") returned " + code
                        + (last.isEmpty() ? "" : ": " + last));
            }
            return out;
        } catch (IOException | java.util.concurrent.ExecutionException e) {
            throw new TemplateException(
                    "Tried to run " + command.getFirst() + " for the lookup " + lookup + ", but " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemplateException("Tried to run a command for the lookup " + lookup + ", but was interrupted");
        }
    }
}
