package bramble.testkit.compare;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command line's door to {@link Comparison}: {@code testkit/compare [--kind debian] [--kept FOLDER] PLAYBOOK...}. */
public final class Compare {
    private Compare() {}

    public static void main(String[] arguments) throws InterruptedException {
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        String ansible = System.getProperty("compare.ansible", "/usr/bin/ansible-playbook");
        Optional<String> obstacle = Comparison.obstacle(Path.of(ansible));
        if (obstacle.isPresent()) {
            out.println("Nothing was compared: " + obstacle.get() + ".");
            return;
        }
        Path home = Path.of(System.getProperty("bramble.home", "")).toAbsolutePath();
        String kind = "python";
        Optional<Path> kept = Optional.empty();
        var playbooks = new ArrayList<Path>();
        var words = new ArrayList<>(List.of(arguments));
        while (!words.isEmpty()) {
            String word = words.removeFirst();
            if (word.equals("--kind")) {
                kind = words.removeFirst();
            } else if (word.equals("--kept")) {
                kept = Optional.of(Path.of(words.removeFirst()));
            } else {
                playbooks.add(Path.of(word));
            }
        }
        if (playbooks.isEmpty()) {
            out.println(
                    "Nothing was compared: no playbook is named, as in testkit/compare testkit/conformance/files.yml.");
            return;
        }
        String bramble = System.getProperty("compare.bramble", home.resolve("compat/ansible-playbook").toString());
        var options = new Comparison.Options(home, kind, System.getProperty("compare.lab", "compare"),
                System.getProperty("compare.subnet", "10.77.90"),
                List.of("/etc", "/home", "/root", "/opt", "/srv", "/usr/local", "/var/spool/cron", "/var/www",
                        "/var/lib/compare", "/tmp/compare"),
                List.of(ansible), List.of(bramble.split(" ", -1)), kept);
        try (var comparison = new Comparison(options)) {
            for (Path playbook : playbooks) {
                List<String> differences = comparison.compare(playbook);
                out.println(
                        "== " + playbook + ": " + (differences.isEmpty() ? "no difference" : "ansible-core | Bramble"));
                differences.forEach(out::println);
            }
            out.println("What they printed is in " + comparison.outputs() + ".");
        }
    }
}
