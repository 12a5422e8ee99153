package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.HomePath;
import bramble.value.ListValue;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters for paths: as text, and on the controller. */
@AutoService(Extensions.class)
public final class PathFilters implements Extensions {
    private static final Pattern VARIABLE = Pattern.compile("\\$(\\w+|\\{([^}]*)})");

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("basename", simple(PathFilters::baseName)),
                entry("dirname", simple(PathFilters::folder)),
                entry("splitext", (input, _, at) -> splitExtension(at.text(input))),
                entry("path_join", PathFilters::join),
                entry("normpath", simple(PathFilters::normal)),
                entry("relpath", PathFilters::relative),
                entry("commonpath", PathFilters::common),
                entry("expanduser", simple(PathFilters::expandUser)),
                entry("expandvars", simple(path -> expandVariables(path, System::getenv))),
                entry("realpath", simple(PathFilters::real)),
                entry("fileglob",
                        (input, _, at) -> Value
                                .texts(Globs.files(Path.of(expandUser(at.text(input))).toAbsolutePath()))),
                entry("win_basename", simple(path -> windows(path)[1])),
                entry("win_dirname", simple(path -> windows(path)[0])),
                entry("win_splitdrive", (input, _, at) -> splitDrive(at.text(input))));
    }

    private static Filter simple(UnaryOperator<String> change) {
        return (input, _, at) -> new Text(change.apply(at.text(input)));
    }

    static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static String folder(String path) {
        String head = path.substring(0, path.lastIndexOf('/') + 1);
        String trimmed = head.replaceAll("/+$", "");
        return trimmed.isEmpty() ? head : trimmed;
    }

    private static Value splitExtension(String path) {
        int name = path.lastIndexOf('/') + 1;
        int start = name;
        while (start < path.length() && path.charAt(start) == '.') {
            start++; // leading dots are part of the name
        }
        int dot = path.lastIndexOf('.');
        return dot < start
                ? TupleValue.of(new Text(path), new Text(""))
                : TupleValue.of(new Text(path.substring(0, dot)), new Text(path.substring(dot)));
    }

    private static Value join(Value input, Arguments arguments, Evaluation evaluation) {
        if (input instanceof Text) {
            return input;
        }
        if (!(input instanceof ListValue || input instanceof TupleValue)) {
            throw new TemplateException(
                    "|path_join expects string or sequence, got " + Python.type(input) + " instead.");
        }
        String joined = "";
        for (Value part : Python.items(input)) {
            String text = evaluation.text(part);
            joined = text.startsWith("/") || joined.isEmpty()
                    ? text
                    : joined + (joined.endsWith("/") ? "" : "/") + text;
        }
        return new Text(joined);
    }

    /** The path without {@code .}, {@code ..} and doubled slashes, as far as its text tells. */
    static String normal(String path) {
        if (path.isEmpty()) {
            return ".";
        }
        String root = path.startsWith("//") && !path.startsWith("///") ? "//" : path.startsWith("/") ? "/" : "";
        var parts = new ArrayDeque<String>();
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (!part.equals("..") || (root.isEmpty() && (parts.isEmpty() || parts.getLast().equals("..")))) {
                parts.addLast(part);
            } else if (!parts.isEmpty()) {
                parts.removeLast();
            }
        }
        String normal = root + String.join("/", parts);
        return normal.isEmpty() ? "." : normal;
    }

    private static String absolute(String path) {
        return normal(path.startsWith("/") ? path : Path.of("").toAbsolutePath() + "/" + path);
    }

    private static Value relative(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("start");
        String from = absolute(arguments.text(0, "start", "."));
        String relative = Path.of(from).relativize(Path.of(absolute(evaluation.text(input)))).toString();
        return new Text(relative.isEmpty() ? "." : relative);
    }

    private static Value common(Value input, Arguments arguments, Evaluation evaluation) {
        List<String> paths = Python.items(input).stream().map(evaluation::text).toList();
        if (paths.isEmpty()) {
            throw new TemplateException("commonpath() arg is an empty sequence");
        }
        boolean rooted = paths.getFirst().startsWith("/");
        List<String> shared = parts(paths.getFirst());
        for (String path : paths) {
            if (path.startsWith("/") != rooted) {
                throw new TemplateException("Can't mix absolute and relative paths");
            }
            List<String> parts = parts(path);
            int same = 0;
            while (same < Math.min(shared.size(), parts.size()) && shared.get(same).equals(parts.get(same))) {
                same++;
            }
            shared = shared.subList(0, same);
        }
        return new Text((rooted ? "/" : "") + String.join("/", shared));
    }

    private static List<String> parts(String path) {
        var parts = new ArrayList<>(List.of(path.split("/", -1)));
        parts.removeIf(part -> part.isEmpty() || part.equals("."));
        return parts;
    }

    /** The path with a leading {@code ~} made the user's home, and {@code ~user} that user's. */
    static String expandUser(String path) {
        return HomePath.expanded(path);
    }

    public static String expandUser(String path, String home) {
        return isAtHome(path) ? home + path.substring(1) : path;
    }

    /** Whether it begins with the {@code ~} of the user's own home. */
    public static boolean isAtHome(String path) {
        return path.equals("~") || path.startsWith("~/");
    }

    /**
     * The path with {@code $NAME} and <code>${NAME}</code> made what they stand for.
     *
     * @param variables gives null for one that isn't set, which stays as it is written
     */
    public static String expandVariables(String path, Function<String, @Nullable String> variables) {
        return VARIABLE.matcher(path).replaceAll(found -> {
            String name = found.group(2) == null ? found.group(1) : found.group(2);
            String value = variables.apply(name);
            return Matcher.quoteReplacement(value == null ? found.group() : value);
        });
    }

    private static String real(String path) {
        Path absolute = Path.of(absolute(path));
        Path existing = absolute;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            return existing == null
                    ? absolute.toString()
                    : existing.toRealPath().resolve(existing.relativize(absolute)).normalize().toString();
        } catch (IOException e) {
            throw new TemplateException("Tried to resolve the links of " + path + ", but " + e.getMessage());
        }
    }

    /** Folder and name of a Windows path. */
    private static String[] windows(String path) {
        int drive = path.length() > 1 && path.charAt(1) == ':' ? 2 : 0;
        int cut = Math.max(drive, Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
        String head = path.substring(0, cut);
        String trimmed = head.replaceAll("[\\\\/]+$", "");
        return new String[]{trimmed.length() <= drive ? head : trimmed, path.substring(cut)};
    }

    private static Value splitDrive(String path) {
        int drive = path.length() > 1 && path.charAt(1) == ':' ? 2 : 0;
        return TupleValue.of(new Text(path.substring(0, drive)), new Text(path.substring(drive)));
    }
}
