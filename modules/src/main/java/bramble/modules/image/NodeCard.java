package bramble.modules.image;

import bramble.image.Disk;
import bramble.image.Marker;
import java.util.Optional;

/**
 * What a node has where an image shall go.
 *
 * @param path with no link on the way to it
 * @param disk what the node's kernel tells of a device
 * @param size in bytes
 * @param serial the card's own number; empty where nobody knows
 * @param marker where an image isn't written to its end
 * @param holds the key of the image that is on it, whose partitions and file systems are still there; empty if nobody can tell
 * @param sum the program by which the node counts checksums
 */
record NodeCard(String path, Kind kind, Optional<Disk> disk, long size, String serial, Optional<Marker> marker,
        Optional<String> holds, String sum) {
    /** What is at a path. */
    enum Kind {
        NONE,
        FILE,
        DISK,
        FOLDER,
        OTHER,
        /** Whoever asks may not read it. */
        CLOSED
    }

    /** The same with an image on it. */
    NodeCard holding(String key) {
        return new NodeCard(path, kind, disk, size, serial, Optional.empty(), Optional.of(key), sum);
    }

    /** How many bytes go there; a file grows. */
    long capacity() {
        return kind == Kind.FILE ? Long.MAX_VALUE : size;
    }

    /** What is on it, for a person. */
    String told() {
        return marker.isPresent() ? "an image that isn't written to its end" : holds.orElse("no image that is known");
    }
}
