package bramble.args;

/**
 * A file mode as playbooks write it: octal ({@code '0644'}, {@code 0644} read as a YAML integer, {@code 0o644}) or symbolic
 * ({@code u=rwX,go-w}), to be worked out against the mode that a file has. {@code preserve} keeps the source's.
 */
public record Mode(String text) {}
