package bramble.cli;

import static java.util.Map.entry;

import bramble.galaxy.CollectionName;
import bramble.galaxy.Shelf;
import bramble.galaxy.Version;
import bramble.problem.Nearest;
import bramble.problem.Source;
import bramble.run.AnsibleVersion;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.TemplateException;
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
import java.util.stream.Stream;

/** Lookups of how this machine is set up: settings ({@code config}) and collections on disk ({@code collection_version}). */
@AutoService(Extensions.class)
public final class SettingsLookups implements Extensions {
    @Override
    public Map<String, Lookup> lookups() {
        return Map.ofEntries(
                entry("config", SettingsLookups::settings),
                entry("collection_version", SettingsLookups::versions));
    }

    private static Configuration configuration(Evaluation evaluation) {
        return Configuration.load(evaluation.scope().site().workingDirectory().toAbsolutePath(), System.getenv(),
                false);
    }

    private static List<Value> settings(List<Value> terms, Arguments options, Evaluation evaluation) {
        String missing = options.text(-1, "on_missing", "error");
        if (!List.of("error", "warn", "skip").contains(missing)) {
            throw new TemplateException(
                    "\"on_missing\" must be one of \"error\", \"warn\" or \"skip\", not " + missing);
        }
        String plugin = options.text(-1, "plugin_name", "");
        String prefix = plugin.isEmpty() ? "" : options.text(-1, "plugin_type", "") + "." + plugin + ":";
        Configuration configuration = configuration(evaluation);
        var values = new ArrayList<Value>();
        for (Value term : terms) {
            if (!(term instanceof Text(String name))) {
                throw new TemplateException("Invalid setting identifier, " + evaluation.text(term) + " is no text");
            }
            Optional<KnownSetting> setting = configuration.known().named(prefix + name);
            if (setting.isEmpty() && missing.equals("error")) {
                throw new TemplateException(Source.NONE, "Unable to find setting " + name, Nearest.hint(name,
                        configuration.known().all().stream().map(KnownSetting::name).toList()));
            }
            setting.ifPresent(found -> values.add(options.bool(-1, "show_origin", false)
                    ? ListValue.of(configuration.value(found), new Text(configuration.origin(found)))
                    : configuration.value(found)));
        }
        return values;
    }

    private static List<Value> versions(List<Value> terms, Arguments options, Evaluation evaluation) {
        List<Shelf> shelves = Stream
                .concat(Stream.of(Path.of("collections")), configuration(evaluation).collections().stream())
                .map(folder -> Shelf.of(evaluation.scope().site().workingDirectory().resolve(folder))).toList();
        var versions = new ArrayList<Value>();
        for (Value term : terms) {
            String text = evaluation.text(term);
            CollectionName name = CollectionName.of(text).orElseThrow(() -> new TemplateException("\"" + text
                    + "\" is not a FQCN: a collection's name is NAMESPACE.NAME"));
            Optional<Shelf.Installed> found = shelves.stream().flatMap(shelf -> shelf.find(name).stream()).findFirst();
            versions.add(text.equals("ansible.builtin")
                    ? new Text(AnsibleVersion.TEXT)
                    : found.map(one -> one.version().map(Version::toString).<Value>map(Text::new)
                            .orElseGet(() -> options.value(-1, "result_no_version", new Text("*"))))
                            .orElseGet(() -> options.value(-1, "result_not_found", None.NONE)));
        }
        return versions;
    }
}
