package bramble.run;

import java.util.Set;

/** The variables that the run itself gives a value to. */
public final class MagicNames {
    public static final Set<String> ALL = Set.of("inventory_hostname", "inventory_hostname_short", "inventory_dir",
            "inventory_file", "groups", "group_names", "hostvars", "vars", "omit", "playbook_dir", "role_path",
            "role_name",
            "role_names", "ansible_collection_name", "ansible_role_name", "ansible_role_names",
            "ansible_play_role_names",
            "ansible_dependent_role_names", "ansible_parent_role_names", "ansible_parent_role_paths",
            "ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_batch", "play_hosts", "ansible_play_name",
            "ansible_check_mode", "ansible_diff_mode", "ansible_version", "ansible_verbosity", "ansible_forks",
            "ansible_run_tags", "ansible_skip_tags", "ansible_search_path", "ansible_facts", "ansible_limit",
            "ansible_inventory_sources", "ansible_playbook_python", "ansible_config_file", "environment",
            "bramble_data");

    private MagicNames() {}
}
