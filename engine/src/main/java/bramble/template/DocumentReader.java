package bramble.template;

import bramble.problem.Nearest;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.tree.ExpressionNode;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.TreeParser;
import com.hubspot.jinjava.tree.parse.ExpressionToken;
import com.hubspot.jinjava.tree.parse.TokenScannerSymbols;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes documents of templates with tags. Jinjava gets a text in which delimiters are characters that no text has, and in
 * which each expression and each tag's content is a number; so its scanner can't misread anything.
 */
final class DocumentReader {
    /** Each tag by the tags that may follow in its body, the last one closing it; nothing where it has no body. */
    private static final Map<String, List<String>> TAGS = Map.ofEntries(
            Map.entry("if", List.of("elif", "else", "endif")),
            Map.entry("for", List.of("else", "endfor")), Map.entry("set", List.of("endset")),
            Map.entry("macro", List.of("endmacro")), Map.entry("call", List.of("endcall")),
            Map.entry("filter", List.of("endfilter")), Map.entry("with", List.of("endwith")),
            Map.entry("block", List.of("endblock")), Map.entry("autoescape", List.of("endautoescape")),
            Map.entry("include", List.of()), Map.entry("import", List.of()), Map.entry("from", List.of()),
            Map.entry("extends", List.of()), Map.entry("do", List.of()), Map.entry("print", List.of()),
            Map.entry("break", List.of()), Map.entry("continue", List.of()));

    private static final Symbols SYMBOLS = new Symbols();

    private DocumentReader() {}

    /** Jinjava itself, made when the first document is read: its start takes a moment that most runs can do without. */
    static final class Engine {
        static final JinjavaConfig CONFIG = JinjavaConfig.newBuilder().withTokenScannerSymbols(SYMBOLS)
                .build();
        static final Jinjava JINJAVA = jinjava();

        private Engine() {}

        private static Jinjava jinjava() {
            var jinjava = new Jinjava(CONFIG);
            Context context = jinjava.getGlobalContext();
            TAGS.forEach((name, inside) -> context
                    .registerTag(new NumberedTag(name, !inside.isEmpty() && !name.equals("set"))));
            context.registerTag(new NumberedTag("elif", false));
            context.registerTag(new NumberedTag("else", false));
            context.registerTag(new NumberedTag("setbody", true));
            return jinjava;
        }
    }

