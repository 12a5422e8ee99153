package bramble.playbook;

import java.nio.file.Path;
import java.util.List;

/** A playbook; the plays of those that it imports are in it. */
public record Playbook(Path file, List<Play> plays) {
    public Playbook {
        plays = List.copyOf(plays);
    }
}
