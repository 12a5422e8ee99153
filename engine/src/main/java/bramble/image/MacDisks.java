package bramble.image;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The external disks of a Mac, as {@code diskutil} tells of them. As good as that program: it has not been tried on each release. */
record MacDisks() implements Disk.Found {
    @Override
    public List<Disk> all() {
        String list = run("diskutil", "list", "-plist", "external", "physical");
        var disks = new ArrayList<Disk>();
        Matcher whole = Pattern.compile("(?s)<key>WholeDisks</key>\\s*<array>(.*?)</array>").matcher(list);
        if (whole.find()) {
            Pattern.compile("<string>(\\w+)</string>").matcher(whole.group(1)).results().map(found -> found.group(1))
                    .forEach(name -> disks.add(disk(name, list)));
        }
        return disks;
    }

    @Override
    public Optional<Disk> at(Path device) {
        String name = String.valueOf(device.getFileName()).replaceFirst("^r", "");
        return all().stream().filter(disk -> disk.path().endsWith("r" + name)).findFirst();
    }

    private static Disk disk(String name, String list) {
        String info = run("diskutil", "info", "-plist", name);
        List<String> uses = Pattern.compile("<key>MountPoint</key>\\s*<string>([^<]+)</string>")
                .matcher(partitions(name, list)).results().map(found -> "it is mounted on " + found.group(1)
                        + "; let go of it by: diskutil unmountDisk " + name)
                .toList();
        List<String> holds = Pattern.compile("<key>VolumeName</key>\\s*<string>([^<]+)</string>")
                .matcher(partitions(name, list)).results().map((MatchResult found) -> found.group(1)).toList();
        String size = value(info, "TotalSize", "integer");
        return new Disk(Path.of("/dev/r" + name), value(info, "MediaName", "string"),
                size.isEmpty() ? 0 : Long.parseLong(size), value(info, "BusProtocol", "string"), Optional.empty(),
                info.matches("(?s).*<key>WritableMedia</key>\\s*<false/>.*"), holds, uses);
    }

    /** The part of the list that is about one disk. */
    private static String partitions(String name, String list) {
        int end = list.indexOf("<string>" + name + "</string>", list.indexOf("<key>AllDisksAndPartitions</key>"));
        int begin = list.lastIndexOf("<key>Partitions</key>", end);
        return end < 0 || begin < 0 ? "" : list.substring(begin, end);
    }

    private static String value(String plist, String key, String type) {
        Matcher found = Pattern.compile("<key>" + key + "</key>\\s*<" + type + ">([^<]*)</" + type + ">")
                .matcher(plist);
        return found.find() ? found.group(1) : "";
    }

    private static String run(String... words) {
        try {
            Process process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to ask diskutil which disks there are, but " + e.getMessage() + "."));
        }
    }
}
