package bramble.module;

/**
 * A module, without its type arguments: the form in which modules are registered ({@code @AutoService(AnyModule.class)})
 * and looked up.
 */
public sealed interface AnyModule permits TaskModule, Conversation {
    /** The short name, {@code copy} say. The collections that have it are given by {@link bramble.args.Doc#collection}. */
    String name();

    /** The record of the arguments; its annotations document it. */
    Class<? extends Record> args();
}
