package bramble.cli;

/** Tells how a command is called. */
interface Usage {
    /** A line or two. */
    String brief();

    /** All there is to know, each flag with what it does. */
    String full();

    /** What is printed of a command line that can't be read. */
    String refusal(UsageException wrong);
}
