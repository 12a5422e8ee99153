package bramble.connection;

import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Becoming another user on the node.
 *
 * @param flags options for the program that changes the user; empty for the usual ones
 * @param exe the program, where it isn't the method's own
 * @param evenOneself whether the program is called for the user that one is logged in as, too; usually that is left out, so
 *     that a node where one is root needs none (Ansible's setting {@code become_allow_same_user})
 */
public record Become(Method method, String user, Optional<Password> password, List<String> flags,
        Optional<String> exe, boolean evenOneself) {
    /** The program that changes the user. */
    public enum Method {
        SUDO,
        SU,
        DOAS,
        RUNUSER;

        /** As Ansible writes it. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public Become {
        flags = List.copyOf(flags);
    }

    public Become(Method method, String user, Optional<Password> password, List<String> flags, Optional<String> exe) {
        this(method, user, password, flags, exe, false);
    }

    public static Become sudo(String user) {
        return new Become(Method.SUDO, user, Optional.empty(), List.of(), Optional.empty());
    }

    public Become with(Password secret) {
        return new Become(method, user, Optional.of(secret), flags, exe, evenOneself);
    }

    /** The command that runs a POSIX shell with the script as the user. */
    String command(String script, String prompt) {
        String shell = Sh.of(method == Method.SU ? " -c {}" : " -- /bin/sh -c {}", script).source();
        return "exec " + call(prompt) + shell;
    }

    /** The program and its options as they are called. */
    String call(String prompt) {
        var words = new ArrayList<String>(List.of(exe.orElse(method.word())));
        words.addAll(switch (method) {
            case SUDO -> sudoOptions(prompt);
            case DOAS -> flags.isEmpty() ? List.of("-n") : flags;
            case SU, RUNUSER -> flags;
        });
        words.addAll(method == Method.SU ? List.of("-s", "/bin/sh") : List.of("-u"));
        words.add(user);
        return words.stream().map(Sh::quote).collect(Collectors.joining(" "));
    }

    private List<String> sudoOptions(String prompt) {
        var options = new ArrayList<>(flags.isEmpty() ? List.of("-H", "-S", "-n") : flags);
        if (password.isPresent()) {
            options.removeAll(List.of("-n", "--non-interactive"));
            options.addAll(List.of("-S", "-p", prompt));
        }
        return options;
    }
}
