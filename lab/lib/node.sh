# shellcheck shell=bash
# One node: start, stop, ask.

# start_node NODE - its network exists; returns once its processes are on their way.
start_node() {
  local dir
  dir=$(node_dir "$1")
  mkdir -p "$dir"
  make_identity "$1"
  make_seed "$1"
  ready_card "$1"
  make_node_cgroup "$1"
  # A session of its own, and none of this shell's files: it outlives the terminal and holds no lock.
  setsid "$LAB_CODE/lib/supervise" "$1" "$dir" "$(node_cgroup "$1")" "$(netns_of "$1")" "${NODE_KIND[$1]}" \
    </dev/null >"$dir/boot.log" 2>&1 8>&- 9>&- &
  disown
}

# stop_node NODE - as if its plug were pulled; what it wrote stays on its card.
stop_node() {
  end_node_cgroup "$1"
  node_network_down "$1"
  if [[ -e $(node_dir "$1")/slot ]]; then
    slot_free "$(node_dir "$1")"
    slot_write "$(node_dir "$1")"
  fi
  rm -f "$(node_dir "$1")/pid"
  rmdir "$(node_dir "$1")/root" 2>/dev/null
  return 0
}

# node_pid NODE - the pid, as this machine counts, of the node's first process; fails when it is down.
node_pid() {
  local group parent
  group=$(node_cgroup "$1")
  [[ -s $group/supervisor/cgroup.procs ]] || grep -q . "$group/supervisor/cgroup.procs" 2>/dev/null || return 1
  parent=$(cat "$(node_dir "$1")/pid" 2>/dev/null) || return 1
  grep -qx "$parent" "$group/supervisor/cgroup.procs" && pgrep -P "$parent" | head -n 1 | grep .
}

# node_seen_to NODE - whether it is up, or about to start again.
node_seen_to() { grep -q . "$(node_cgroup "$1")/supervisor/cgroup.procs" 2>/dev/null; }

# node_answers NODE - whether an ssh server greets on the node's port 22.
node_answers() {
  # shellcheck disable=SC2016
  timeout 2 bash -c 'exec 7<>"/dev/tcp/$0/22" && IFS= read -r greeting <&7 && [[ $greeting == SSH-* ]]' "${NODE_ADDRESS[$1]}" 2>/dev/null
}

# await_node NODE - until it answers; half a minute is far beyond what a start takes on a busy machine.
await_node() {
  local tries=0
  until node_answers "$1"; do
    tries=$((tries + 1))
    # The supervisor may not have got as far as its first process in the first tries.
    if ((tries == 300)) || { ((tries > 20)) && ! node_seen_to "$1"; }; then
      say "$1 does not answer on ${NODE_ADDRESS[$1]}:22: $(tail -n 1 "$(node_dir "$1")/boot.log") (whole log: $(node_dir "$1")/boot.log)"
      return 1
    fi
    sleep 0.1
  done
}
