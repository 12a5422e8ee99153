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
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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
        private static final String NO_KEY = "Search key is required but was not found";
        private static final Set<String> INI = Set.of("type", "file", "section", "re", "encoding", "default",
                "case_sensitive", "allow_no_value", "allow_none", "interpolation");

        static Term ini(String term, Arguments options) {
            String first = term.strip().split("\\s+", -1)[0];
            int equals = first.indexOf('=');
            if (equals >= 0) {
                throw new TemplateException(INI.contains(first.substring(0, equals))
                        ? "No key to lookup was provided as first term with in string inline options: " + term
                        : "'" + first.substring(0, equals) + "' is not a valid option");
            }
            return of(term, options);
        }

        /** All words of the key, then the options. */
        static Term csv(String term, Arguments options) {
            List<String> words = List.of(term.strip().split("\\s+", -1));
            String key = words.stream().filter(word -> !word.contains("=")).collect(Collectors.joining(" "));
            if (key.isEmpty()) {
                throw new TemplateException(NO_KEY);
            }
            var named = new java.util.LinkedHashMap<String, Value>(options.named());
            words.stream().filter(word -> word.contains("=")).forEach(word -> named
                    .put(word.substring(0, word.indexOf('=')), new Text(word.substring(word.indexOf('=') + 1))));
            return new Term(key, new Arguments(List.of(), named));
        }

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
            return flag(name, false);
        }

        boolean flag(String name, boolean fallback) {
            return options.optional(-1, name).map(value -> LogicFilters.bool(value) == Bool.TRUE).orElse(fallback);
        }

        Charset charset() {
            try {
                return Charset.forName(option("encoding", "utf-8"));
            } catch (IllegalArgumentException _) {
                throw new TemplateException("there is no encoding " + option("encoding", ""));
            }
        }
    }

    private static List<Value> ini(List<Value> terms, Arguments options, Evaluation evaluation) {
        var values = new ArrayList<Value>();
        for (Value value : terms) {
            Term term = Term.ini(evaluation.text(value), options);
            Path path = FileLookups.find("ini", "files", term.option("file", "ansible.ini"), evaluation);
            boolean properties = term.option("type", "ini").equals("properties");
            IniFile file = IniFile.read(FileLookups.read(path, term.charset()), path.toString(), properties,
                    term.flag("case_sensitive"), term.flag("allow_no_value") || term.flag("allow_none"));
            if (term.flag("interpolation", true)) {
                file = file.interpolated();
            }
            String section = term.option("section", "global");
            if (!properties && !section.equals("DEFAULT") && !file.sections().containsKey(section)) {
                throw new TemplateException("No section: '" + section + "' in " + path);
            }
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
            if (found.isPresent() && file.isBare(section, term.key())) {
                continue;
            }
            found.map(Text::new).ifPresentOrElse(values::add,
                    () -> values.add(options.value(-1, "default", new Text(term.option("default", "")))));
        }
        return values;
    }

    private static List<Value> csv(List<Value> terms, Arguments options, Evaluation evaluation) {
        if (terms.isEmpty()) {
            throw new TemplateException(Term.NO_KEY);
        }
        var values = new ArrayList<Value>();
        for (Value value : terms) {
            Term term = Term.csv(evaluation.text(value), options);
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
