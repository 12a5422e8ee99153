package bramble.inventory;

import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Int;
import bramble.value.PythonLiteral;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads an inventory in INI form: sections of hosts, {@code [x:vars]} and {@code [x:children]}. */
final class IniInventory {
    private static final Pattern SECTION = Pattern.compile("\\[([^:\\]\\s]+)(?::(\\w+))?]\\s*(?:#.*)?");
    private static final Pattern GROUP_NAME = Pattern.compile("([^:\\]\\s]+)\\s*(?:#.*)?");
    private static final List<String> KINDS = List.of("hosts", "children", "vars");

    private enum Kind {
        HOSTS,
        CHILDREN,
        VARS
    }

    /** @param parents whose child it becomes when it is defined */
    private record Missing(Source source, String summary, List<String> parents) {}

    private final Draft draft;
    private final String file;
    private final Set<String> defined = new LinkedHashSet<>();
    /** Groups that are named, but not defined so far, and what to say if they never are. */
    private final Map<String, Missing> missing = new LinkedHashMap<>();
    private final Map<String, Variables> variables = new LinkedHashMap<>();

    private IniInventory(Draft draft, String file) {
        this.draft = draft;
        this.file = file;
    }

    /** @throws ProblemException with file, line and column of the first thing that is wrong */
    static void read(String text, String file, Draft draft) {
        new IniInventory(draft, file).read(text);
    }

    private void read(String text) {
        String group = Group.UNGROUPED;
        Kind kind = Kind.HOSTS;
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            Source source = new Source(file, i + 1, 1 + Math.max(0, lines.get(i).indexOf(line)));
            if (i == 0 && line.startsWith("\ufeff")) {
                line = line.substring(1);
            }
            if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
                continue;
            }
            Matcher section = SECTION.matcher(line);
            if (section.matches()) {
                group = section.group(1);
                kind = kind(section.group(2), source);
                begin(group, kind, source);
            } else if (line.startsWith("[") && line.endsWith("]")) {
                throw new ProblemException(Problem.error(source, "Tried to read a section, but " + line + " is none.",
                        "Expected [group], [group:vars] or [group:children]; a group's name has no spaces."));
            } else {
                switch (kind) {
                    case HOSTS -> host(line, group, source);
                    case CHILDREN -> child(line, group, source);
                    case VARS -> variable(line, group, source);
                }
            }
        }
        finish();
    }

    private static Kind kind(@Nullable String name, Source source) {
        return switch (name) {
            case null -> Kind.HOSTS;
            case "hosts" -> Kind.HOSTS;
            case "children" -> Kind.CHILDREN;
            case "vars" -> Kind.VARS;
            case String _ -> throw new ProblemException(Problem.error(source,
                    "Tried to read a section, but \"" + name + "\" is no kind of section.",
                    Nearest.to(name, KINDS).map(near -> "Did you mean \"" + near + "\"?")
                            .orElse("Expected [group], [group:vars] or [group:children].")));
        };
    }

    private void begin(String group, Kind kind, Source source) {
        if (kind == Kind.VARS) {
            if (!draft.hasGroup(group)) {
                missing(group, source, "Tried to read variables of the group " + group);
                draft.group(group, source);
            }
            return;
        }
        draft.group(group, source);
        defined.add(group);
        Missing named = missing.remove(group);
        if (named != null) {
            named.parents().forEach(parent -> draft.child(parent, group, source));
        }
    }

    private Missing missing(String group, Source source, String tried) {
        return missing.computeIfAbsent(group,
                _ -> new Missing(source, tried + ", but there is no group of that name.", new ArrayList<>()));
    }

    private void host(String line, String group, Source source) {
        List<ShellWords.Word> words = ShellWords.split(line, source);
        if (words.isEmpty()) {
            return;
        }
        if (words.getFirst().text().equals("---")) {
            throw new ProblemException(Problem.error(source, "Tried to read a host, but \"---\" begins a YAML file.",
                    "Give a YAML inventory the extension .yml."));
        }
        HostRange range = HostRange.parse(words.getFirst().text(), source);
        Variables given = Variables.NONE;
        if (range.port().isPresent()) {
            given = given.with("ansible_port", Int.of(range.port().getAsInt()), source);
        }
        for (ShellWords.Word word : words.subList(1, words.size())) {
            int equals = word.text().indexOf('=');
            if (equals < 0) {
                throw new ProblemException(Problem.error(word.source(), "Tried to read a variable of the host "
                        + words.getFirst().text() + ", but \"" + word.text() + "\" has no \"=\".",
                        "Expected name=value, without spaces around the \"=\"; a value with spaces needs quotes."));
            }
            given = given.with(word.text().substring(0, equals),
                    PythonLiteral.of(word.text().substring(equals + 1), word.source().plus(0, equals + 1)),
                    word.source());
        }
        for (String name : range.names()) {
            draft.host(name, group, file, source);
            draft.hostVariables(name, given);
        }
    }

    private void child(String line, String group, Source source) {
        Matcher name = GROUP_NAME.matcher(line);
        if (!name.matches()) {
            throw new ProblemException(
                    Problem.error(source, "Tried to read the name of a group under " + group + ", but \""
                            + line + "\" is none.", "Expected one name a line, and nothing behind it."));
        }
        String child = name.group(1);
        if (draft.hasGroup(child)) {
            draft.child(group, child, source);
        } else {
            missing(child, source, "Tried to put " + child + " under the group " + group).parents().add(group);
        }
    }

    private void variable(String line, String group, Source source) {
        int equals = line.indexOf('=');
        if (equals < 0) {
            throw new ProblemException(
                    Problem.error(source, "Tried to read a variable of the group " + group + ", but \""
                            + line + "\" has no \"=\".", "Expected name=value."));
        }
        String value = line.substring(equals + 1);
        Source place = source.plus(0, equals + 1 + value.length() - value.stripLeading().length());
        variables.put(group, variables.getOrDefault(group, Variables.NONE).with(line.substring(0, equals).strip(),
                PythonLiteral.of(value.strip(), place), source));
    }

    /** Sections may come in any order, so whether a group is defined is known only now. */
    private void finish() {
        missing.forEach((group, trouble) -> {
            throw new ProblemException(Problem.error(trouble.source(), trouble.summary(), undefined(group)));
        });
        variables.forEach(draft::groupVariables);
    }

    private String undefined(String group) {
        String near = Nearest.hint(group, defined);
        return near.isEmpty() ? "Define it with a section [" + group + "], which may be empty." : near;
    }
}
