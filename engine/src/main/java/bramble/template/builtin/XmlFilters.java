package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Filters between XML and mappings: an element is a key, its attributes are keys with {@code @} before them, its text, where
 * it has more than that, is {@code #text}; elements of one name are a list.
 */
@AutoService(Extensions.class)
public final class XmlFilters implements Extensions {
    private static final int DEEPEST = 500;

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("from_xml", XmlFilters::read),
                entry("to_xml", XmlFilters::write));
    }

    private static void engine(Arguments arguments) {
        String engine = arguments.text(0, "engine", "xmltodict");
        if (!engine.equals("xmltodict")) {
            throw new TemplateException("engine: " + engine + " is not supported, only xmltodict");
        }
    }

    private static Value read(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("engine");
        engine(arguments);
        var factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        try {
            XMLStreamReader reader = factory
                    .createXMLStreamReader(new StringReader(evaluation.text(input).strip()));
            while (reader.next() != XMLStreamConstants.START_ELEMENT) {
                // what stands before the first element
            }
            MapValue document = MapValue.of(reader.getLocalName(), element(reader, 0));
            while (reader.hasNext()) {
                reader.next();
            }
            return document;
        } catch (XMLStreamException e) {
            throw new TemplateException("the text is no XML: line " + e.getLocation().getLineNumber() + ", column "
                    + e.getLocation().getColumnNumber() + ": "
                    + String.valueOf(e.getMessage()).replaceFirst("(?s)^.*Message: ", ""));
        }
    }

    private static Value element(XMLStreamReader reader, int depth) throws XMLStreamException {
        if (depth > DEEPEST) {
            throw new TemplateException("elements of the XML are more than " + DEEPEST + " deep in each other");
        }
        var entries = new LinkedHashMap<String, Value>();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            entries.put("@" + reader.getAttributeLocalName(i), new Text(reader.getAttributeValue(i)));
        }
        var text = new StringBuilder();
        while (true) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    String name = reader.getLocalName();
                    entries.merge(name, element(reader, depth + 1), XmlFilters::more);
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                    text.append(reader.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    String own = text.toString().strip();
                    if (entries.isEmpty()) {
                        return own.isEmpty() ? None.NONE : new Text(own);
                    }
                    if (!own.isEmpty()) {
                        entries.put("#text", new Text(own));
                    }
                    return MapValue.named(entries);
                }
                default -> {
                    // comments and instructions say nothing
                }
            }
        }
    }

    /** An element's own value is never a list: a list are several. */
    private static Value more(Value before, Value next) {
        var all = new ArrayList<Value>(before instanceof ListValue list ? list.items() : List.of(before));
        all.add(next);
        return new ListValue(all);
    }

    private static Value write(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("engine", "indent", "indent_width", "full_document");
        engine(arguments);
        String indent = switch (arguments.text(1, "indent", "tabs")) {
            case "tabs" -> "\t";
            case "spaces" -> " ".repeat(Math.clamp(arguments.integer(2, "indent_width", 4), 0, 100));
            case String other ->
                throw new TemplateException("indent: there is no \"" + other + "\", only tabs and spaces");
        };
        if (!(input instanceof MapValue map)) {
            throw new TemplateException("to_xml takes a mapping of the first element's name, not a "
                    + Python.type(input));
        }
        boolean whole = arguments.bool(3, "full_document", true);
        boolean one = map.entries().size() == 1
                && !(map.entries().values().iterator().next() instanceof ListValue list && list.items().size() != 1);
        if (whole && !one) {
            throw new TemplateException("a document of XML has one first element, but the mapping has "
                    + map.entries().size() + " keys, or a list below its key");
        }
        var out = new StringBuilder(whole ? "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" : "");
        map.entries().forEach((name, value) -> element(evaluation.text(name), value, 0, indent, evaluation, out));
        return new Text(out.toString());
    }

    private static void element(String name, Value value, int depth, String indent, Evaluation evaluation,
            StringBuilder out) {
        if (value instanceof ListValue || value instanceof TupleValue) {
            Python.items(value).forEach(item -> element(name, item, depth, indent, evaluation, out));
            return;
        }
        var attributes = new StringBuilder();
        var children = new StringBuilder();
        var text = new StringBuilder();
        if (value instanceof MapValue map) {
            map.entries().forEach((key, item) -> {
                String part = evaluation.text(key);
                if (part.equals("#text")) {
                    text.append(text(item, evaluation));
                } else if (part.startsWith("@")) {
                    attributes.append(' ').append(part.substring(1)).append("=\"")
                            .append(escaped(item == None.NONE ? "" : evaluation.text(item)).replace("\"", "&quot;"))
                            .append('"');
                } else {
                    element(part, item, depth + 1, indent, evaluation, children);
                }
            });
        } else {
            text.append(text(value, evaluation));
        }
        out.append(indent.repeat(depth)).append('<').append(name).append(attributes).append('>')
                .append(children.isEmpty() ? "" : "\n").append(children).append(escaped(text.toString()))
                .append(children.isEmpty() ? "" : indent.repeat(depth)).append("</").append(name).append('>')
                .append(depth == 0 ? "" : "\n");
    }

    private static String text(Value value, Evaluation evaluation) {
        return switch (value) {
            case None _ -> "";
            case Bool bool -> bool.value() ? "true" : "false";
            default -> evaluation.text(value);
        };
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
