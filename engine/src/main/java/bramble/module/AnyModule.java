package bramble.module;

import java.util.Optional;

/**
 * A module, without its type arguments: the form in which modules are registered ({@code @AutoService(AnyModule.class)})
 * and looked up.
 */
public sealed interface AnyModule permits TaskModule, Conversation {
    /** The short name, {@code copy} say. The collections that have it are given by {@link bramble.args.Doc#collection}. */
    String name();

    /** The record of the arguments; its annotations document it. */
    Class<? extends Record> args();

    /** Whether its {@code diff} is a list also where it is of one file, as Ansible has it with some. */
    default boolean listsDiffs() {
        return false;
    }

    /**
     * Whether it is done between two machines: {@code delegate_to} then names the one beside the task's own host, and not
     * where the task is done.
     */
    default boolean twoSided() {
        return false;
    }

    /**
     * The fact, without {@code ansible_}, that names the module whose work this general one does on a node: that module's
     * {@code module_defaults} count here, too, behind this one's own.
     */
    default Optional<String> standsFor() {
        return Optional.empty();
    }
}
