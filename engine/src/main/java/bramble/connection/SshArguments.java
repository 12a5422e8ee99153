package bramble.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Tells of arguments for the ssh command which of them Bramble's own SSH can't honour. */
public final class SshArguments {
    /** What {@link SshConfig} reads. */
    private static final Set<String> HONOURED = Set.of("certificatefile", "connecttimeout", "globalknownhostsfile",
            "hostkeyalias", "hostname", "identitiesonly", "identityagent", "identityfile", "port", "proxycommand",
            "proxyjump", "serveralivecountmax", "serveraliveinterval", "stricthostkeychecking", "user",
            "userknownhostsfile");
    /** What Bramble does anyway, or what only matters to a terminal, to a second session, or to messages. */
    private static final Set<String> NEEDLESS = Set.of("addkeystoagent", "batchmode", "checkhostip", "compression",
            "controlmaster", "controlpath", "controlpersist", "escapechar", "forwardx11", "hashknownhosts",
            "loglevel", "numberofpasswordprompts", "requesttty", "sessiontype", "stdinnull", "tcpkeepalive",
            "updatehostkeys", "visualhostkey");
    private static final String HONOURED_FLAGS = "oiplJF";
    private static final String NEEDLESS_FLAGS = "CMSTtnqvxOe";
    private static final String WITH_VALUE = "BbcDEeFIiJLlmOopQRSWw";

    private SshArguments() {}

    /** Their names, as they are written: {@code -o GSSAPIAuthentication}, {@code -4}. */
    public static List<String> withoutEffect(List<String> arguments) {
        var idle = new ArrayList<String>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("-") || argument.length() < 2) {
                idle.add(argument);
                continue;
            }
            for (int at = 1; at < argument.length(); at++) {
                char flag = argument.charAt(at);
                boolean takesValue = WITH_VALUE.indexOf(flag) >= 0;
                String value = !takesValue
                        ? ""
                        : at + 1 < argument.length()
                                ? argument.substring(at + 1)
                                : i + 1 < arguments.size() ? arguments.get(++i) : "";
                if (flag == 'o') {
                    String name = value.strip().split("[\\s=]", 2)[0];
                    String keyword = name.toLowerCase(Locale.ROOT);
                    if (!HONOURED.contains(keyword) && !NEEDLESS.contains(keyword)) {
                        idle.add("-o " + name);
                    }
                } else if (HONOURED_FLAGS.indexOf(flag) < 0 && NEEDLESS_FLAGS.indexOf(flag) < 0) {
                    idle.add("-" + flag);
                }
                if (takesValue) {
                    break;
                }
            }
        }
        return idle;
    }
}
