package bramble.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Flags that say how a run goes. */
final class RunFlags {
    boolean check;
    boolean diff;
    Optional<Integer> forks = Optional.empty();
    int verbose;
    final List<String> tags = new ArrayList<>();
    final List<String> skipTags = new ArrayList<>();
    boolean forceHandlers;
    boolean flushCache;
    boolean detailed;
    final List<String> modulePath = new ArrayList<>();

    /** @throws UsageException where flags say what does not go together */
    void refuseContradictions() {
        if (forks.isPresent() && forks.get() < 1) {
            throw new UsageException("-f/--forks: at least one host has to be worked on, but found " + forks.get(),
                    "The number of processes (--forks) must be >= 1");
        }
        if (detailed && !check) {
            throw new UsageException("--detailed-exitcode tells whether a dry run found something to change: it needs "
                    + "--check too");
        }
    }

    /** Those that choose tasks. */
    void declareTags(Syntax syntax) {
        syntax.value(tags::add, "TAGS", "only tasks with these tags", "-t", "--tags");
        syntax.value(skipTags::add, "TAGS", "no tasks with these tags", "--skip-tags");
    }

    void declare(Syntax syntax) {
        syntax.flag(() -> check = true, "change nothing; tell what would change", "-C", "--check");
        syntax.flag(() -> diff = true, "show what changes, line by line", "-D", "--diff");
        syntax.number(number -> forks = Optional.of(number), "N", "how many hosts work at once", "-f", "--forks");
        syntax.flag(() -> verbose++, "tell more; -vvv tells most", "-v", "--verbose");
        syntax.flag(() -> forceHandlers = true, "run notified handlers even on hosts that failed", "--force-handlers");
        syntax.flag(() -> flushCache = true, "forget cached facts first", "--flush-cache");
        syntax.flag(() -> detailed = true, "with --check: exit with 3 when changes are pending", "--detailed-exitcode");
        syntax.value(modulePath::add, "PATH", "folders of modules that playbooks bring, with colons between them", "-M",
                "--module-path");
    }
}
