package bramble.cli;

import bramble.testkit.Lab;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Loop devices, and what is mounted from them, of one test: they go with it, the last one first. It takes root. */
final class LoopDevices implements BeforeEachCallback, AfterEachCallback {
    private final List<List<String>> undo = new ArrayList<>();

    @Override
    public void beforeEach(ExtensionContext context) {
        Lab.needsRoot();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        for (List<String> words : undo.reversed()) {
            BootImage.run(words.toArray(String[]::new));
        }
    }

    /** Attaches a device to a file, or to a part of another one, as losetup's options say it. */
    String attach(Path file, String... options) throws IOException {
        String device = BootImage.run(Stream.of(Stream.of("losetup", "--find", "--show"), Stream.of(options),
                Stream.of(file.toString())).flatMap(words -> words).toArray(String[]::new)).strip();
        undo.add(List.of("losetup", "-d", device));
        return device;
    }

    /** @param words of mount, before the place */
    void mount(Path place, String... words) throws IOException {
        BootImage.run(Stream.of(Stream.of("mount"), Stream.of(words), Stream.of(place.toString()))
                .flatMap(some -> some).toArray(String[]::new));
        undo.add(List.of("umount", place.toString()));
    }
}
