package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.problem.ProblemException;
import bramble.template.Arguments;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.TemplateException;
import bramble.value.ListValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.Node;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import bramble.yaml.YamlWriter;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Map;

/** Filters to and from YAML. */
@AutoService(Extensions.class)
public final class YamlFilters implements Extensions {
    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("to_yaml", (input, arguments, _) -> write(input, arguments, YamlWriter.Style.YAML)),
                entry("to_nice_yaml", (input, arguments, _) -> write(input, arguments, YamlWriter.Style.NICE)),
                entry("from_yaml", (input, _, at) -> input instanceof Text(String text) ? read(text) : input),
                entry("from_yaml_all", (input, _, at) -> input instanceof Text(String text)
                        ? new ListValue(documents(text).stream().map(NodeValues::plain).toList())
                        : input));
    }

    private static Value write(Value input, Arguments arguments, YamlWriter.Style usual) {
        Value flow = arguments.value(-1, "default_flow_style", None.NONE);
        boolean asked = arguments.optional(-1, "default_flow_style").isPresent();
        String quote = arguments.text(-1, "default_style", "");
        var style = new YamlWriter.Style(
                !asked
                        ? usual.flow()
                        : flow == None.NONE
                                ? YamlWriter.Flow.LEAVES
                                : arguments.bool(-1, "default_flow_style", false)
                                        ? YamlWriter.Flow.ALWAYS
                                        : YamlWriter.Flow.NEVER,
                arguments.integer(0, "indent", usual.indent()), arguments.integer(-1, "width", usual.width()),
                arguments.bool(-1, "sort_keys", usual.sorted()), arguments.bool(-1, "allow_unicode", usual.unicode()),
                arguments.bool(-1, "explicit_start", false), arguments.bool(-1, "explicit_end", false),
                quote.equals("\"") || quote.equals("'") ? quote.charAt(0) : ' ');
        return new Text(YamlWriter.write(input, style));
    }

    private static List<Node> documents(String text) {
        try {
            return YamlReader.read(text, "the text given to from_yaml", _ -> {});
        } catch (ProblemException e) {
            throw failed(e);
        }
    }

    private static Value read(String text) {
        try {
            return NodeValues.plain(YamlReader.readOne(text, "the text given to from_yaml", _ -> {}));
        } catch (ProblemException e) {
            throw failed(e);
        }
    }

    /** The error belongs to the template; where it is in the text is part of the message. */
    private static TemplateException failed(ProblemException e) {
        var problem = e.problems().getFirst();
        return new TemplateException(bramble.problem.Source.NONE, "in line " + problem.source().line() + ", column "
                + problem.source().column() + " of the text: " + problem.summary(), problem.hint());
    }
}
