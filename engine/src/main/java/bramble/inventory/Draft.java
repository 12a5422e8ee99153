package bramble.inventory;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Int;
import bramble.value.MapValue;
import bramble.value.Merging;
import bramble.value.Text;
import bramble.value.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An inventory in the making: what the readers of the sources fill, one after the other. */
final class Draft {
    private static final int MOST_HOSTS = 300_000;
    private static final Pattern ODD_NAME = Pattern.compile("^[\\d\\W]|\\W", Pattern.UNICODE_CHARACTER_CLASS);

    /** A group in the making. */
    private static final class Entry {
        private final SequencedSet<String> hosts = new LinkedHashSet<>();
        private final SequencedSet<String> children = new LinkedHashSet<>();
        private Variables variables = Variables.NONE;
        private int priority = Group.USUAL_PRIORITY;
    }

    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final Map<String, Entry> groups = new LinkedHashMap<>();
    private final Consumer<Problem> problems;
    private final GroupNames names;
    private final Merging merging;
    private boolean toldOfOddNames;

    Draft(Consumer<Problem> problems, Merging merging) {
        this(problems, GroupNames.AS_WRITTEN, merging);
    }

    Draft(Consumer<Problem> problems, GroupNames names, Merging merging) {
        this.merging = merging;
        this.problems = problems;
        this.names = names;
        this.toldOfOddNames = !names.told();
        groups.put(Group.ALL, new Entry());
        groups.put(Group.UNGROUPED, new Entry());
        entry(Group.ALL).children.add(Group.UNGROUPED);
    }

    Draft(Inventory inventory, Merging merging) {
        this(_ -> {}, merging);
        toldOfOddNames = true;
        inventory.hosts().forEach(host -> hosts.put(host.name(), host));
        for (Group group : inventory.groups()) {
            Entry entry = groups.computeIfAbsent(group.name(), _ -> new Entry());
            entry.hosts.addAll(group.hosts());
            entry.children.addAll(group.children());
            entry.variables = group.variables();
            entry.priority = group.priority();
        }
    }

    /** Another draft with the same hosts and groups so far. */
    Draft copy() {
        var copy = new Draft(_ -> {}, merging);
        copy.toldOfOddNames = true;
        copy.hosts.putAll(hosts);
        groups.forEach((name, entry) -> {
            Entry other = copy.groups.computeIfAbsent(name, _ -> new Entry());
            other.hosts.addAll(entry.hosts);
            other.children.addAll(entry.children);
            other.variables = entry.variables;
            other.priority = entry.priority;
        });
        return copy;
    }

    void warn(Problem problem) {
        problems.accept(problem);
    }

    boolean hasGroup(String name) {
        return groups.containsKey(name);
    }

    boolean hasHost(String name) {
        return hosts.containsKey(name);
    }

    /** The hosts that a source was the first to name. */
    List<String> hostsOf(String origin) {
        return hosts.values().stream().filter(host -> host.origin().equals(origin)).map(Host::name).toList();
    }

    /** Every mapping of variables so far, of hosts and of groups. */
    Stream<MapValue> variables() {
        return Stream
                .concat(hosts.values().stream().map(Host::variables),
                        groups.values().stream().map(entry -> entry.variables))
                .map(Variables::values);
    }

    private String valid(String name) {
        return names.replaced() ? ODD_NAME.matcher(name).replaceAll("_") : name;
    }

    void group(String written, Source source) {
        String name = valid(written);
        if (groups.putIfAbsent(name, new Entry()) == null && !toldOfOddNames && ODD_NAME.matcher(written).find()) {
            toldOfOddNames = true;
            warn(Problem.warning(source,
                    "Invalid characters were found in group names "
                            + (names.replaced() ? "and automatically replaced: " : "but not replaced: ") + written
                            + ".",
                    "Letters, digits and underscores work everywhere; no further such names are reported."));
        }
    }

    /** Puts a host into a group, both of which come to be if they aren't there yet. */
    void host(String name, String written, String origin, Source source) {
        String group = valid(written);
        if (hosts.size() >= MOST_HOSTS && !hosts.containsKey(name)) {
            throw new ProblemException(source,
                    "Tried to add a host, but then there would be more than " + MOST_HOSTS + ".");
        }
        hosts.computeIfAbsent(name, _ -> new Host(name, origin, Variables.NONE, false));
        group(written, source);
        entry(group).hosts.add(name);
    }

