package bramble.yaml;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/** Reads YAML text into {@link Node}s that know their place, with anchors, aliases and merge keys resolved. */
public final class YamlReader {
    /** How deep lists and mappings may stand inside each other. */
    private static final int MAX_DEPTH = 200;
    /** How many nodes a document may have once its aliases are written out: a few lines of them can ask for billions. */
    private static final long MAX_NODES = 5_000_000;
    private static final Pattern ESCAPED_SLASH = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*+)\\\\/");
    private static final Tag UNTAGGED = new Tag("untagged");

    /** Stands for an escaped slash, which SnakeYAML doesn't know; as long as one, so that places stay right. */
    private static final String SLASH = "\uE0F0\uE0F1";

    private final String file;
    private final String text;
    /** What a warning about a key that stands twice says of it. */
    public static final String DUPLICATE = "found a duplicate dict key";

    private final Consumer<Problem> warnings;
    private final IdentityHashMap<org.yaml.snakeyaml.nodes.Node, Sized> done = new IdentityHashMap<>();
    private final Set<org.yaml.snakeyaml.nodes.Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private long merged;
    private int @Nullable [] starts;

    private YamlReader(String text, String file, Consumer<Problem> warnings) {
        this.text = text;
        this.file = file;
        this.warnings = warnings;
    }

    /**
     * The documents of a text, one node each; a text without any content has none.
     *
     * @param file as messages shall name it
     * @param warnings gets a problem for each key that stands twice in a mapping (the last one wins)
     * @throws ProblemException with file, line and column, where the text is no YAML
     */
    public static List<Node> read(String text, String file, Consumer<Problem> warnings) {
        return new YamlReader(text, file, warnings).documents();
    }

    /** The only document of a text, or an empty scalar where there is none; more than one is a problem. */
    public static Node readOne(String text, String file, Consumer<Problem> warnings) {
        List<Node> documents = read(text, file, warnings);
        if (documents.size() > 1) {
            throw new ProblemException(Problem.error(documents.get(1).source(),
                    "Tried to read one YAML document, but a second one starts here.",
                    "Put it into a file of its own, or take out the \"---\" line before it."));
        }
        return documents.isEmpty() ? new Node.Scalar(new Source(file, 1, 1), "", "", true) : documents.getFirst();
    }

    private record Sized(Node node, long size) {}

    private List<Node> documents() {
        var options = new LoaderOptions();
        options.setMaxAliasesForCollections(Integer.MAX_VALUE);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(Integer.MAX_VALUE);
        try {
            var composer = new Composer(new ParserImpl(new StreamReader(text), options), new TagsAsWritten(), options);
            var documents = new ArrayList<Node>();
            while (composer.checkNode()) {
                documents.add(convert(composer.getNode()).node());
            }
            return documents;
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Source.file(file),
                    "Tried to read this YAML, but a tag in it is none: " + e.getMessage());
        } catch (YAMLException e) {
            Optional<String> json = jsonAsYaml();
            if (json.isPresent()) {
                return read(json.get(), file, warnings);
            }
            String marked = ESCAPED_SLASH.matcher(text).replaceAll("$1" + SLASH);
            if (String.valueOf(e.getMessage()).contains("escape character /(47)") && !text.contains(SLASH)
                    && !marked.equals(text)) {
                return new YamlReader(marked, file, warnings).documents();
            }
            throw new ProblemException(SyntaxProblem.of(e, text, file));
        }
    }

    /** JSON that YAML 1.1 would refuse, in a form that it takes: tabs between the tokens, and the escape of a slash. */
    private Optional<String> jsonAsYaml() {
        String yaml = ESCAPED_SLASH.matcher(text.replace('\t', ' ')).replaceAll("$1/");
        return yaml.equals(text) || Json.tryParse(text).isEmpty() ? Optional.empty() : Optional.of(yaml);
    }

    /** Leaves the types of scalars to us: only explicit tags are kept. */
    private static final class TagsAsWritten extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            // none
        }

        @Override
        public Tag resolve(NodeId kind, String value, boolean implicit) {
            return UNTAGGED;
        }
    }

    private Sized convert(org.yaml.snakeyaml.nodes.Node node) {
        Sized known = done.get(node);
        if (known != null) {
            return known;
        }
        if (!open.add(node)) {
            throw new ProblemException(Problem.error(source(node),
                    "Tried to follow an alias, but it stands inside the very thing that it names.",
                    "An alias (*name) may only stand after the end of its anchor's (&name) value."));
        }
        Sized converted = switch (node) {
            case ScalarNode scalar -> new Sized(scalar(scalar), 1);
            case SequenceNode sequence -> items(sequence);
            case MappingNode mapping -> fields(mapping);
            default -> throw new IllegalStateException("no such YAML node: " + node.getNodeId());
        };
        open.remove(node);
        done.put(node, converted);
        return converted;
    }

    private long bounded(long size, org.yaml.snakeyaml.nodes.Node node) {
        if (size > MAX_NODES) {
            throw new ProblemException(Problem.error(source(node),
                    "Tried to write out the aliases, but they would make more than " + MAX_NODES + " nodes.", ""));
        }
        return size;
    }

    private Sized items(SequenceNode sequence) {
        var items = new ArrayList<Node>();
        long size = 1;
        for (var child : sequence.getValue()) {
            Sized item = convert(child);
            items.add(item.node());
            size = bounded(size + item.size(), sequence);
        }
        return new Sized(new Node.Items(source(sequence), tag(sequence), items), size);
    }

    private Sized fields(MappingNode mapping) {
        var own = new LinkedHashMap<Object, Node.Field>();
        var inherited = new ArrayList<Node.Fields>();
        long size = 1;
        for (NodeTuple tuple : mapping.getValue()) {
            Sized value = convert(tuple.getValueNode());
            size = bounded(size + 1 + value.size(), mapping);
            if (isMerge(tuple.getKeyNode())) {
                inherited.addAll(mergeable(value.node()));
            } else {
                Node.Scalar key = key(tuple.getKeyNode());
                Node.Field earlier = own.put(identity(key), new Node.Field(key, value.node()));
                if (earlier != null) {
                    warnings.accept(Problem.warning(key.source(),
                            "In this mapping, " + DUPLICATE + " (" + key.text() + "): it stands on line "
                                    + earlier.key().source().line() + " and on line " + key.source().line()
                                    + "; the last one wins.",
                            "Take one of them out."));
                }
            }
        }
        var all = new LinkedHashMap<Object, Node.Field>();
        for (Node.Fields fields : inherited) {
            merged = bounded(merged + fields.fields().size(), mapping);
            fields.fields().forEach(field -> all.put(identity(field.key()), field));
        }
        all.putAll(own);
        var fields = new Node.Fields(source(mapping), tag(mapping), List.copyOf(all.values()));
        return new Sized(fields, size);
    }

    private static boolean isMerge(org.yaml.snakeyaml.nodes.Node key) {
        return key instanceof ScalarNode scalar && (scalar.getTag().equals(Tag.MERGE)
                || (scalar.isPlain() && scalar.getTag().equals(UNTAGGED) && scalar.getValue().equals("<<")));
    }

    /** The mappings that a merge key brings in, the weakest first: of a list, the first is the strongest. */
    private static List<Node.Fields> mergeable(Node value) {
        return switch (value) {
            case Node.Fields fields -> List.of(fields);
            case Node.Items items ->
                items.items().reversed().stream().flatMap(item -> mergeable(item).stream()).toList();
            case Node.Scalar scalar -> throw new ProblemException(Problem.error(scalar.source(),
                    "Tried to merge with \"<<\", but its value is no mapping.",
                    "Expected an alias of a mapping (<<: *name), or a list of them."));
        };
    }

    /** What makes a key the same as another: 1 and "1" are two keys, 0x1 and 1 are one. */
    private static Value identity(Node.Scalar key) {
        return NodeValues.key(key);
    }

    private Node.Scalar key(org.yaml.snakeyaml.nodes.Node node) {
        return switch (convert(node).node()) {
            case Node.Scalar scalar -> scalar;
            case Node.Fields fields when template(node) -> throw new ProblemException(Problem.error(fields.source(),
                    "Tried to read a mapping, but \"{{\" begins a template, and a template must be quoted.",
                    "Write the whole value in quotes: \"{{ name }}\"."));
            case Node.Fields fields -> throw new ProblemException(Problem.error(fields.source(),
                    "Tried to read a key, but a mapping stands here.", "Keys must be plain text or numbers."));
            case Node.Items items -> throw new ProblemException(Problem.error(items.source(),
                    "Tried to read a key, but a list stands here.", "Keys must be plain text or numbers."));
        };
    }

    private boolean template(org.yaml.snakeyaml.nodes.Node node) {
        Mark mark = node.getStartMark();
        int start = text.offsetByCodePoints(0, mark.getIndex());
        return start > 0 && text.startsWith("{{", start - 1);
    }

    private Node.Scalar scalar(ScalarNode scalar) {
        String slash = scalar.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED ? "/" : "\\/";
        String value = scalar.getValue().replace(SLASH, slash);
        return new Node.Scalar(folded(scalar, textStart(scalar)), tag(scalar), value, scalar.isPlain());
    }

    /** The place with where each line of a longer text stands: found by its letters, up to one that is written otherwise. */
    private Source folded(ScalarNode scalar, Source start) {
        if (scalar.getStartMark().getLine() == scalar.getEndMark().getLine()) {
            return start;
        }
        var folds = new ArrayList<Source.Fold>();
        String value = scalar.getValue();
        int line = start.line() - 1;
        int at = lineStarts()[line] + start.column() - 1;
        int lines = 0;
        int columns = 0;
        int lastLine = -1;
        int lastLines = -1;
        for (int i = 0; i < value.length(); i++, columns++) {
            char c = value.charAt(i);
            if (c == '\n') {
                lines++;
                columns = -1;
            } else if (!Character.isWhitespace(c)) {
                while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                    at++;
                }
                if (at >= text.length() || text.charAt(at) != c) {
                    break;
                }
                while (line + 1 < lineStarts().length && lineStarts()[line + 1] <= at) {
                    line++;
                }
                if (line != lastLine || lines != lastLines) {
                    lastLine = line;
                    lastLines = lines;
                    folds.add(new Source.Fold(lines, columns, line + 1, at - lineStarts()[line] + 1));
                }
                at++;
            }
        }
        return new Source(start.file(), start.line(), start.column(), List.copyOf(folds));
    }

    private static String tag(org.yaml.snakeyaml.nodes.Node node) {
        return node.getTag().equals(UNTAGGED) ? "" : node.getTag().getValue();
    }

    private Source source(org.yaml.snakeyaml.nodes.Node node) {
        Mark mark = node.getStartMark();
        return new Source(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private Source textStart(ScalarNode scalar) {
        Source source = source(scalar);
        return switch (scalar.getScalarStyle()) {
            case SINGLE_QUOTED, DOUBLE_QUOTED -> source.plus(0, 1);
            case LITERAL, FOLDED -> blockStart(scalar, source);
            case ScalarStyle _ -> source;
        };
    }

    /** The first line of a block that is not empty tells its column; its first line is the one after the header. */
    private Source blockStart(ScalarNode scalar, Source header) {
        int line = header.line(); // the index of the line after the header's
        while (line < lineStarts().length && blank(line)) {
            line++;
        }
        if (line >= lineStarts().length || scalar.getValue().isBlank()) {
            return header;
        }
        int column = 0;
        while (Character.isWhitespace(text.charAt(lineStarts()[line] + column))) {
            column++;
        }
        return new Source(file, header.line() + 1, column + 1);
    }

    private boolean blank(int line) {
        int end = line + 1 < lineStarts().length ? lineStarts()[line + 1] : text.length();
        return text.substring(lineStarts()[line], end).isBlank();
    }

    /** Where each line starts, found when first asked for; lines end as the parser counts them. */
    private int[] lineStarts() {
        int[] found = starts;
        if (found == null) {
            var all = IntStream.builder().add(0);
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                boolean pair = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
                if (!pair && (c == '\n' || c == '\r' || c == '\u0085' || c == '\u2028' || c == '\u2029')) {
                    all.add(i + 1);
                }
            }
            found = all.build().toArray();
            starts = found;
        }
        return found;
    }
}
