package bramble.inventory;

import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.regex.PythonRegex;
import bramble.regex.RegexException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * Selects hosts: {@code a:b} and {@code a,b} (both), {@code !c} (without), {@code &d} (only those also in),
 * {@code web*} (wildcards), {@code ~regex}, {@code g[0]} and {@code g[1:3]} (the first, the second to fourth).
 */
public final class HostPattern {
    private static final Pattern PART = Pattern.compile("(?:[^\\s:\\[\\]]|\\[[^\\]]*])+");
    private static final Pattern WITH_PORT = Pattern
            .compile("\\[?[^\\s\\[\\]]+]?:[0-9]+|[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F.]*");
    private static final Pattern SUBSCRIPT = Pattern.compile("(.+)\\[(?:(-?[0-9]{1,9})|([0-9]{1,9})[:-]([0-9]{0,9}))]");

    /** Any letters, but no more than it takes for what follows to fit, and no second try. */
    private static final String FIRST_FIT = "(?>.*?";

    private final List<String> parts;
    private final Source source;

    private HostPattern(List<String> parts, Source source) {
        this.parts = List.copyOf(parts);
        this.source = source;
    }

    /** One pattern as a user writes it, and where it stands, for warnings. */
    public static HostPattern of(String pattern, Source source) {
        return new HostPattern(split(pattern), source);
    }

    /** Several patterns together: a list after {@code hosts:}. */
    public static HostPattern of(List<String> patterns, Source source) {
        return new HostPattern(patterns.stream().flatMap(pattern -> split(pattern).stream()).toList(), source);
    }

    /**
     * What {@code --limit} says, where {@code @file} stands for the lines of a file.
     *
     * @throws ProblemException where that file can't be read
     */
    public static HostPattern limit(String limit, Path workingDirectory) {
        var parts = new ArrayList<String>();
        for (String part : split(limit)) {
            if (part.startsWith("@")) {
                String file = part.substring(1);
                VariableFiles.text(workingDirectory.resolve(file), file).lines().map(String::strip)
                        .filter(line -> !line.isEmpty()).forEach(parts::add);
            } else {
                parts.add(part);
            }
        }
        return new HostPattern(parts, Source.NONE);
    }

    /** The parts; a pattern of nothing but commas stands for all. */
    private static List<String> split(String pattern) {
        List<String> parts = parts(pattern);
        return parts.isEmpty() ? List.of("all") : parts;
    }

