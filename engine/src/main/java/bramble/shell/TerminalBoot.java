package bramble.shell;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * How a program on a terminal begins: whoever asks for a password on the way gets it, then the script goes over the terminal, so
 * that no list of processes shows it.
 */
public final class TerminalBoot {
    private static final int LINE = 4000; // bytes; a terminal passes on no longer lines

    private TerminalBoot() {}

    /**
     * Begins a script on a terminal.
     *
     * @throws IllegalArgumentException if the script has a line that no terminal passes on
     */
    public static Remote begin(Door door, Sh script) {
        String mark = "b_" + UUID.randomUUID().toString().replace("-", "");
        String text = "printf '%s%s\\n' b_ " + mark.substring(2) + "_\n" + script.source() + "\n";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (text.lines().anyMatch(line -> line.getBytes(StandardCharsets.UTF_8).length > LINE)) {
            throw new IllegalArgumentException("the command has more than " + LINE + " characters");
        }
        Remote remote = door.open("echo " + mark + "; eval \"$(head -c " + bytes.length + ")\"");
        try {
            var printed = new StringBuilder();
            int answers = 0;
            int answered = 0;
            while (printed.indexOf(mark) < 0) {
                more(door, remote, printed);
                Optional<String> answer = door.answer(printed.substring(answered), answers);
                if (answer.isPresent()) {
                    answered = printed.length();
                    answers++;
                    send(remote, (answer.get() + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
            send(remote, bytes);
            String begun = mark + "_";
            while (printed.indexOf(begun) < 0 || printed.indexOf("\n", printed.indexOf(begun)) < 0) {
                more(door, remote, printed);
            }
            String rest = printed.substring(printed.indexOf("\n", printed.indexOf(begun)) + 1);
            InputStream out = new SequenceInputStream(
                    new ByteArrayInputStream(rest.getBytes(StandardCharsets.ISO_8859_1)), remote.out());
            return new Remote(remote.in(), out, remote.err(), remote.life());
        } catch (IOException e) {
            remote.close();
            throw door.refused(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            remote.close();
            throw e;
        }
    }

    private static void send(Remote remote, byte[] bytes) throws IOException {
        remote.in().write(bytes);
        remote.in().flush();
    }

    private static void more(Door door, Remote remote, StringBuilder printed) throws IOException {
        byte[] buffer = new byte[4096];
        int n = remote.out().read(buffer);
        if (n < 0) {
            throw door.refused(printed.toString());
        }
        printed.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
    }
}
