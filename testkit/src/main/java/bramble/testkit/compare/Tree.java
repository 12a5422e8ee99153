package bramble.testkit.compare;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The files of a node below some folders: of each its kind, mode, owner, group, and what is in it. */
record Tree(Map<String, String> files) {
    /** What differs from run to run by itself. */
    private static final Pattern VOLATILE = Pattern.compile(".*/(\\.ansible(_async)?(/.*)?|\\.sudo_as_admin_successful"
            + "|__pycache__(/.*)?|.*\\.pyc|.*\\.pid|machine-id|ld\\.so\\.cache|resolv\\.conf|mtab|\\.pwd\\.lock"
            + "|.*\\.(log|lock)|random-seed|adjtime|blkid\\.tab|ssh_host_.*|id_ed25519(\\.pub)?|\\.bash_history|lost\\+found"
            + "|(\\.git|.*\\.git)/(index|objects|logs|FETCH_HEAD|ORIG_HEAD|refs)(/.*)?)"
            + "|/var/(log|cache|tmp)(/.*)?|/var/lib/(apt|dpkg|systemd|python|private)(/.*)?|/run(/.*)?");
    /** Names in which a time or a number of a process stands: of files that are backups. */
    private static final Pattern STAMP = Pattern.compile("\\.\\d+\\.\\d{4}-\\d\\d-\\d\\d@\\d\\d:\\d\\d:\\d\\d~");

    /** What is run on the node, as root. */
    static String script(List<String> roots) {
        String where = String.join(" ", roots);
        return "for r in " + where + "; do [ -e $r ] && find $r -xdev -printf '%y\\t%m\\t%u\\t%g\\t%l\\t%p\\n'; done;"
                + " echo =====; for r in " + where
                + "; do [ -e $r ] && find $r -xdev -type f -size -4096k -print0; done"
                + " | xargs -0r sha256sum; echo =====; sed 's/:[$][^:]*:[0-9]*:/:HASH:DAY:/; s/:\\(!*\\*\\{0,1\\}\\):[0-9]*:/:\\1:DAY:/'"
                + " /etc/shadow | sha256sum | sed 's/-/shadow/'; echo =====; for f in /var/spool/cron/crontabs/*; do"
                + " [ ! -f $f ] || grep -v '^# \\(DO NOT\\|(\\)' $f | sha256sum | sed \"s,-,$f,\"; done";
    }

    static Tree of(String output) {
        String[] parts = output.split("(?m)^=====\n", -1);
        var files = new TreeMap<String, String>();
        parts[0].lines().forEach(line -> {
            String[] words = line.split("\t", 6);
            if (words.length == 6 && !VOLATILE.matcher(words[5]).matches()) {
                files.put(name(words[5]), words[0] + " " + words[1] + " " + words[2] + ":" + words[3]
                        + (words[4].isEmpty() ? "" : " -> " + words[4]));
            }
        });
        if (parts.length > 1) {
            var contents = new TreeMap<String, TreeSet<String>>(); // backups of one file have one name here
            parts[1].lines().filter(line -> line.length() > 66).forEach(line -> {
                String path = line.substring(66);
                boolean random = path
                        .matches("/etc/g?shadow-?|/var/spool/cron/.*|.*\\.zip|/etc/(passwd|group|subuid|subgid)-");
                if (!random) {
                    contents.computeIfAbsent(name(path), _ -> new TreeSet<>()).add(line.substring(0, 12));
                }
            });
            contents.forEach((path, sums) -> files.computeIfPresent(path, (_, said) -> said + " "
                    + String.join(" ", sums)));
        }
        if (parts.length > 2 && files.containsKey("/etc/shadow")) {
            files.merge("/etc/shadow", " " + parts[2].strip().substring(0, 12), String::concat);
        }
        if (parts.length > 3) { // without the lines that say when they were made
            parts[3].lines().filter(line -> line.length() > 66).forEach(line -> files.computeIfPresent(
                    line.substring(66), (_, said) -> said + " " + line.substring(0, 12)));
        }
        return new Tree(files);
    }

    private static String name(String path) {
        return STAMP.matcher(path).replaceAll(".PID.TIME~");
    }
}
