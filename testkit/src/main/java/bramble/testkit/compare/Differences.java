package bramble.testkit.compare;

import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Where two engines differ, a line each: what ansible-core has stands left of the bar, what Bramble has right of it. */
final class Differences {
    /** Keys of results that differ from run to run, or say how the engine itself works. */
    static final Set<String> VOLATILE = Set.of("start", "end", "delta", "atime", "mtime", "ctime", "inode", "dev",
            "invocation", "backup_file", "ansible_facts", "elapsed", "cache_update_time", "version", "device_type",
            "status", "birthtime", "block_size", "blocks", "_ansible_no_log", "_ansible_verbose_always",
            "ansible_job_id",
            "results_file", "exception", "module_stderr", "module_stdout", "deprecations");
    private static final int LONGEST = 160;

    private final List<String> lines = new ArrayList<>();

    List<String> lines() {
        return List.copyOf(lines);
    }

    void runs(String which, Played ansible, Played bramble) {
        var found = new ArrayList<String>();
        if (ansible.exit() != bramble.exit()) {
            found.add("  exit code: " + ansible.exit() + " | " + bramble.exit());
        }
        results(ansible.results(), bramble.results(), found);
        if (!ansible.recap().equals(bramble.recap())) {
            found.add("  recap: " + ansible.recap() + " | " + bramble.recap());
        }
        if (!found.isEmpty()) {
            lines.add(which + ":");
            lines.addAll(found);
        }
    }

    private static Map<String, List<Played.Result>> byTask(List<Played.Result> results) {
        var tasks = new LinkedHashMap<String, List<Played.Result>>();
        results.forEach(result -> tasks.computeIfAbsent(result.task(), _ -> new ArrayList<>()).add(result));
        return tasks;
    }

    private static void results(List<Played.Result> ansible, List<Played.Result> bramble, List<String> found) {
        var left = byTask(ansible);
        var right = byTask(bramble);
        var tasks = new LinkedHashSet<>(left.keySet());
        tasks.addAll(right.keySet());
        for (String task : tasks) {
            List<Played.Result> a = left.getOrDefault(task, List.of());
            List<Played.Result> b = right.getOrDefault(task, List.of());
            var here = new ArrayList<String>();
            if (a.size() != b.size()) {
                here.add("    results: " + outcomes(a) + " | " + outcomes(b));
            }
            for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
                one(a.get(i), b.get(i), here);
            }
            if (!here.isEmpty()) {
                found.add("  " + task);
                found.addAll(here);
            }
        }
    }

    private static List<String> outcomes(List<Played.Result> results) {
        return results.stream().map(result -> result.outcome() + " " + result.of()).toList();
    }

    private static void one(Played.Result a, Played.Result b, List<String> found) {
        if (!a.outcome().equals(b.outcome())) {
            found.add("    outcome: " + a.outcome() + " | " + b.outcome() + "    " + a.of());
        }
        if (!a.of().equals(b.of())) {
            found.add("    of: " + a.of() + " | " + b.of());
        }
        values("", a.values(), b.values(), found);
    }

    /** Keys that Bramble alone has are no difference: a playbook that runs with ansible-core doesn't ask for them. */
    private static void values(String at, Value a, Value b, List<String> found) {
        if (a instanceof MapValue left && b instanceof MapValue right) {
            var keys = new TreeSet<>(left.byName().keySet());
            keys.removeAll(VOLATILE);
            for (String key : keys) {
                String name = at.isEmpty() ? key : at + "." + key;
                var one = left.get(key);
                var other = right.get(key);
                if (one.isPresent() && other.isPresent()) {
                    values(name, one.get(), other.get(), found);
                } else if (!plain(one.orElseThrow()).contains("TEMPORARY")) {
                    found.add("    " + name + ": " + shown(one.get()) + " | (none)");
                }
            }
        } else if (a instanceof ListValue left && b instanceof ListValue right
                && left.items().size() == right.items().size()) {
            List<Value> one = byPath(left);
            List<Value> other = byPath(right);
            for (int i = 0; i < one.size(); i++) {
                values(at + "[" + i + "]", one.get(i), other.get(i), found);
            }
        } else if (!plain(a).equals(plain(b)) && !plain(a).equals("TEMPORARY")) {
            found.add("    " + at + ": " + shown(a) + " | " + shown(b));
        }
    }

    /** Files that were found have no order of their own. */
    private static List<Value> byPath(ListValue list) {
        return list.items().stream().allMatch(item -> item instanceof MapValue map && map.get("path").isPresent())
                ? list.items().stream()
                        .sorted(Comparator.comparing(item -> plain(((MapValue) item).get("path").orElseThrow())))
                        .toList()
                : list.items();
    }

    /** Temporary names and times inside of texts count as equal. */
    private static String plain(Value value) {
        String text = value instanceof Text(String written) ? written : Json.compact(value);
        return text.replaceAll("/[\\w./~-]*\\.ansible/tmp/[\\w./-]+", "TEMPORARY")
                .replaceAll("\\.\\d+\\.\\d{4}-\\d\\d-\\d\\d@\\d\\d:\\d\\d:\\d\\d~", ".PID.TIME~")
                .replaceAll("ansible\\.[a-z0-9_]{8}", "ansible.RANDOM")
                .replaceAll("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?", "TIME");
    }

    private static String shown(Value value) {
        String text = Json.compact(value);
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }

    void trees(String which, Tree ansible, Tree bramble) {
        var paths = new TreeSet<>(ansible.files().keySet());
        paths.addAll(bramble.files().keySet());
        var found = new ArrayList<String>();
        for (String path : paths) {
            String a = ansible.files().getOrDefault(path, "(none)");
            String b = bramble.files().getOrDefault(path, "(none)");
            if (!a.equals(b)) {
                found.add("  " + path + ": " + a + " | " + b);
            }
        }
        if (!found.isEmpty()) {
            lines.add("files after the " + which + ":");
            lines.addAll(found);
        }
    }
}
