package bramble.image;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What system a boot partition belongs to, as far as that can be seen there, and how it can be told what to do at its first
 * start.
 *
 * @param name as a message has it
 * @param folder where the running system has the partition
 * @param formats the simplest first
 * @param users whether it reads userconf.txt
 */
public record BootSystem(String name, String folder, List<Format> formats, boolean users) {
    private static final Pattern ISSUE = Pattern.compile("reference (\\d{4}-\\d\\d-\\d\\d)");
    private static final String FIRSTBOOT = "init=/usr/lib/raspberrypi-sys-mods/firstboot";
    private static final String RESIZE = "init=/usr/lib/raspi-config/init_resize.sh";
    /** The first Raspberry Pi OS without a user of its own, and with a program that makes one. */
    private static final String USERS_SINCE = "2022-04-04";
    /** The first Raspberry Pi OS whose systemd runs a command that the kernel's parameters name: buster. */
    private static final String RUNS_SINCE = "2019-06-20";
    /** The first Raspberry Pi OS with its boot partition at /boot/firmware: bookworm. Older ones were made later, too. */
    private static final String FIRMWARE_SINCE = "2023-10-10";

    /** By the files of a boot partition; empty where it is none of a system that is known here. */
    static Optional<BootSystem> of(List<String> names, Format.Files files) {
        List<String> words = files.text("cmdline.txt").map(text -> List.of(text.strip().split("\\s+")))
                .orElse(List.of());
        Optional<String> date = files.text("issue.txt").map(ISSUE::matcher).filter(Matcher::find)
                .map(found -> found.group(1));
        if (names.contains(CloudInit.USER_DATA)
                && (names.contains(CloudInit.META_DATA) || names.contains(CloudInit.NETWORK))) {
            return Optional.of(new BootSystem(named(date, "a system with cloud-init"), "/boot/firmware",
                    List.of(Format.CLOUD_INIT), false));
        }
        if (words.isEmpty() || !names.contains("config.txt")) {
            return Optional.empty();
        }
        boolean initial = names.stream().anyMatch(name -> name.startsWith("initramfs"))
                || files.text("config.txt").filter(text -> text.lines().anyMatch(
                        line -> line.strip().equals("auto_initramfs=1"))).isPresent();
        boolean firmware = initial && date.filter(day -> day.compareTo(FIRMWARE_SINCE) >= 0).isPresent();
        String folder = firmware ? "/boot/firmware" : "/boot";
        boolean fresh = words.contains(FIRSTBOOT) || words.contains(RESIZE);
        boolean users = fresh && date.filter(day -> day.compareTo(USERS_SINCE) >= 0).isPresent();
        boolean runs = words.contains(FIRSTBOOT) || date.filter(day -> day.compareTo(RUNS_SINCE) >= 0).isPresent();
        if (!runs && date.isEmpty() && !words.contains(RESIZE)) {
            return Optional.empty();
        }
        return Optional.of(new BootSystem(named(date, "a Raspberry Pi OS"), folder, words.contains(FIRSTBOOT)
                ? List.of(Format.CUSTOM_TOML, Format.FIRSTRUN)
                : !runs
                        ? List.of(Format.FILES)
                        : fresh ? List.of(Format.FILES, Format.FIRSTRUN) : List.of(Format.FIRSTRUN),
                users));
    }

    private static String named(Optional<String> date, String otherwise) {
        return date.map(day -> "Raspberry Pi OS of " + day).orElse(otherwise);
    }

    /** The simplest format that carries all that is wanted, or else the one that carries most. */
    Format format(FirstBoot wanted) {
        Format best = formats.getFirst();
        for (Format one : formats) {
            if (one.leftOut(wanted, this).size() < best.leftOut(wanted, this).size()) {
                best = one;
            }
        }
        return best;
    }

    @Override
    public String toString() {
        return name + ", by " + formats.stream().map(Format::toString).collect(Collectors.joining(" or "));
    }
}
