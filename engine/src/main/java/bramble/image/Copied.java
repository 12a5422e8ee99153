package bramble.image;

/**
 * What the copy of a system that has run has to do yet at its own first start.
 *
 * @param same whether it takes the other one's place, so that nothing but its size is new
 * @param machineId whether it has the other one's machine-id
 * @param grow whether its root file system can become larger
 */
public record Copied(boolean same, boolean machineId, boolean grow) {
    /** What gives it another id, in a shell. */
    static final String MACHINE_ID = "rm -f /etc/machine-id /var/lib/dbus/machine-id && systemd-machine-id-setup\n";

    /** What makes its root file system as large as its partition, while it is in use. */
    static final String GROW = """
            root=$(findmnt -n -o SOURCE /)
            case $root in
            /dev/*) resize2fs "$root" ;;
            *) echo "the root file system is on '$root'"; false ;;
            esac
            """;
}
