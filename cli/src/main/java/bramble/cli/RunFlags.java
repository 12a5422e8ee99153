package bramble.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags that say how a run goes. */
final class RunFlags {
    @Option(names = {"-C", "--check"}, description = "change nothing; tell what would change")
    boolean check;

    @Option(names = {"-D", "--diff"}, description = "show what changes, line by line")
    boolean diff;

    @Option(names = {"-f", "--forks"}, paramLabel = "N", description = "how many hosts work at once")
    Optional<Integer> forks = Optional.empty();

    @Option(names = {"-v"}, description = "tell more; -vvv tells most")
    boolean[] verbose = {};

    @Option(names = {"-t", "--tags"}, paramLabel = "TAGS", description = "only tasks with these tags")
    List<String> tags = new ArrayList<>();

    @Option(names = {"--skip-tags"}, paramLabel = "TAGS", description = "no tasks with these tags")
    List<String> skipTags = new ArrayList<>();

    @Option(names = {"--force-handlers"}, description = "run notified handlers even on hosts that failed")
    boolean forceHandlers;

    @Option(names = {"--flush-cache"}, description = "forget cached facts first")
    boolean flushCache;

    @Option(names = {"--detailed-exitcode"}, description = "with --check: exit with 3 when changes are pending")
    boolean detailed;

    @Option(names = {"-M", "--module-path"}, paramLabel = "PATH", description = "folders of modules; has no effect yet")
    List<String> modulePath = new ArrayList<>();
}
