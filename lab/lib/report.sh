# shellcheck shell=bash
# What the lab writes for those who log in to its nodes: known_hosts, ssh_config, a key pair, an inventory.

write_reports() {
  [[ -s $LAB_STATE/id_ed25519 ]] ||
    ssh-keygen -q -t ed25519 -N '' -C "bramble lab $LAB_NAME" -f "$LAB_STATE/id_ed25519" </dev/null
  write_known_hosts
  write_ssh_config
  write_inventory
}

write_known_hosts() {
  local name key type blob _
  for name in "${NODE_ORDER[@]}"; do
    key=$(node_dir "$name")/identity/ssh_host_ed25519_key.pub
    [[ -e $key ]] || continue
    read -r type blob _ <"$key"
    echo "$name,${NODE_ADDRESS[$name]} $type $blob"
  done >"$LAB_STATE/known_hosts.new"
  mv "$LAB_STATE/known_hosts.new" "$LAB_STATE/known_hosts"
}

write_ssh_config() {
  local name
  {
    for name in "${NODE_ORDER[@]}"; do
      printf 'Host %s %s\n  HostName %s\n  User %s\n\n' "$name" "${NODE_ADDRESS[$name]}" "${NODE_ADDRESS[$name]}" "$(kind_user "${NODE_KIND[$name]}")"
    done
    printf 'Host *\n  UserKnownHostsFile %s\n  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking yes\n' "$LAB_STATE/known_hosts"
    printf '  IdentityFile %s\n  IdentitiesOnly yes\n  PreferredAuthentications publickey,password\n' "$LAB_STATE/id_ed25519"
  } >"$LAB_STATE/ssh_config.new"
  mv "$LAB_STATE/ssh_config.new" "$LAB_STATE/ssh_config"
}

# The nodes of this lab as an inventory: the same groups as in the inventory that it was made from, with this lab's
# addresses and accounts.
write_inventory() {
  local name group
  {
    echo "all:"
    echo "  vars:"
    echo "    ansible_ssh_common_args: -o UserKnownHostsFile=$LAB_STATE/known_hosts"
    echo "  hosts:"
    for name in "${NODE_ORDER[@]}"; do
      echo "    $name:"
      echo "      ansible_host: ${NODE_ADDRESS[$name]}"
      echo "      ansible_user: $(kind_user "${NODE_KIND[$name]}")"
      echo "      ansible_password: $(kind_password "${NODE_KIND[$name]}")"
      echo "      lab_kind: ${NODE_KIND[$name]}"
    done
    echo "  children:"
    for group in $(printf '%s\n' "${NODE_GROUPS[@]}" | tr ',' '\n' | sort -u); do
      [[ $group != all ]] || continue
      printf '    %s:\n      hosts:\n' "$group"
      for name in "${NODE_ORDER[@]}"; do
        [[ ,${NODE_GROUPS[$name]}, != *,$group,* ]] || echo "        $name:"
      done
    done
  } >"$LAB_STATE/inventory.yml.new"
  mv "$LAB_STATE/inventory.yml.new" "$LAB_STATE/inventory.yml"
}