    /** The document of a scanned template. */
    static Document read(String text, DocumentOptions options, Scanner.Result scanned, int newlines) {
        return new Object() {
            private final StringBuilder out = new StringBuilder();
            private final List<Expression> outputs = new ArrayList<>();
            private final List<Statement> statements = new ArrayList<>();
            private final Deque<Part.Tag> open = new ArrayDeque<>();

            Document read() {
                List<Part> parts = scanned.parts();
                for (int i = 0; i < parts.size(); i++) {
                    switch (parts.get(i)) {
                        case Part.Data(String data) when SYMBOLS.in(data) ->
                            output(new Expression.Literal(new bramble.value.Text(data), 0));
                        case Part.Data(String data) -> out.append(data);
                        case Part.Output(Expression expression) -> output(expression);
                        case Part.Tag tag -> tag(tag, parts, i);
                    }
                }
                if (!open.isEmpty()) {
                    Part.Tag left = open.getLast();
                    throw new SyntaxException(left.at(),
                            "the tag '" + left.name() + "' is still open at the end, where a '"
                                    + String.join("' or '", inside(left)) + "' is expected");
                }
                var interpreter = new JinjavaInterpreter(Engine.JINJAVA, new Context(Engine.JINJAVA.getGlobalContext()),
                        Engine.CONFIG);
                Node tree = new TreeParser(interpreter, out.toString()).buildTree();
                if (!interpreter.getErrors().isEmpty()) {
                    throw new IllegalStateException(interpreter.getErrors().toString());
                }
                List<Element> elements = elements(tree);
                var blocks = new HashMap<String, Element.Tag>();
                blocks(elements, blocks);
                return new Document(text, options, elements, blocks, newlines, scanned.mutating());
            }

            private void output(Expression expression) {
                out.append(SYMBOLS.getExpressionStart()).append(outputs.size()).append(SYMBOLS.getExpressionEnd());
                outputs.add(expression);
            }

            private void tag(Part.Tag tag, List<Part> parts, int place) {
                String name = tag.name();
                Part.Tag parent = open.peekLast();
                if (parent != null && inside(parent).contains(name)) {
                    if (name.startsWith("end")) {
                        open.removeLast();
                        String end = parent.name().equals("set") ? "endsetbody" : name;
                        out.append(SYMBOLS.getExpressionStartWithTag()).append(end)
                                .append(SYMBOLS.getExpressionEndWithTag());
                        return;
                    }
                } else if (!TAGS.containsKey(name)) {
                    throw unexpected(tag, parent);
                }
                boolean body = !TAGS.getOrDefault(name, List.of()).isEmpty() && StatementParser.holdsBody(text, tag);
                if (body) {
                    open.addLast(tag);
                }
                Statement statement = StatementParser.parse(text, tag, body ? body(parts, place) : "",
                        options.newlineSequence());
                String jinjavaName = statement instanceof Statement.SetBody ? "setbody" : name;
                out.append(SYMBOLS.getExpressionStartWithTag()).append(jinjavaName).append(' ')
                        .append(statements.size())
                        .append(SYMBOLS.getExpressionEndWithTag());
                statements.add(statement);
            }

            private List<String> inside(Part.Tag tag) {
                return TAGS.getOrDefault(tag.name(), List.of());
            }

            private SyntaxException unexpected(Part.Tag tag, Part.@org.jspecify.annotations.Nullable Tag parent) {
                boolean known = TAGS.values().stream().anyMatch(inside -> inside.contains(tag.name()));
                if (known) {
                    return new SyntaxException(tag.at(), "the tag '" + tag.name() + "' can't stand here", parent == null
                            ? "Nothing is open that it could belong to."
                            : "The innermost open tag is '" + parent.name() + "', which wants "
                                    + String.join(" or ", inside(parent))
                                    + ".");
                }
                var names = new ArrayList<>(TAGS.keySet());
                TAGS.values().forEach(names::addAll);
                return new SyntaxException(tag.at(), "there is no tag '" + tag.name() + "'",
                        Nearest.hint(tag.name(), names));
            }

            /** The text from a tag to the one that closes it. */
            private String body(List<Part> parts, int place) {
                Part.Tag first = (Part.Tag) parts.get(place);
                int depth = 0;
                for (Part part : parts.subList(place, parts.size())) {
                    if (part instanceof Part.Tag tag) {
                        depth += tag.name().equals(first.name()) && StatementParser.holdsBody(text, tag)
                                ? 1
                                : tag.name().equals("end" + first.name()) ? -1 : 0;
                        if (depth == 0) {
                            return text.substring(first.end(), tag.at());
                        }
                    }
                }
                return "";
            }

            /** Jinjava's nodes with what their numbers stand for. */
            private List<Element> elements(Node parent) {
                var elements = new ArrayList<Element>();
                for (Node node : parent.getChildren()) {
                    elements.add(switch (node) {
                        case TagNode tag -> new Element.Tag(statements.get(number(tag.getHelpers())), elements(tag));
                        case ExpressionNode output when output.getMaster() instanceof ExpressionToken token ->
                            new Element.Output(outputs.get(number(token.getExpr())));
                        default -> new Element.Data(node.getMaster().getImage());
                    });
                }
                return List.copyOf(elements);
            }

            private int number(String content) {
                return Integer.parseInt(content.strip());
            }

            private void blocks(List<Element> elements, Map<String, Element.Tag> found) {
                for (Element element : elements) {
                    if (element instanceof Element.Tag tag) {
                        if (tag.statement() instanceof Statement.Block block && found.put(block.name(), tag) != null) {
                            throw new SyntaxException(0, "the block '" + block.name() + "' is there twice");
                        }
                        blocks(tag.body(), found);
                    }
                }
            }
        }.read();
    }

    /** Delimiters that no text has: noncharacters of Unicode. */
    private static final class Symbols extends TokenScannerSymbols {
        private static final long serialVersionUID = 1;

        boolean in(String text) {
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) >= '\ufdd0' && text.charAt(i) <= '\ufddf') {
                    return true;
                }
            }
            return false;
        }

        @Override
        public char getPrefixChar() {
            return '\ufdd0';
        }

        @Override
        public char getPostfixChar() {
            return '\ufdd1';
        }

        @Override
        public char getFixedChar() {
            return 0;
        }

        @Override
        public char getNoteChar() {
            return '\ufdd2';
        }

        @Override
        public char getTagChar() {
            return '\ufdd3';
        }

        @Override
        public char getExprStartChar() {
            return '\ufdd4';
        }

        @Override
        public char getExprEndChar() {
            return '\ufdd5';
        }

        @Override
        public char getNewlineChar() {
            return '\n';
        }

        @Override
        public char getTrimChar() {
            return '\ufdd6';
        }
    }
}
