# shellcheck shell=bash
# What a node keeps in the lab's state:
#   nodes/NODE/identity  ssh host key and machine id: a Pi's own, they outlive a reset
#   nodes/NODE/card      what the node wrote (the overlay's upper side): a reset drops it
# (of a node of the kind card, both are on the card in its slot: see slot.sh)
#   nodes/NODE/seed      what it gets anew at each start
#   nodes/NODE/boot.log  what its first process and the lab's own steps printed

node_dir() { echo "$LAB_STATE/nodes/$1"; }

# make_identity NODE - once.
make_identity() {
  local dir
  [[ ${NODE_KIND[$1]} != card ]] || return 0
  dir=$(node_dir "$1")/identity
  [[ ! -s $dir/machine-id ]] || return 0
  rm -rf "$dir"
  mkdir -p "$dir"
  chmod 0700 "$dir"
  ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$dir/ssh_host_ed25519_key" </dev/null
  tr -d - </proc/sys/kernel/random/uuid >"$dir/machine-id"
}

# make_seed NODE - from its identity and from this machine's settings (already in $LAB_STATE/host-seed).
make_seed() {
  local dir identity
  dir=$(node_dir "$1") identity=$(node_dir "$1")/identity
  rm -rf "$dir/seed"
  case ${NODE_KIND[$1]} in
    card) cp -a "$LAB_STATE/host-seed" "$dir/seed" ;;
    busybox)
      mkdir -p "$dir/seed/etc" "$dir/seed/usr/lib/lab"
      # OpenSSH's form of the key; the node turns it into dropbear's own before it starts.
      install -m 0600 "$identity/ssh_host_ed25519_key" "$dir/seed/usr/lib/lab/host_key"
      cp "$LAB_STATE/host-seed/etc/resolv.conf" "$dir/seed/etc/resolv.conf"
      ;;
    *)
      cp -a "$LAB_STATE/host-seed" "$dir/seed"
      mkdir -p "$dir/seed/etc/ssh"
      cp -p "$identity"/ssh_host_* "$dir/seed/etc/ssh/"
      cp "$identity/machine-id" "$dir/seed/etc/machine-id"
      chmod 0444 "$dir/seed/etc/machine-id"
      ;;
  esac
}

# ready_card NODE - makes the folders; a card written over another base cannot be read any more and is dropped.
ready_card() {
  local dir layers
  if [[ ${NODE_KIND[$1]} == card ]]; then
    mkdir -p "$(node_dir "$1")/root"
    return
  fi
  dir=$(node_dir "$1") layers=$(kind_layers "${NODE_KIND[$1]}")
  if [[ -e $dir/layers && $(cat "$dir/layers") != "$layers" ]]; then
    say "$1 starts with an empty card: its base has changed"
    drop_card "$1"
  fi
  mkdir -p "$dir/card" "$dir/root"
  echo "$layers" >"$dir/layers"
}

drop_card() { rm -rf "$(node_dir "$1")"/{card,work,seed,layers,slot,boot,boot.was,boot.log}; }
drop_identity() { rm -rf "$(node_dir "$1")/identity"; }
