package bramble.run;

/** How a host goes on after a step. */
enum Flow {
    /** With the next step. */
    GO,
    /** It failed: to the rescue, or out of the play. */
    FAILED,
    /** It can't be reached: out of the play. */
    UNREACHABLE,
    /** The play ended because of other hosts. */
    STOPPED,
    /** Out of the role. */
    END_ROLE,
    /** Out of the play, without having failed. */
    END_HOST,
    /** The play is over for all hosts of the batch. */
    END_BATCH,
    /** The play is over for all its hosts. */
    END_PLAY;

    boolean goes() {
        return this == GO;
    }

    boolean failed() {
        return this == FAILED || this == STOPPED;
    }
}
