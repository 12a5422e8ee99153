package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.problem.Nearest;
import bramble.problem.Source;
import bramble.regex.PythonRegex;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.Bool;
import bramble.value.Encodings;
import bramble.value.ListValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
        private static final Set<String> CSV = Set.of("file", "delimiter", "col", "keycol", "default", "encoding");
        private static final Pattern OPTION = Pattern
                .compile("(?<!\\S)(?<name>[^\\s=]+)=(?:(?<quote>[\"'])(?<quoted>.*?)\\k<quote>(?!\\S)|(?<bare>\\S*))");

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

        /** The words of the key, quotes and all, and the options, whose values may be quoted. */
        static Term csv(String term, Arguments options) {
            var named = new LinkedHashMap<String, Value>(options.named());
            Matcher option = OPTION.matcher(term);
            var key = new StringBuilder();
            while (option.find()) {
                String name = option.group("name");
                if (!CSV.contains(name)) {
                    throw new TemplateException(Source.NONE, "'" + name + "' is not a valid option of csvfile",
                            Nearest.hint(name, CSV));
                }
                named.put(name, new Text(Objects.requireNonNullElse(option.group("quoted"), option.group("bare"))));
                option.appendReplacement(key, " ");
            }
            String words = option.appendTail(key).toString().strip().replaceAll("\\s+", " ");
            if (words.isEmpty()) {
                throw new TemplateException(NO_KEY);
            }
            return new Term(words, new Arguments(List.of(), named));
        }

        /** The words before the first option are the key; those behind one belong to its value. */
        private static Term of(String term, Arguments options) {
            var parts = new LinkedHashMap<String, StringBuilder>();
            String name = "";
            for (String word : term.strip().split("\\s+", -1)) {
                int equals = word.indexOf('=');
                String option = equals < 0 ? "" : word.substring(0, equals);
                if (INI.contains(option)) {
                    name = option;
                    parts.put(name, new StringBuilder(word.substring(equals + 1)));
                } else if (equals > 0 && parts.isEmpty()) {
                    parts.put(name, new StringBuilder(word));
                } else if (equals > 0) {
                    throw new TemplateException(Source.NONE, "'" + option + "' is not a valid option of ini",
                            Nearest.hint(option, INI));
                } else {
                    parts.merge(name, new StringBuilder(word), (before, more) -> before.append(' ').append(more));
                }
            }
            var named = new LinkedHashMap<String, Value>(options.named());
            String key = String.valueOf(parts.remove(""));
            parts.forEach((option, value) -> named.put(option, new Text(value.toString())));
            return new Term(key, new Arguments(List.of(), named));
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
            String name = option("encoding", "utf-8");
            return Encodings.named(name).orElseThrow(() -> new TemplateException("unknown encoding: " + name));
        }
    }

    /** A term that is text. */
    static String word(String lookup, Value term) {
        if (term instanceof Text(String text)) {
            return text;
        }
        throw new TemplateException("each term of " + lookup + " is a text, not a " + Python.type(term) + " like "
                + PythonText.repr(term));
    }

    private static List<Value> ini(List<Value> terms, Arguments options, Evaluation evaluation) {
        var values = new ArrayList<Value>();
        for (Value value : terms) {
            Term term = Term.ini(word("ini", value), options);
            Path path = FileLookups.find("ini", "files", term.option("file", "ansible.ini"), evaluation);
            boolean properties = switch (term.option("type", "ini")) {
                case "ini" -> false;
                case "properties" -> true;
                case String type -> throw new TemplateException(Source.NONE, "there is no type '" + type
                        + "' of files for the lookup ini", "Expected ini or properties.");
            };
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
            if (found.isPresent() && file.isBare(properties ? IniFile.DEFAULT : section, term.key())) {
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
            Term term = Term.csv(word("csvfile", value), options);
            String delimiter = term.option("delimiter", "TAB");
            char separator = delimiter.equals("TAB") || delimiter.equals("\\t") || delimiter.isEmpty()
                    ? '\t'
                    : delimiter.charAt(0);
            int key = number(term, "keycol", 0);
            Path path = FileLookups.find("csvfile", "files", term.option("file", "ansible.csv"), evaluation);
            String text = FileLookups.strict(FileLookups.bytes(path), term.charset(), path.toString(),
                    "Say how it is encoded, as in encoding='latin-1'.");
            Optional<List<String>> row = CsvText.rows(text, separator).stream()
                    .filter(cells -> has(cells, key) && at(cells, key).equals(term.key())).findFirst();
            if (row.isPresent()) {
                List<String> cells = row.get();
                int column = number(term, "col", 1);
                if (!has(cells, column)) {
                    throw new TemplateException(Source.NONE,
                            "csvfile has no column " + column + " in the row of \"" + term.key()
                                    + "\" of " + path,
                            "It has " + cells.size() + " columns, counted from 0.");
                }
                values.add(new Text(at(cells, column)));
            } else {
                Value fallback = term.options().value(-1, "default", None.NONE);
                if (fallback != None.NONE) {
                    values.addAll(fallback instanceof ListValue list ? list.items() : List.of(fallback));
                }
            }
        }
        return values;
    }

    /** A negative number counts from the last column. */
    private static boolean has(List<String> cells, int column) {
        return column < cells.size() && column >= -cells.size();
    }

    private static String at(List<String> cells, int column) {
        return cells.get(column < 0 ? cells.size() + column : column);
    }

    private static int number(Term term, String name, int fallback) {
        String text = term.option(name, String.valueOf(fallback));
        return Numbers.whole(text, 10).map(java.math.BigInteger::intValueExact)
                .orElseThrow(() -> new TemplateException("csvfile: " + name + " must be a number, not " + text));
    }
}
