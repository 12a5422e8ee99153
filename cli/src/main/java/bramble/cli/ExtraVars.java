package bramble.cli;

import bramble.inventory.VariableFiles;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.Template;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** What {@code --extra-vars} gives: {@code key=value} words, JSON or YAML, or {@code @file}. */
final class ExtraVars {
    private ExtraVars() {}

    static MapValue of(List<String> given, VariableFiles files) {
        MapValue all = MapValue.EMPTY;
        for (String text : given) {
            all = all.with(one(text.strip(), files));
        }
        return all;
    }

    private static MapValue one(String text, VariableFiles files) {
        if (text.startsWith("@")) {
            return files.read(text.substring(1)).values();
        }
        if (text.startsWith("{") || text.startsWith("[")) {
            return NodeValues.variables(YamlReader.readOne(text, "--extra-vars", _ -> {}));
        }
        var variables = new LinkedHashMap<String, Value>();
        for (String word : words(text)) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new ProblemException(Problem.error(Source.file("--extra-vars"),
                        "Tried to read \"" + word + "\", but it has no \"=\".",
                        "Write key=value, JSON or YAML in braces, or @file."));
            }
            variables.put(word.substring(0, equals).strip(),
                    Template.of(word.substring(equals + 1), Source.file("--extra-vars")));
        }
        return MapValue.named(variables);
    }

    /** Words as a shell would part them; templates stay whole. */
    private static List<String> words(String text) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        char quote = 0;
        int braces = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else if (c == '\\' && quote == '"' && i + 1 < text.length()) {
                    word.append(text.charAt(++i));
                } else {
                    word.append(c);
                }
            } else if (braces == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (braces == 0 && Character.isWhitespace(c)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                braces += c == '{' ? 1 : c == '}' ? -1 : 0;
                word.append(c);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

}