    void hostVariables(String name, Variables variables) {
        hosts.computeIfPresent(name,
                (_, host) -> new Host(name, host.origin(), host.variables().with(variables, merging), host.implicit()));
    }

    void groupVariables(String name, Variables variables) {
        Entry entry = entry(valid(name));
        Value priority = variables.values().get(Group.PRIORITY).orElse(null);
        if (priority == null) {
            entry.variables = entry.variables.with(variables, merging);
            return;
        }
        entry.priority = switch (priority) {
            case Int(var number) when number.bitLength() < Integer.SIZE -> number.intValue();
            case Text(String text) when text.strip().matches("-?\\d{1,9}") -> Integer.parseInt(text.strip());
            case Value _ -> throw new ProblemException(variables.place(Group.PRIORITY),
                    "Tried to read " + Group.PRIORITY + " of the group " + name + ", but it is no whole number.");
        };
        entry.variables = entry.variables
                .with(new Variables(variables.values().without(Group.PRIORITY), variables.places()), merging);
    }

    /** Puts a group under another one, both of which are there. */
    void child(String writtenParent, String writtenChild, Source source) {
        String parent = valid(writtenParent);
        String child = valid(writtenChild);
        if (parent.equals(child) || reaches(child, parent)) {
            throw new ProblemException(source, "Tried to put the group " + child + " under " + parent + ", but "
                    + (parent.equals(child)
                            ? "a group can't be its own child."
                            : parent + " is already under " + child + "."));
        }
        entry(parent).children.add(child);
    }

    private boolean reaches(String from, String to) {
        var open = new ArrayDeque<>(List.of(from));
        Set<String> seen = new LinkedHashSet<>();
        while (!open.isEmpty()) {
            String name = open.pop();
            if (name.equals(to)) {
                return true;
            }
            if (seen.add(name)) {
                open.addAll(entry(name).children);
            }
        }
        return false;
    }

    private Entry entry(String name) {
        Entry entry = groups.get(name);
        if (entry == null) {
            throw new IllegalStateException("no group " + name);
        }
        return entry;
    }

    /** Gives every group a parent and every host a group, and makes the inventory of it. */
    Inventory build(VariableFiles files, List<String> folders, String playbookFolder) {
        var withParent = new LinkedHashSet<String>();
        groups.values().forEach(entry -> withParent.addAll(entry.children));
        groups.keySet().stream().filter(name -> !name.equals(Group.ALL) && !withParent.contains(name))
                .forEach(entry(Group.ALL).children::add);
        var grouped = new LinkedHashSet<String>();
        groups.forEach((name, entry) -> {
            if (!name.equals(Group.ALL) && !name.equals(Group.UNGROUPED)) {
                grouped.addAll(entry.hosts);
            }
        });
        Entry ungrouped = entry(Group.UNGROUPED);
        ungrouped.hosts.removeAll(grouped);
        hosts.keySet().stream().filter(name -> !grouped.contains(name)).forEach(ungrouped.hosts::add);
        for (String name : groups.keySet()) {
            if (hosts.containsKey(name)) {
                warn(Problem.warning(Source.NONE, "Found both group and host with same name: " + name, ""));
            }
        }
        Map<String, Integer> depths = depths();
        var built = new LinkedHashMap<String, Group>();
        groups.forEach((name, entry) -> built.put(name, new Group(name, new ArrayList<>(entry.hosts),
                new ArrayList<>(entry.children), entry.variables, depths.getOrDefault(name, 0), entry.priority)));
        return new Inventory(hosts, built, files, folders, playbookFolder);
    }

    /** The longest way from all to each group: a group is passed on once all its parents are known. */
    private Map<String, Integer> depths() {
        var parentsLeft = new LinkedHashMap<String, Integer>();
        groups.values().forEach(entry -> entry.children.forEach(child -> parentsLeft.merge(child, 1, Integer::sum)));
        var depths = new LinkedHashMap<String, Integer>();
        var ready = new ArrayDeque<>(List.of(Group.ALL));
        while (!ready.isEmpty()) {
            String name = ready.pop();
            int depth = depths.getOrDefault(name, 0) + 1;
            for (String child : entry(name).children) {
                depths.merge(child, depth, Math::max);
                if (parentsLeft.merge(child, -1, Integer::sum) == 0) {
                    ready.add(child);
                }
            }
        }
        return depths;
    }
}
