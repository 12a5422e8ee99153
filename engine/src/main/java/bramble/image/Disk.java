package bramble.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A device that an image may be written to, as the system tells of it.
 *
 * @param model maker and model; empty where nobody knows
 * @param size in bytes; 0 if there is no card in it
 * @param transport how it is connected: usb, mmc, sata, nvme, virtio, loop; empty where nobody knows
 * @param doubt why it may not be meant, that it isn't removable say; empty for a card, a stick, or what is behind a plug
 * @param holds what is on it, a text for each partition
 * @param uses what it is in use for: what may not be written over
 */
public record Disk(Path path, String model, long size, String transport, Optional<String> doubt,
        boolean readOnly, List<String> holds, List<String> uses) {
    /** The disks of this machine. */
    public interface Found {
        List<Disk> all();

        /** A block device, whatever its name is here, also one that is no disk of its own; empty if the system knows nothing of it. */
        Optional<Disk> at(Path device) throws IOException;

        /** A card's own number, as its maker gave it; empty where the system doesn't know it. */
        default String serial(Path device) {
            return "";
        }

        /** The devices that a file is attached to: whoever writes to the file writes to them, too. */
        default List<Path> over(Path file) {
            return List.of();
        }

        /** Why nothing is to be written to a file: a device is attached to it. */
        default Optional<String> attached(Path file) {
            return over(file).stream().findFirst().map(device -> "it is attached to " + device);
        }

        /** Those of the operating system that this runs on. */
        static Found here() {
            String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
            return system.contains("mac") ? new MacDisks() : new LinuxDisks(Path.of("/"));
        }
    }

    /** Why nothing may be written to it, whoever asks; empty if something may. */
    public Optional<String> refusal() {
        if (size == 0) {
            return Optional.of("there is no card in it");
        }
        if (!uses.isEmpty()) {
            return Optional.of(String.join(", ", uses));
        }
        return readOnly ? Optional.of("it is read-only") : Optional.empty();
    }

    /** Why it isn't one of those that are offered. */
    public Optional<String> objection() {
        return refusal().or(() -> doubt);
    }

    /** What it is, for a person who has to choose. */
    public String describe() {
        String name = model.isEmpty() ? "unknown model" : model;
        return path + " (" + name + ", " + Amount.of(size) + (transport.isEmpty() ? "" : ", " + transport) + ")";
    }
}
