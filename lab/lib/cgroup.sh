# shellcheck shell=bash
# Every process of a node is in the node's own cgroup, whatever it does to its parents: that is how the lab knows what it
# may end, and it ends nothing else.

# cgroup_root - where the machine has the unified hierarchy; mounts one in the lab's run folder when there is none.
cgroup_root() {
  local mount
  while read -r mount; do
    [[ -w $mount/cgroup.procs ]] && { echo "$mount"; return; }
  done < <(findmnt -rn -t cgroup2 -o TARGET)
  mkdir -p "$LAB_RUN/cgroup"
  mount -t cgroup2 cgroup2 "$LAB_RUN/cgroup" || die "Tried to mount cgroup2, but it failed; the lab needs control groups of version 2."
  echo "$LAB_RUN/cgroup"
}

lab_cgroup() { echo "$CGROUP_ROOT/bramble-lab.$LAB_NAME"; }
node_cgroup() { echo "$(lab_cgroup)/$1"; }

# Both the supervisor and the node's own tree stand below the node's cgroup: a cgroup that hands on controllers holds no
# processes itself.
make_node_cgroup() {
  local group controller upper
  group=$(node_cgroup "$1")
  mkdir -p "$group/supervisor" "$group/node"
  # What of the controllers this machine has in this hierarchy, for systemd in the node.
  for controller in cpu memory pids; do
    for upper in "$(lab_cgroup)" "$group"; do echo "+$controller" >"$upper/cgroup.subtree_control" || break; done 2>/dev/null
  done
}

# end_node_cgroup NODE - kills all in it, waits until they are gone, removes it.
end_node_cgroup() {
  local group tries=0
  group=$(node_cgroup "$1")
  [[ -d $group ]] || return 0
  if [[ -w $group/cgroup.kill ]]; then
    echo 1 >"$group/cgroup.kill"
  else
    cgroup_pids "$group" | xargs -r kill -KILL 2>/dev/null
  fi
  until remove_cgroup "$group"; do
    tries=$((tries + 1))
    ((tries < 200)) || die "Tried to end $1, but some of its processes do not go: $(cgroup_pids "$group" | paste -sd' ')"
    sleep 0.05
  done
}

cgroup_pids() { find "$1" -name cgroup.procs -print0 2>/dev/null | xargs -0 cat 2>/dev/null; }

remove_cgroup() {
  find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
  [[ ! -d $1 ]]
}

# end_lab_cgroup - after the last node. The lab's own cgroup2 mount goes with the last lab.
end_lab_cgroup() {
  rmdir "$(lab_cgroup)" 2>/dev/null
  if [[ -d $LAB_RUN/cgroup ]] && ! compgen -G "$LAB_RUN/cgroup/bramble-lab.*" >/dev/null; then
    umount "$LAB_RUN/cgroup" && rmdir "$LAB_RUN/cgroup"
  fi
  return 0
}
