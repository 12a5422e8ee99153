package bramble.event;

import bramble.value.Bool;

/**
 * A host's line of the recap.
 *
 * @param undetermined what a dry run can't tell
 * @param notPredicted how many of those that are ok Ansible, which does not predict commands, would call skipped
 * @param changesNotPredicted how many of these are changed
 */
public record Tally(int ok, int changed, int unreachable, int failed, int skipped, int rescued, int ignored,
        int undetermined, int notPredicted, int changesNotPredicted) {
    /** Nothing was counted yet. */
    public static final Tally ZERO = new Tally(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** As Ansible counts a dry run: what it can't predict is skipped. */
    public Tally asAnsible() {
        return new Tally(ok - notPredicted, changed - changesNotPredicted, unreachable, failed,
                skipped + notPredicted + undetermined, rescued, ignored, 0, 0, 0);
    }

    /** This, with one more success that has no result of its own: an include. */
    public Tally plusOk() {
        return new Tally(ok + 1, changed, unreachable, failed, skipped, rescued, ignored, undetermined, notPredicted,
                changesNotPredicted);
    }

    /** This, with one more result counted as Ansible counts. */
    public Tally plus(HostResult result) {
        int notByAnsible = result.skippedByAnsible() ? 1 : 0;
        return switch (result.outcome()) {
            case OK -> new Tally(ok + 1, changed, unreachable, failed, skipped, rescued, ignored, undetermined,
                    notPredicted + notByAnsible, changesNotPredicted);
            case CHANGED, WOULD_CHANGE ->
                new Tally(ok + 1, changed + 1, unreachable, failed, skipped, rescued, ignored, undetermined,
                        notPredicted + notByAnsible, changesNotPredicted + notByAnsible);
            case UNDETERMINED ->
                new Tally(ok, changed, unreachable, failed, skipped, rescued, ignored, undetermined + 1, notPredicted,
                        changesNotPredicted);
            case SKIPPED ->
                new Tally(ok, changed, unreachable, failed, skipped + 1, rescued, ignored, undetermined, notPredicted,
                        changesNotPredicted);
            case UNREACHABLE -> result.ignored()
                    ? new Tally(ok + 1, changed, unreachable, failed, skipped, rescued, ignored + 1, undetermined,
                            notPredicted, changesNotPredicted)
                    : new Tally(ok, changed, unreachable + 1, failed, skipped, rescued, ignored, undetermined,
                            notPredicted, changesNotPredicted);
            case FAILED -> {
                if (result.ignored()) {
                    int changes = result.result().get("changed").filter(Bool.TRUE::equals).isPresent() ? 1 : 0;
                    yield new Tally(ok + 1, changed + changes, unreachable, failed, skipped, rescued, ignored + 1,
                            undetermined, notPredicted, changesNotPredicted);
                }
                yield result.rescued()
                        ? new Tally(ok, changed, unreachable, failed, skipped, rescued + 1, ignored, undetermined,
                                notPredicted, changesNotPredicted)
                        : new Tally(ok, changed, unreachable, failed + 1, skipped, rescued, ignored, undetermined,
                                notPredicted, changesNotPredicted);
            }
        };
    }
}
