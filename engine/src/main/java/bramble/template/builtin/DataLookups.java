package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.problem.Source;
import bramble.regex.PythonRegex;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.TemplateException;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lookups of single values in files: INI and CSV. */
@AutoService(Extensions.class)
public final class DataLookups implements Extensions {
    @Override
    public Map<String, Lookup> lookups() {
        return Map.ofEntries(
                entry("ini", DataLookups::ini),
                entry("csvfile", DataLookups::csv));
    }

    /** Options that may also stand inside the term, after the key: {@code key section=x file=y}. */
    private record Term(String key, Arguments options) {
        static Term of(String term, Arguments options) {
            String[] words = term.strip().split("\\s+", -1);
            var named = new java.util.LinkedHashMap<String, Value>(options.named());
            for (int i = 1; i < words.length; i++) {
                int equals = words[i].indexOf('=');
                if (equals < 0) {
                    return new Term(term, options); // a key with blanks in it
                }
                named.put(words[i].substring(0, equals), new Text(words[i].substring(equals + 1)));
            }
            return new Term(words[0], new Arguments(List.of(), named));
        }

        String option(String name, String fallback) {
            return options.text(-1, name, fallback);
        }

        boolean flag(String name) {
            return options.optional(-1, name).map(value -> LogicFilters.bool(value) == Bool.TRUE).orElse(false);
        }
    }

    private static List<Value> ini(List<Value> terms, Arguments options, Evaluation evaluation) {
        var values = new ArrayList<Value>();
        for (Value value : terms) {
            Term term = Term.of(evaluation.text(value), options);
            Path path = FileLookups.find("ini", "files", term.option("file", "ansible.ini"), evaluation);
            IniFile file = IniFile.read(FileLookups.read(path), term.option("type", "ini").equals("properties"),
                    term.flag("case_sensitive"), term.flag("allow_no_value") || term.flag("allow_none"));
            String section = term.option("section", "global");
            if (term.flag("re")) {
                PythonRegex wanted = RegexFilters.reading(() -> PythonRegex.compile(term.key()));
                file.section(section).forEach((key, item) -> {
                    if (wanted.match(key).isPresent()) {
                        values.add(new Text(item));
                    }
                });
                continue;
            }
            Optional<String> found = file.get(section, term.key());
            found.map(Text::new).ifPresentOrElse(values::add,
                    () -> values.add(options.value(-1, "default", new Text(term.option("default", "")))));
        }
        return values;
    }

    private static List<Value> csv(List<Value> terms, Arguments options, Evaluation evaluation) {
        var values = new ArrayList<Value>();
        for (Value value : terms) {
            Term term = Term.of(evaluation.text(value), options);
            String delimiter = term.option("delimiter", "TAB");
            char separator = delimiter.equals("TAB") || delimiter.equals("\\t") || delimiter.isEmpty()
                    ? '\t'
                    : delimiter.charAt(0);
            int column = number(term, "col", 1);
            int key = number(term, "keycol", 0);
            Path path = FileLookups.find("csvfile", "files", term.option("file", "ansible.csv"), evaluation);
            Optional<List<String>> row = CsvText.rows(FileLookups.read(path), separator).stream()
                    .filter(cells -> cells.size() > key && cells.get(key).equals(term.key())).findFirst();
            if (row.isPresent()) {
                List<String> cells = row.get();
                if (column >= cells.size()) {
                    throw new TemplateException(Source.NONE,
                            "csvfile has no column " + column + " in the row of \"" + term.key()
                                    + "\" of " + path,
                            "It has " + cells.size() + " columns, counted from 0.");
                }
                values.add(new Text(cells.get(column)));
            } else {
                Value fallback = term.options().value(-1, "default", None.NONE);
                values.addAll(fallback instanceof ListValue list ? list.items() : List.of(fallback));
            }
        }
        return values;
    }

    private static int number(Term term, String name, int fallback) {
        String text = term.option(name, String.valueOf(fallback));
        return Numbers.whole(text, 10).map(java.math.BigInteger::intValueExact)
                .orElseThrow(() -> new TemplateException("csvfile: " + name + " must be a number, not " + text));
    }
}
