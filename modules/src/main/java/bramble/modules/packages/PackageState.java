package bramble.modules.packages;

/** What is to be true of packages, in the words of playbooks. */
public enum PackageState {
    ABSENT,
    INSTALLED,
    LATEST,
    PRESENT,
    REMOVED;

    SimpleTask.Goal goal() {
        return switch (this) {
            case PRESENT, INSTALLED -> SimpleTask.Goal.PRESENT;
            case ABSENT, REMOVED -> SimpleTask.Goal.ABSENT;
            case LATEST -> SimpleTask.Goal.LATEST;
        };
    }
}
