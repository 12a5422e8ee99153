package bramble.image;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where an image shall go.
 *
 * @param disk what the system tells of it; empty for a plain file
 */
public record Target(Path path, Optional<Disk> disk) {
    private static final int KIND = 0170000;
    private static final int BLOCK_DEVICE = 0060000;
    private static final String FORCE = "If it is really meant: --force.";

    /**
     * Looks at what a person names, and opens nothing for writing.
     *
     * @param force whether it may be a disk that isn't removable, or a file
     * @throws ProblemException with all that is wrong with any of them
     */
    public static List<Target> of(List<String> words, Path folder, Disk.Found disks, boolean force) {
        var targets = new ArrayList<Target>();
        var problems = new ArrayList<Problem>();
        for (String word : words) {
            try {
                Target target = of(folder.resolve(word), disks, force);
                if (targets.stream().anyMatch(one -> one.path.equals(target.path))) {
                    throw refused(word, "it is named twice", "");
                }
                targets.add(target);
            } catch (ProblemException e) {
                problems.addAll(e.problems());
            } catch (IOException e) {
                problems.addAll(refused(word, bramble.problem.FileTrouble.why(e), "").problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new ProblemException(problems);
        }
        return targets;
    }

    private static ProblemException refused(String word, String why, String hint) {
        return new ProblemException(
                Problem.error(Source.NONE, "Tried to write to " + word + ", but " + why + ".", hint));
    }

    private static Target of(Path named, Disk.Found disks, boolean force) throws IOException {
        if (!Files.exists(named)) {
            throw refused(named.toString(), "there is no such device", disks.all().stream()
                    .filter(disk -> disk.objection().isEmpty()).map(Disk::describe)
                    .collect(Collectors.collectingAndThen(Collectors.joining(", "),
                            text -> text.isEmpty() ? "" : "There is: " + text + ".")));
        }
        Path path = named.toRealPath();
        if (Files.isRegularFile(path)) {
            if (!force) {
                throw refused(named.toString(), "it is a file, not a device", FORCE);
            }
            disks.attached(path).ifPresent(why -> {
                throw refused(named.toString(), why, "Let go of it first: umount, and losetup -d.");
            });
            return new Target(path, Optional.empty());
        }
        Optional<Disk> disk = disks.at(path);
        if (disk.isEmpty()) {
            boolean device = (((Number) Files.getAttribute(path, "unix:mode")).intValue() & KIND) == BLOCK_DEVICE;
            throw refused(named.toString(), device
                    ? "the system knows no such disk"
                    : Files.isDirectory(path) ? "it is a folder, not a device" : "it is no disk", "");
        }
        disk.get().refusal().ifPresent(why -> {
            throw refused(named.toString(), why, disk.get().uses().isEmpty()
                    ? ""
                    : "Let go of it first (umount, swapoff, losetup -d), if it is the right one.");
        });
        if (!force) {
            disk.get().doubt().ifPresent(why -> {
                throw refused(named + " (" + disk.get().model() + ", " + Amount.of(disk.get().size()) + ")", why,
                        FORCE);
            });
        }
        return new Target(disk.get().path(), disk);
    }

    /** How many bytes go there; a file grows. */
    public long capacity() {
        return disk.map(Disk::size).orElse(Long.MAX_VALUE);
    }

    /** What it is, for a person who has to choose. */
    public String describe() {
        return disk.map(Disk::describe).orElse(path + " (a file)");
    }

    /** What is on it, as far as anybody knows. */
    public String holds() {
        return disk.map(Disk::holds).filter(all -> !all.isEmpty()).map(all -> String.join(", ", all))
                .orElse("nothing known");
    }

    /** Whether an image was begun on it that isn't there to its end; false also where that can't be read. */
    public boolean unfinished() {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] begin = in.readNBytes(Marker.SIZE);
            return begin.length == Marker.SIZE && Marker.read(begin).isPresent();
        } catch (IOException _) {
            return false;
        }
    }
}
