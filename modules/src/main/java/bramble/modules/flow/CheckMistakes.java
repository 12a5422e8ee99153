package bramble.modules.flow;

import bramble.regex.PythonRegex;
import bramble.regex.PythonRegex.Flag;
import bramble.regex.RegexException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is wrong with the arguments of {@code check} themselves, whatever the node is like. */
final class CheckMistakes {
    private static final Pattern PORT = Pattern.compile("0*([0-9]{1,5})(/tcp|/udp)?");
    private static final int LAST_PORT = 65_535;

    private CheckMistakes() {}

    static List<String> of(CheckModule.Args args) {
        var mistakes = new ArrayList<String>();
        args.ports().forEach(port -> port("ports", port, mistakes));
        args.closedPorts().forEach(port -> port("closed_ports", port, mistakes));
        args.hosts().forEach((name, host) -> host.port().filter(port -> port < 1 || port > LAST_PORT)
                .ifPresent(port -> mistakes.add(
                        "hosts." + name + ".port is a number from 1 to " + LAST_PORT + ", not " + port)));
        args.files().forEach((path, place) -> regex("files." + path + ".contains", place.contains(), mistakes));
        args.commands().forEach(command -> regex("commands.stdout", command.stdout(), mistakes));
        args.cron().forEach(job -> regex("cron.line", Optional.of(job.line()), mistakes));
        return mistakes;
    }

    private static void port(String argument, String port, List<String> mistakes) {
        var read = PORT.matcher(port);
        if (!read.matches() || Integer.parseInt(read.group(1)) < 1 || Integer.parseInt(read.group(1)) > LAST_PORT) {
            mistakes.add(argument + " are numbers from 1 to " + LAST_PORT
                    + ", with /tcp or /udp behind them or nothing, not "
                    + port);
        }
    }

    private static void regex(String argument, Optional<String> expression, List<String> mistakes) {
        try {
            expression.ifPresent(text -> PythonRegex.compile(text, Flag.MULTILINE));
        } catch (RegexException e) {
            mistakes.add(argument + " is no regular expression: " + e.getMessage());
        }
    }
}
