# shellcheck shell=bash
# The lab's network: a bridge with the address .1, a network namespace and a veth pair per node, and a way out by masquerade.

netns_of() { echo "$LAB_NAME-$1"; }

# The name of the bridge's end of a node's cable: unique on the machine as the address is.
veth_of() {
  local a b c d
  IFS=. read -r a b c d <<<"${NODE_ADDRESS[$1]}"
  printf 'v%02x%02x%02x%02x' "$a" "$b" "$c" "$d"
}

# A node's own network card, the same after each start: whoever talked to the node before still finds it.
mac_of() {
  local a b c d
  IFS=. read -r a b c d <<<"${NODE_ADDRESS[$1]}"
  printf '02:1a:%02x:%02x:%02x:%02x' "$a" "$b" "$c" "$d"
}

# network_taken - where this machine has the subnet of the nodes already, apart from the lab's own bridge: its device and address.
network_taken() {
  ip -4 -o addr show to "${NODE_ADDRESS[${NODE_ORDER[0]}]%.*}.0/24" 2>/dev/null |
    awk -v own="$LAB_BRIDGE" '$2 != own {print $2, $4; exit}'
}

refuse_taken_network() {
  local taken
  taken=$(network_taken)
  [[ -z $taken ]] ||
    die "Tried to make the lab's network ${NODE_ADDRESS[${NODE_ORDER[0]}]%.*}.0/24, but this machine has it already: $taken. Choose another with BRAMBLE_LAB_SUBNET, as in BRAMBLE_LAB_SUBNET=10.77.9"
}

# network_up - bridge, masquerade and forwarding; the subnet is that of the first node.
network_up() {
  local subnet=${NODE_ADDRESS[${NODE_ORDER[0]}]%.*}
  if ! ip link show "$LAB_BRIDGE" >/dev/null 2>&1; then
    refuse_taken_network
    # Snooping off: multicast between nodes crosses the bridge without a querier.
    ip link add "$LAB_BRIDGE" type bridge mcast_snooping 0 || die "Tried to make the bridge $LAB_BRIDGE, but it failed; the lab needs a kernel with bridges."
    ip addr add "$subnet.1/24" dev "$LAB_BRIDGE"
    ip link set "$LAB_BRIDGE" up
  fi
  forwarding_on
  nft -f - <<END || die "Tried to make the nft table $LAB_TABLE, but it failed; without it the nodes cannot install packages."
table ip $LAB_TABLE
delete table ip $LAB_TABLE
table ip $LAB_TABLE {
  chain out {
    type nat hook postrouting priority srcnat;
    ip saddr $subnet.0/24 oifname != "$LAB_BRIDGE" masquerade
  }
}
END
}

# network_down - takes all of it away again; also what a crash left.
network_down() {
  local ns
  for ns in $(ip netns list | awk -v p="$LAB_NAME-" 'index($1, p) == 1 {print $1}'); do ip netns del "$ns"; done
  ip link del "$LAB_BRIDGE" 2>/dev/null
  nft delete table ip "$LAB_TABLE" 2>/dev/null
  forwarding_off
}

# The machine's forwarding switch is shared by all labs: the first one keeps its old value, the last one restores it.
forwarding_on() {
  {
    flock 8
    [[ -e $LAB_RUN/forwarding ]] || cat /proc/sys/net/ipv4/ip_forward >"$LAB_RUN/forwarding"
    : >"$LAB_RUN/$LAB_NAME.lab"
    [[ $(cat /proc/sys/net/ipv4/ip_forward) == 1 ]] || echo 1 >/proc/sys/net/ipv4/ip_forward
  } 8>"$LAB_RUN/network.lock"
}

forwarding_off() {
  [[ -d $LAB_RUN ]] || return 0
  {
    flock 8
    rm -f "$LAB_RUN/$LAB_NAME.lab"
    if [[ -e $LAB_RUN/forwarding ]] && ! compgen -G "$LAB_RUN/*.lab" >/dev/null; then
      cat "$LAB_RUN/forwarding" >/proc/sys/net/ipv4/ip_forward
      rm -f "$LAB_RUN/forwarding"
    fi
  } 8>"$LAB_RUN/network.lock"
}

# node_network_up NODE - its namespace with lo, and eth0 on the bridge. One after the other, in all labs: ip makes
# /run/netns a shared mount on first use, and two at once trip over it.
node_network_up() {
  local ns veth subnet=${NODE_ADDRESS[$1]%.*}
  ns=$(netns_of "$1") veth=$(veth_of "$1")
  [[ ! -e /run/netns/$ns ]] || return 0
  flock 8
  ip -batch - <<END && ip -n "$ns" -batch - <<END2
netns add $ns
link add $veth type veth peer name eth0 address $(mac_of "$1") netns $ns
link set $veth master $LAB_BRIDGE up
END
link set lo up
link set eth0 up
addr add ${NODE_ADDRESS[$1]}/24 dev eth0
route add default via $subnet.1
END2
} 8>"$LAB_RUN/network.lock"

node_network_down() {
  local ns
  ns=$(netns_of "$1")
  # The cable first: a namespace's own end goes some time after the namespace, and a new `up` may be quicker.
  ip link del "$(veth_of "$1")" 2>/dev/null
  [[ ! -e /run/netns/$ns ]] || ip netns del "$ns"
}
