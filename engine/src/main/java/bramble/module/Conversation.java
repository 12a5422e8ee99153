package bramble.module;

/**
 * A module whose work is the controller's own, or a conversation of the controller with a node: debug, set_fact, pause,
 * wait_for, fetch, reboot.
 *
 * @param <A> the arguments, see {@link bramble.args.Arg}
 */
public non-sealed interface Conversation<A extends Record> extends AnyModule {
    @Override
    Class<A> args();

    /** Does it. In a dry run ({@link Talk#dryRun}) it must change nothing. */
    Result hold(A args, Talk talk) throws InterruptedException;
}
