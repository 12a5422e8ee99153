import bramble.testkit.SshServer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Many SSH servers in one process: prints their ports, a line each, and ends with its standard input. */
final class Servers {
    private Servers() {}

    public static void main(String[] arguments) throws Exception {
        try (SshServer servers = SshServer.start(Integer.parseInt(arguments[0]))
                .authorize(Files.readString(Path.of(arguments[1])))) {
            servers.ports().forEach(System.out::println);
            System.out.flush();
            while (System.in.read() >= 0) {
                // until the caller closes it
            }
        }
    }
}
