package bramble.run;

import bramble.playbook.Keyword;
import bramble.playbook.Tags;
import bramble.value.Int;
import bramble.value.MapValue;
import bramble.value.Merging;
import bramble.value.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the command line and the configuration say about a run.
 *
 * @param limit patterns of {@code --limit}
 * @param forks how many hosts work at once
 * @param step whether it is asked before each task whether to do it
 * @param allowNoHosts whether a play that matches nobody is no error
 */
public record Options(MapValue extraVars, Tags tags, Optional<String> limit, boolean check, boolean diff, int forks,
        boolean forceHandlers, Optional<String> startAtTask, boolean step, boolean allowNoHosts, int verbosity,
        List<String> inventorySources, Login login,
        Privilege privilege, String strategy, Gathering gathering, boolean anyErrorsFatal, Habits habits) {

    /** When a play reads its hosts' facts, where {@code gather_facts} doesn't say. */
    public enum Gathering {
        IMPLICIT,
        EXPLICIT,
        /** Where they are not known yet. */
        SMART
    }

    /**
     * What the configuration says about details of the language.
     *
     * @param missingHandlerFails whether notifying a handler that isn't there is an error
     * @param injectFacts whether facts are variables too, not only in {@code ansible_facts}
     * @param noLog whether no result is shown, whatever tasks say
     * @param managed what {@code ansible_managed} says in templates, with {@code {file}}, {@code {host}}, {@code {uid}} and
     *        {@code %Y} and the like for the template's own time
     * @param configFile the configuration's file
     * @param merging what becomes of mappings that several levels give under one name
     * @param factModules the modules that gather_facts calls; {@code smart} for setup
     * @param checksGroups whether there is a warning of groups of modules that say of themselves what they can't
     * @param apart whether a dry run says of each task whether it would change the node as it is, and not as tasks before it
     *        would have made it
     * @param debugging when the debugger is called where tasks don't say
     * @param usual values of keywords that nobody gives
     * @param piped whether programs in Python reach a node without a file, where its variables don't say
     * @param nodeFolder the folder for such files, where a node's variables don't say
     * @param data the folder in which Bramble keeps what it knows; empty where nothing is kept
     * @param detailed whether results are shown, or kept, with all that is in them, whatever -v says
     */
    public record Habits(boolean missingHandlerFails, boolean injectFacts, boolean noLog, String managed,
            Optional<String> configFile, Merging merging, List<String> factModules, boolean checksGroups,
            boolean apart, Debugging debugging, Map<Keyword, Value> usual, boolean piped,
            Optional<String> nodeFolder, Optional<Path> data, boolean detailed) {
        public static final String MANAGED = "Ansible managed";
        public static final Habits DEFAULT = new Habits(true, true, false, MANAGED, Optional.empty(), Merging.REPLACE,
                List.of("smart"), true, false, Debugging.DEFAULT, Map.of(), false, Optional.empty(),
                Optional.empty(), true);

        public Habits {
            usual = Map.copyOf(usual);
        }

        /** The value of a keyword that nobody gives, if it is a number. */
        Optional<Double> usualNumber(Keyword keyword) {
            return Optional.ofNullable(usual.get(keyword)).filter(Int.class::isInstance)
                    .map(value -> ((Int) value).value().doubleValue());
        }
    }

    /**
     * When the debugger is called where tasks don't say.
     *
     * @param always whether for each failure
     * @param honoursIgnoring whether not for failures that are ignored
     */
    public record Debugging(boolean always, boolean honoursIgnoring) {
        public static final Debugging DEFAULT = new Debugging(false, true);
    }

    /**
     * How to log in where variables don't say.
     *
     * @param user empty for the user's own configuration, then the name on this machine
     * @param key a private key file
     */
    public record Login(String connection, Optional<String> user, Optional<String> password, Optional<Path> key,
            int port, Duration timeout, boolean checkHostKeys, SshWords words) {
        public static final Login DEFAULT = new Login("smart", Optional.empty(), Optional.empty(), Optional.empty(), 0,
                Duration.ofSeconds(10), true, SshWords.NONE);
    }

    /**
     * What is said to ssh, in this order, each where no variable of a host stands in its place.
     *
     * @param arguments those of {@code ssh_args}
     * @param common those of {@code ssh_common_args}
     * @param extra those of {@code ssh_extra_args}
     * @param program the ssh program, for the connection {@code openssh}
     */
    public record SshWords(List<String> arguments, List<String> common, List<String> extra,
            Optional<String> program) {
        public static final SshWords NONE = new SshWords(List.of(), List.of(), List.of(), Optional.empty());

        public SshWords {
            arguments = List.copyOf(arguments);
            common = List.copyOf(common);
            extra = List.copyOf(extra);
        }
    }

    /**
     * How to become another user where variables and keywords don't say.
     *
     * @param exe the method's program
     * @param evenOneself whether the program is called for the user that one is logged in as, too
     */
    public record Privilege(boolean become, String method, String user, Optional<String> password, String flags,
            Optional<String> exe, boolean evenOneself) {
        public static final Privilege DEFAULT = new Privilege(false, "sudo", "root", Optional.empty(), "",
                Optional.empty(), false);
    }

    public static final Options DEFAULT = new Options(MapValue.EMPTY, Tags.ALL, Optional.empty(), false, false, 16,
            false,
            Optional.empty(), false, false, 0, List.of(), Login.DEFAULT, Privilege.DEFAULT, "linear",
            Gathering.IMPLICIT,
            false,
            Habits.DEFAULT);
}
