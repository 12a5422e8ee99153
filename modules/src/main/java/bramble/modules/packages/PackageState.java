package bramble.modules.packages;

/** What is to be true of packages, in the words of playbooks. */
public enum PackageState {
    PRESENT,
    INSTALLED,
    ABSENT,
    REMOVED,
    LATEST;

    SimpleTask.Goal goal() {
        return switch (this) {
            case PRESENT, INSTALLED -> SimpleTask.Goal.PRESENT;
            case ABSENT, REMOVED -> SimpleTask.Goal.ABSENT;
            case LATEST -> SimpleTask.Goal.LATEST;
        };
    }
}
