package bramble.inventory;

/**
 * The variables that one place gives a host.
 *
 * @param owner the group or host that they are meant for
 */
public record Layer(Level level, String owner, Variables variables) {}
