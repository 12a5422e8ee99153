package bramble.cli;

import bramble.image.Amount;
import bramble.image.Disk;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Lists the cards that an image can be written to: {@code bramble image devices}. */
final class ImageDevices {
    private final PrintStream out;

    ImageDevices(Session session) {
        this.out = session.out();
    }

    Command command() {
        return Command.of("devices", "List the cards that an image can be written to, and why other disks are none.",
                _ -> {}, this::list);
    }

    /** The disks of this machine, where its system can be asked. */
    static List<Disk> all() {
        String system = System.getProperty("os.name", "");
        if (!system.startsWith("Linux") && !system.startsWith("Mac")) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to look for cards, but Bramble can't ask " + system + " for its disks.",
                    "Linux and macOS can be asked."));
        }
        return Disk.Found.here().all();
    }

    private int list() {
        List<Disk> all = all();
        List<Disk> candidates = all.stream().filter(disk -> disk.objection().isEmpty()).toList();
        if (candidates.isEmpty()) {
            out.println("There is no card that an image could be written to.");
        } else {
            out.printf(Locale.ROOT, "%-16s %9s  %-9s %-28s %s%n", "DEVICE", "SIZE", "TRANSPORT", "MODEL",
                    "WHAT IS ON IT");
            candidates.forEach(disk -> out.printf(Locale.ROOT, "%-16s %9s  %-9s %-28s %s%n", disk.path(),
                    Amount.of(disk.size()), disk.transport(), disk.model(),
                    disk.holds().isEmpty() ? "nothing known" : String.join(", ", disk.holds())));
        }
        List<Disk> others = all.stream().filter(disk -> disk.objection().isPresent()).toList();
        if (!others.isEmpty()) {
            out.println("\nNot offered:");
            others.forEach(disk -> out.printf(Locale.ROOT, "%-16s %9s  %s: %s%n", disk.path(), Amount.of(disk.size()),
                    disk.model().isEmpty() ? "unknown model" : disk.model(), disk.objection().orElseThrow()));
        }
        return 0;
    }
}
