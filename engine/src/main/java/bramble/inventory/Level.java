package bramble.inventory;

/** The places that give a host its inventory variables, the weakest first. */
public enum Level {
    ALL_IN_INVENTORY("inventory, group all"), //
    GROUP_IN_INVENTORY("inventory, group"), //
    ALL_BESIDE_INVENTORY("group_vars/all beside the inventory"), //
    ALL_BESIDE_PLAYBOOK("group_vars/all beside the playbook"), //
    GROUP_BESIDE_INVENTORY("group_vars beside the inventory"), //
    GROUP_BESIDE_PLAYBOOK("group_vars beside the playbook"), //
    HOST_IN_INVENTORY("inventory, host"), //
    HOST_BESIDE_INVENTORY("host_vars beside the inventory"), //
    HOST_BESIDE_PLAYBOOK("host_vars beside the playbook");

    private final String description;

    Level(String description) {
        this.description = description;
    }

    /** In words, for people. */
    public String description() {
        return description;
    }
}
