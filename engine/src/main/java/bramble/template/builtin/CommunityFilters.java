package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.TemplateException;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.TomlReader;
import bramble.yaml.TomlWriter;
import com.google.auto.service.AutoService;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/** Filters of the collection community.general that need no library. */
@AutoService(Extensions.class)
public final class CommunityFilters implements Extensions {
    /** The smallest number of ten hexadecimal digits: the rest of an address is the beginning of a larger one. */
    private static final long LEAST_MAC = 0x1000000000L;

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("accumulate", CommunityFilters::accumulate),
                entry("counter", CommunityFilters::counter),
                entry("dict", CommunityFilters::dict),
                entry("dict_kv", (input, arguments, _) -> single(arguments.value(0, "key"), input)),
                entry("from_csv", CommunityFilters::fromCsv),
                entry("from_ini", CommunityFilters::fromIni),
                entry("to_ini", CommunityFilters::toIni),
                entry("groupby_as_dict", CommunityFilters::groupAsDict),
                entry("lists_mergeby", CommunityFilters::mergeLists),
                entry("unicode_normalize", CommunityFilters::normalize),
                entry("crc32", CommunityFilters::crc),
                entry("from_toml", CommunityFilters::fromToml),
                entry("to_toml", CommunityFilters::toToml),
                entry("random_mac", CommunityFilters::randomMac));
    }

    /** What the items up to each one add up to. */
    private static Value accumulate(Value input, Arguments arguments, Evaluation evaluation) {
        var sums = new ArrayList<Value>();
        for (Value item : evaluation.items(input)) {
            sums.add(sums.isEmpty() ? item : Numbers.plus(sums.getLast(), item));
        }
        return new ListValue(sums);
    }

    private static Value fromToml(Value input, Arguments arguments, Evaluation evaluation) {
        try {
            return NodeValues.plain(TomlReader.read(evaluation.text(input), ""));
        } catch (ProblemException e) {
            Source at = e.problems().getFirst().source();
            throw new TemplateException("the text is no TOML: line " + at.line() + ", column " + at.column() + ": "
                    + e.summary());
        }
    }

    private static Value toToml(Value input, Arguments arguments, Evaluation evaluation) {
        if (!(input instanceof MapValue map)) {
            throw new TemplateException("to_toml takes a mapping, not " + evaluation.text(input));
        }
        return new Text(TomlWriter.write(map));
    }

    private static Value counter(Value input, Arguments arguments, Evaluation evaluation) {
        var counts = new LinkedHashMap<Value, Value>();
        evaluation.items(input).forEach(item -> counts.merge(item, Int.of(1), Numbers::plus));
        return new MapValue(counts);
    }

    private static Value dict(Value input, Arguments arguments, Evaluation evaluation) {
        var entries = new LinkedHashMap<Value, Value>();
        for (Value item : evaluation.items(input)) {
            List<Value> pair = evaluation.items(item);
            if (pair.size() != 2) {
                throw new TemplateException("dict takes a list of pairs, but one item has " + pair.size() + " parts");
            }
            entries.put(pair.get(0), pair.get(1));
        }
        return new MapValue(entries);
    }

    private static Value single(Value key, Value value) {
        return new MapValue(Map.of(key, value));
    }

    private static Value fromCsv(Value input, Arguments arguments, Evaluation evaluation) {
        String delimiter = arguments.text(-1, "delimiter",
                arguments.text(0, "dialect", "excel").equals("excel-tab") ? "\t" : ",");
        List<List<String>> rows = CsvText.rows(evaluation.text(input), delimiter.charAt(0));
        Optional<Value> given = arguments.optional(1, "fieldnames").filter(names -> names != None.NONE);
        if (given.isEmpty() && rows.isEmpty()) {
            return ListValue.EMPTY;
        }
        List<Value> names = given.map(evaluation::items).orElseGet(() -> Value.texts(rows.getFirst()).items());
        var records = new ArrayList<Value>();
        for (List<String> row : rows.subList(given.isPresent() ? 0 : 1, rows.size())) {
            var entries = new LinkedHashMap<Value, Value>();
            for (int i = 0; i < names.size(); i++) {
                entries.put(names.get(i), i < row.size() ? new Text(row.get(i)) : None.NONE);
            }
            records.add(new MapValue(entries));
        }
        return new ListValue(records);
    }

    private static Value fromIni(Value input, Arguments arguments, Evaluation evaluation) {
        IniFile file = IniFile.read(evaluation.text(input), "the text", false, false, false);
        var sections = new LinkedHashMap<String, Value>();
        file.sections().keySet().forEach(name -> sections.put(name, Value.of(file.section(name))));
        return MapValue.named(sections);
    }

    private static Value toIni(Value input, Arguments arguments, Evaluation evaluation) {
        if (!(input instanceof MapValue sections)) {
            throw new TemplateException("to_ini takes a mapping of sections, not " + evaluation.text(input));
        }
        var text = new StringBuilder();
        sections.entries().forEach((name, section) -> {
            if (!(section instanceof MapValue entries)) {
                throw new TemplateException("to_ini takes a mapping for each section, but " + name + " is "
                        + evaluation.text(section));
            }
            text.append('[').append(evaluation.text(name)).append("]\n");
            entries.entries().forEach((key, value) -> text.append(evaluation.text(key)).append(" = ")
                    .append(evaluation.text(value).replace("\n", "\n\t")).append('\n'));
            text.append('\n');
        });
        return new Text(text.toString());
    }

    private static Value groupAsDict(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("attribute");
        String attribute = arguments.text(0, "attribute");
        var groups = new LinkedHashMap<Value, Value>();
        for (Value item : evaluation.items(input)) {
            Value key = item instanceof MapValue map ? map.get(attribute).orElse(None.NONE) : None.NONE;
            if (key == None.NONE) {
                throw new TemplateException("Attribute \"" + attribute + "\" is missing in an item of the list");
            }
            if (groups.put(key, item) != null) {
                throw new TemplateException("Multiple sequence entries have attribute value " + evaluation.text(key));
            }
        }
        return new MapValue(groups);
    }

    /** Merges mappings of several lists that have the same value for a key, and sorts by that value. */
    private static Value mergeLists(Value input, Arguments arguments, Evaluation evaluation) {
        var lists = new ArrayList<Value>();
        lists.add(input);
        lists.addAll(arguments.positional());
        boolean nested = lists.size() < 3 && evaluation.items(input).stream().allMatch(ListValue.class::isInstance);
        Value index = arguments.optional(-1, "index").orElseGet(lists::removeLast);
        List<Value> all = nested ? evaluation.items(input) : lists;
        var options = new LinkedHashMap<>(arguments.named());
        options.remove("index");
        var merged = new TreeMap<Value, Value>(evaluation::compare);
        for (Value list : all) {
            for (Value item : evaluation.items(list)) {
                Value key = item instanceof MapValue map
                        ? map.get(evaluation.text(index)).orElse(None.NONE)
                        : None.NONE;
                if (key != None.NONE) {
                    merged.merge(key, item,
                            (before, more) -> evaluation.filter("combine", before,
                                    new Arguments(List.of(more), options)));
                }
            }
        }
        return new ListValue(List.copyOf(merged.values()));
    }

    private static Value normalize(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("form");
        String form = arguments.text(0, "form", "NFC");
        if (!List.of("NFC", "NFD", "NFKC", "NFKD").contains(form)) {
            throw new TemplateException("Unicode normalization form must be one of NFC, NFD, NFKC, NFKD, not " + form);
        }
        return new Text(Normalizer.normalize(evaluation.text(input), Normalizer.Form.valueOf(form)));
    }

    private static Value crc(Value input, Arguments arguments, Evaluation evaluation) {
        var crc = new CRC32();
        crc.update(evaluation.text(input).getBytes(StandardCharsets.UTF_8));
        return new Text(Long.toHexString(crc.getValue()));
    }

    private static Value randomMac(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("seed");
        String start = evaluation.text(input).toLowerCase(Locale.ROOT);
        if (!start.matches("[0-9a-f]{2}(:[0-9a-f]{2}){0,4}:?")) {
            throw new TemplateException(
                    "Invalid value (" + start + ") for random_mac: expected one to five bytes such as 52:54:00");
        }
        RandomGenerator generator = ListFilters.generator(arguments.optional(0, "seed"));
        String given = start.endsWith(":") ? start.substring(0, start.length() - 1) : start;
        var mac = new StringBuilder(given);
        String digits = Long.toHexString(LEAST_MAC + generator.nextLong(16 * LEAST_MAC - LEAST_MAC));
        for (int i = 0; mac.length() < 17; i += 2) {
            mac.append(':').append(digits, i, i + 2);
        }
        return new Text(mac.toString());
    }
}
