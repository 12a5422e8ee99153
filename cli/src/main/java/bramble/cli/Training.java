package bramble.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the build runs once, so that the JDK's AOT cache has the classes that most commands load: a playbook, and small images. */
public final class Training {
    private static final int SIZE = 8 << 20;

    private final Path folder;
    private final Map<String, String> environment;
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private Training(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /**
     * Runs it.
     *
     * @param arguments the playbook, and a folder to write to
     */
    public static void main(String[] arguments) throws IOException {
        Records.useUnpackedLibrary();
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        var training = new Training(folder, System.getenv());
        training.run("run", "-i", "localhost,", "-c", "local", arguments[0]);
        training.images();
        System.exit(0);
    }

    private void run(String... words) {
        int code = Main.run(List.of(words), out, out, folder, environment, false);
        if (code != 0) {
            throw new IllegalStateException("it ended with " + code + ": " + String.join(" ", words));
        }
    }

    private void images() throws IOException {
        byte[] image = new byte[SIZE];
        byte[] partition = {12, 0, 0, 0, 0, 8, 0, 0, 0, 56, 0, 0}; // its kind, and where it is: all but the first MiB
        System.arraycopy(partition, 0, image, 450, partition.length);
        image[510] = 0x55;
        image[511] = (byte) 0xaa;
        Files.write(folder.resolve("a.img"), image);
        Files.write(folder.resolve("card"), new byte[0]);
        run("image", "devices");
        for (String packed : List.of("a.img.zst", "a.img.xz", "a.img.gz")) {
            run("image", "clone", "--force", "a.img", packed);
            run("image", "write", "--force", "--yes", packed, "card");
        }
    }
}