    private static List<String> parts(String pattern) {
        if (pattern.contains(",")) {
            return Stream.of(pattern.split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList();
        }
        if (WITH_PORT.matcher(pattern).matches()) {
            return List.of(pattern);
        }
        return PART.matcher(pattern).results().map(match -> match.group()).toList();
    }

    /**
     * The hosts that match, each once, in the order of the patterns and within each in the inventory's.
     *
     * @param warnings told of each part that matches nothing
     */
    public List<Host> select(Inventory inventory, Consumer<Problem> warnings) {
        parts.stream().filter(part -> part.equals("!") || part.equals("&")).findFirst().ifPresent(part -> {
            throw new ProblemException(Problem.error(source, "Tried to select hosts by a pattern, but nothing stands "
                    + "behind a \"" + part + "\" in it.", "Is a variable empty there?"));
        });
        List<String> chosen = parts.stream().filter(part -> !part.startsWith("!") && !part.startsWith("&")).toList();
        Map<String, Host> selected = new LinkedHashMap<>();
        for (String part : chosen.isEmpty() && !parts.isEmpty() ? List.of(Group.ALL) : chosen) {
            matching(part, inventory, warnings).forEach(host -> selected.putIfAbsent(host.name(), host));
        }
        parts.stream().filter(part -> part.startsWith("&")).forEach(part -> selected.keySet()
                .retainAll(matching(part.substring(1), inventory, warnings).stream().map(Host::name).toList()));
        parts.stream().filter(part -> part.startsWith("!"))
                .forEach(part -> matching(part.substring(1), inventory, warnings)
                        .forEach(host -> selected.remove(host.name())));
        return List.copyOf(selected.values());
    }

    private List<Host> matching(String part, Inventory inventory, Consumer<Problem> warnings) {
        Optional<Host> exact = inventory.hosts().stream().filter(host -> host.name().equals(part)).findFirst();
        if (exact.isPresent()) {
            return List.of(exact.get());
        }
        Matcher subscript = SUBSCRIPT.matcher(part);
        if (part.startsWith("~") || !subscript.matches()) {
            return named(part, inventory, warnings);
        }
        List<Host> hosts = named(subscript.group(1), inventory, warnings);
        if (hosts.isEmpty()) {
            return hosts;
        }
        if (subscript.group(2) != null) {
            return List.of(at(Integer.parseInt(subscript.group(2)), hosts, part));
        }
        int first = Integer.parseInt(subscript.group(3));
        String end = subscript.group(4);
        int last = end.isEmpty() ? hosts.size() - 1 : Integer.parseInt(end);
        if (!end.isEmpty() && last == 0) {
            return List.of(at(first, hosts, part)); // as in Ansible, where g[2:0] is g[2]
        }
        int until = Math.min(hosts.size(), last + 1);
        return first >= until ? List.of() : hosts.subList(first, until);
    }

    private Host at(int index, List<Host> hosts, String part) {
        int place = index < 0 ? hosts.size() + index : index;
        if (place < 0 || place >= hosts.size()) {
            throw new ProblemException(Problem.error(source, "No hosts matched the subscripted pattern '" + part + "'",
                    "There are " + hosts.size() + " hosts to choose from, numbered from 0."));
        }
        return hosts.get(place);
    }

    private List<Host> named(String name, Inventory inventory, Consumer<Problem> warnings) {
        var hosts = new LinkedHashMap<String, Host>();
        boolean group = false;
        if (plain(name)) {
            group = inventory.group(name).isPresent();
            inventory.members(name).forEach(host -> hosts.put(host.name(), host));
            if (!group) {
                inventory.host(name).ifPresent(host -> hosts.put(name, host));
            }
        } else {
            Predicate<String> matches = name.startsWith("~") ? expression(name) : wildcards(name).asMatchPredicate();
            for (Group each : inventory.groups()) {
                if (matches.test(each.name())) {
                    group = true;
                    inventory.members(each.name()).forEach(host -> hosts.putIfAbsent(host.name(), host));
                }
            }
            inventory.hosts().stream().filter(host -> matches.test(host.name()))
                    .forEach(host -> hosts.putIfAbsent(host.name(), host));
        }
        if (hosts.isEmpty() && !group && !name.equals(Group.ALL)) {
            var names = Stream.concat(inventory.groups().stream().map(Group::name),
                    inventory.hosts().stream().map(Host::name));
            warnings.accept(Problem.warning(source, "Could not match supplied host pattern, ignoring: " + name,
                    Nearest.hint(name, names.toList())));
        }
        return List.copyOf(hosts.values());
    }

    private static boolean plain(String name) {
        return !name.startsWith("~") && name.chars().noneMatch(c -> c == '?' || c == '*' || c == '[');
    }

    /** A regular expression in Python's syntax, which must match from the start of a name, not to its end. */
    private Predicate<String> expression(String name) {
        try {
            PythonRegex regex = PythonRegex.compile(name.substring(1));
            return candidate -> regex.match(candidate).isPresent();
        } catch (RegexException e) {
            throw new ProblemException(source,
                    "Tried to read the host pattern " + name + ", but it is no regular expression: "
                            + e.getMessage() + ".");
        }
    }

    /** What stands behind a star is taken at the first place where it fits, for good, but for the last: so no name takes long. */
    private static Pattern wildcards(String name) {
        var regex = new StringBuilder();
        int star = -1;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            int close = c == '[' ? name.indexOf(']', i + (name.startsWith("[!", i) ? 3 : 2)) : -1;
            if (c == '*') {
                regex.append(star < 0 ? "" : ")");
                star = regex.length();
                regex.append(FIRST_FIT);
            } else if (c == '?') {
                regex.append('.');
            } else if (close > 0) {
                String set = name.substring(i + 1, close).replace("\\", "\\\\").replace("[", "\\[").replace("&", "\\&")
                        .replace("^", "\\^");
                regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
                i = close;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        if (star >= 0) {
            regex.replace(star, star + FIRST_FIT.length(), "(?:.*").append(')');
        }
        try {
            return Pattern.compile(regex.toString(), Pattern.DOTALL);
        } catch (PatternSyntaxException _) {
            return Pattern.compile(Pattern.quote(name)); // a set such as [z-a], which matches nothing
        }
    }

    @Override
    public String toString() {
        return String.join(",", parts);
    }
}
