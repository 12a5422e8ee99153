package bramble.template.builtin;

import bramble.regex.PythonRegex;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.TemplateException;
import bramble.value.MapValue;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lookup filetree: everything below folders of the controller, folders before what is in them. Of entries with the same
 * path below several folders, the first counts.
 */
@AutoService(Extensions.class)
public final class FileTreeLookup implements Extensions {
    private static final String ATTRIBUTES = "unix:mode,uid,gid,owner,group,size,lastModifiedTime,ctime";

    @Override
    public Map<String, Lookup> lookups() {
        return Map.of("filetree", FileTreeLookup::look);
    }

    private static List<Value> look(List<Value> terms, Arguments options, Evaluation evaluation) {
        options.only("exclude");
        Optional<PythonRegex> excluded = options.optional(-1, "exclude")
                .map(value -> RegexFilters.reading(() -> PythonRegex.compile(evaluation.text(value))));
        var entries = new ArrayList<Value>();
        var seen = new HashSet<String>();
        for (Value term : terms) {
            Path root = FileLookups.find("filetree", "files", evaluation.text(term), evaluation).toAbsolutePath();
            try {
                below(root, root, evaluation.text(term).endsWith("/") ? root + "/" : root.toString(), excluded, seen,
                        entries);
            } catch (IOException e) {
                throw new TemplateException("Tried to read the folder " + root + ", but "
                        + FileLookups.reason(e, root));
            }
        }
        return entries;
    }

    private static void below(Path root, Path folder, String shown, Optional<PythonRegex> excluded,
            Set<String> seen, List<Value> entries) throws IOException {
        List<Path> children;
        try (Stream<Path> files = Files.list(folder)) {
            children = files.filter(path -> excluded.isEmpty() || !excluded.get().match(name(path)).isPresent())
                    .sorted().toList();
        }
        List<Path> folders = children.stream().filter(Files::isDirectory).toList();
        for (Path path : Stream.concat(folders.stream(), children.stream().filter(path -> !Files.isDirectory(path)))
                .toList()) {
            if (seen.add(root.relativize(path).toString())) {
                entries.add(entry(root, shown, path));
            }
        }
        for (Path inner : folders) {
            if (!Files.isSymbolicLink(inner)) {
                below(root, inner, shown, excluded, seen, entries);
            }
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static Value entry(Path root, String shown, Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        var entry = new LinkedHashMap<String, Value>();
        entry.put("root", new Text(shown));
        entry.put("path", new Text(root.relativize(path).toString()));
        if (Files.isSymbolicLink(path)) {
            entry.put("state", new Text("link"));
            entry.put("src", new Text(Files.readSymbolicLink(path).toString()));
        } else if (Files.isDirectory(path)) {
            entry.put("state", new Text("directory"));
        } else {
            entry.put("state", new Text("file"));
            entry.put("src", new Text(path.toString()));
        }
        entry.put("uid", Value.of(attributes.get("uid")));
        entry.put("gid", Value.of(attributes.get("gid")));
        entry.put("owner", new Text(String.valueOf(attributes.get("owner"))));
        entry.put("group", new Text(String.valueOf(attributes.get("group"))));
        int mode = attributes.get("mode") instanceof Integer bits ? bits & 07777 : 0;
        entry.put("mode", new Text(String.format(Locale.ROOT, "0%03o", mode)));
        entry.put("size", Value.of(attributes.get("size")));
        entry.put("mtime", seconds(attributes.get("lastModifiedTime")));
        entry.put("ctime", seconds(attributes.get("ctime")));
        return MapValue.named(entry);
    }

    private static Value seconds(@Nullable Object time) {
        return new Real(time instanceof FileTime at ? at.to(TimeUnit.MICROSECONDS) / 1e6 : 0);
    }
}
