package bramble.image;

/** The first words of files that Bramble writes to a boot partition, by which it knows them again. */
final class Written {
    private static final String MARK = "# Written by Bramble for ";

    private Written() {}

    static String by(FirstBoot wanted, String more) {
        return by(wanted.node(), more);
    }

    static String by(String node, String more) {
        return MARK + node + (more.isEmpty() ? "" : ": " + more) + ".\n";
    }

    static boolean here(String text) {
        return text.lines().limit(3).anyMatch(line -> line.startsWith(MARK));
    }
}
