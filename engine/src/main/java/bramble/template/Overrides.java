package bramble.template;

import bramble.problem.Nearest;
import bramble.template.DocumentOptions.Delimiters;
import bramble.value.Bool;
import bramble.value.Text;
import bramble.value.Value;
import java.util.List;

/**
 * The options that a template sets in its own first line, {@code #jinja2: trim_blocks: False, lstrip_blocks: True}.
 *
 * @param start where the template itself starts
 */
record Overrides(DocumentOptions options, int start) {
    private static final String HEADER = "#jinja2:";

    static Overrides read(String text, DocumentOptions given) {
        if (!text.startsWith(HEADER)) {
            return new Overrides(given, 0);
        }
        int newline = text.indexOf('\n');
        int end = newline < 0 ? text.length() : newline;
        DocumentOptions options = given;
        var parser = new Parser(text, HEADER.length(), end);
        while (!parser.atEnd()) {
            int at = parser.peek().at();
            String name = parser.name();
            parser.expect(":");
            options = with(options, name, parser.expression(), at);
            if (!parser.atEnd()) {
                parser.expect(",");
            }
        }
        return new Overrides(options, newline < 0 ? end : end + 1);
    }

    private static DocumentOptions with(DocumentOptions options, String name, Expression written, int at) {
        Value value = written instanceof Expression.Literal(Value constant, _) ? constant : new Text("");
        String text = value instanceof Text(String string) ? string : "";
        boolean flag = value == Bool.TRUE;
        Delimiters d = options.delimiters();
        return switch (name) {
            case "trim_blocks" -> new DocumentOptions(flag, options.lstripBlocks(), options.newlineSequence(),
                    options.keepTrailingNewline(), d);
            case "lstrip_blocks" -> new DocumentOptions(options.trimBlocks(), flag, options.newlineSequence(),
                    options.keepTrailingNewline(), d);
            case "newline_sequence" -> new DocumentOptions(options.trimBlocks(), options.lstripBlocks(), text,
                    options.keepTrailingNewline(), d);
            case "keep_trailing_newline" -> new DocumentOptions(options.trimBlocks(), options.lstripBlocks(),
                    options.newlineSequence(), flag, d);
            default -> options.with(with(options.delimiters(), name, text, at));
        };
    }

    private static Delimiters with(Delimiters d, String name, String text, int at) {
        return switch (name) {
            case "variable_start_string" -> new Delimiters(text, d.variableEnd(), d.blockStart(), d.blockEnd(),
                    d.commentStart(), d.commentEnd(), d.lineStatement(), d.lineComment());
            case "variable_end_string" -> new Delimiters(d.variableStart(), text, d.blockStart(), d.blockEnd(),
                    d.commentStart(), d.commentEnd(), d.lineStatement(), d.lineComment());
            case "block_start_string" -> new Delimiters(d.variableStart(), d.variableEnd(), text, d.blockEnd(),
                    d.commentStart(), d.commentEnd(), d.lineStatement(), d.lineComment());
            case "block_end_string" -> new Delimiters(d.variableStart(), d.variableEnd(), d.blockStart(), text,
                    d.commentStart(), d.commentEnd(), d.lineStatement(), d.lineComment());
            case "comment_start_string" -> new Delimiters(d.variableStart(), d.variableEnd(), d.blockStart(),
                    d.blockEnd(), text, d.commentEnd(), d.lineStatement(), d.lineComment());
            case "comment_end_string" -> new Delimiters(d.variableStart(), d.variableEnd(), d.blockStart(),
                    d.blockEnd(), d.commentStart(), text, d.lineStatement(), d.lineComment());
            case "line_statement_prefix" -> new Delimiters(d.variableStart(), d.variableEnd(), d.blockStart(),
                    d.blockEnd(), d.commentStart(), d.commentEnd(), text, d.lineComment());
            case "line_comment_prefix" -> new Delimiters(d.variableStart(), d.variableEnd(), d.blockStart(),
                    d.blockEnd(), d.commentStart(), d.commentEnd(), d.lineStatement(), text);
            default -> throw new SyntaxException(at, "there is no option '" + name + "' for templates",
                    Nearest.hint(name, List.of("trim_blocks", "lstrip_blocks", "newline_sequence",
                            "keep_trailing_newline", "variable_start_string", "variable_end_string",
                            "block_start_string", "block_end_string", "comment_start_string", "comment_end_string",
                            "line_statement_prefix", "line_comment_prefix")));
        };
    }
}
