package bramble.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who holds a node, as it stands in the node's lock: a name for people, and behind it the process, by its number and a mark
 * of this machine since it was started. So a run can tell that a process of its own machine is gone, though the node does
 * not know yet: where the network was cut, its shell there lives on for hours.
 */
public final class Holder {
    private static final Pattern MARKED = Pattern.compile("(.*) \\[([0-9a-f]{12}):(\\d{1,9})]", Pattern.DOTALL);
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss z", Locale.ROOT)
            .withZone(ZoneId.systemDefault());
    private static final int MARK_BYTES = 6;

    private Holder() {}

    /** This process, under that name. */
    public static String of(String name) {
        return of(name, ProcessHandle.current().pid());
    }

    static String of(String name, long process) {
        return mark().map(mark -> name + " [" + mark + ":" + process + "]").orElse(name);
    }

    /** The name alone, with the moment behind it as this machine's clock shows it. */
    static String name(String holder) {
        Matcher matcher = MARKED.matcher(holder);
        String name = matcher.matches() ? matcher.group(1) : holder;
        int moment = name.lastIndexOf(' ') + 1;
        try {
            return name.substring(0, moment) + CLOCK.format(Instant.parse(name.substring(moment)));
        } catch (DateTimeException _) {
            return name;
        }
    }

    /** Whether it was a process of this machine that is no more. */
    static boolean isGone(String holder) {
        Matcher matcher = MARKED.matcher(holder);
        return matcher.matches() && mark().map(matcher.group(2)::equals).orElse(false)
                && ProcessHandle.of(Long.parseLong(matcher.group(3))).filter(ProcessHandle::isAlive).isEmpty();
    }

    /** Of this boot, and of what sees the same processes; empty where that can't be told. */
    private static Optional<String> mark() {
        try {
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            String processes = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((boot + processes).getBytes(StandardCharsets.UTF_8));
            return Optional.of(HexFormat.of().formatHex(hash, 0, MARK_BYTES));
        } catch (IOException e) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has this algorithm
        }
    }
}
