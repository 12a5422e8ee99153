# shellcheck shell=bash
# The nodes of this lab: a table of name, address, kind and groups, kept as nodes.tsv in the lab's state.

declare -A NODE_ADDRESS NODE_KIND NODE_GROUPS
NODE_ORDER=()

# read_inventory FILE - fills the tables above from an Ansible inventory.
read_inventory() {
  local lines
  [[ -r $1 ]] || die "Tried to read the inventory $1, but there is no such file, or it cannot be read."
  lines=$(awk -f "$LAB_CODE/lib/inventory.awk" "$1") || exit 1
  read_nodes "$1" <<<"$lines"
}

# read_nodes FILE - fills them from standard input, lines "name address kind [groups [line-in-FILE]]".
read_nodes() {
  local file=$1 name address kind groups line number=0
  NODE_ORDER=() NODE_ADDRESS=() NODE_KIND=() NODE_GROUPS=()
  while read -r name address kind groups line || [[ -n $name ]]; do
    number=$((number + 1))
    [[ -n $name && $name != \#* ]] || continue
    [[ -z $LAB_SUBNET || $address == - ]] || address=$LAB_SUBNET.${address##*.}
    check_node "$file:${line:-$number}" "$name" "$address" "$kind"
    NODE_ORDER+=("$name")
    NODE_ADDRESS[$name]=$address NODE_KIND[$name]=$kind NODE_GROUPS[$name]=${groups:-cluster}
  done
  ((${#NODE_ORDER[@]})) || die "Tried to find the lab's nodes in $file, but it names none."
}

# check_node WHERE NAME ADDRESS KIND - ends with a sentence when the lab cannot make such a node.
check_node() {
  local where=$1 name=$2 address=$3 kind=$4 other
  [[ $name =~ ^[a-z][a-z0-9-]{0,30}$ ]] || die "$where: '$name' cannot be the name of a node: expected lower-case letters, digits and '-'."
  [[ $address != - ]] || die "$where: node $name has no address; ansible_host gives it one."
  [[ $address =~ ^([0-9]{1,3}\.){3}[0-9]{1,3}$ ]] || die "$where: node $name has the address '$address', but an IPv4 address was expected (ansible_host)."
  case ${address##*.} in 0 | 1 | 255) die "$where: node $name has the address $address, but .0, .1 and .255 are not for nodes (.1 is the bridge's)." ;; esac
  case $kind in
    debian | light | python | busybox | card) ;;
    *) die "$where: node $name is of the kind '$kind', but only debian, light, python, busybox and card are known (lab_kind)." ;;
  esac
  [[ -z ${NODE_KIND[$name]:-} ]] || die "$where: node $name is named twice."
  for other in "${NODE_ORDER[@]}"; do
    [[ ${NODE_ADDRESS[$other]} != "$address" ]] || die "$where: nodes $other and $name have the same address $address."
    [[ ${NODE_ADDRESS[$other]%.*} == "${address%.*}" ]] ||
      die "$where: nodes $other (${NODE_ADDRESS[$other]}) and $name ($address) are in different /24 networks, but a lab has one."
  done
}

# write_nodes - keeps the tables as the lab's own.
write_nodes() {
  local name
  for name in "${NODE_ORDER[@]}"; do
    printf '%s\t%s\t%s\t%s\n' "$name" "${NODE_ADDRESS[$name]}" "${NODE_KIND[$name]}" "${NODE_GROUPS[$name]}"
  done >"$LAB_NODES.new"
  mv "$LAB_NODES.new" "$LAB_NODES"
}

# What is asked about a lab that isn't there makes no folder for it.
need_lab() { [[ -s $LAB_NODES ]] || die "There is no lab named $LAB_NAME in $LAB_HOME yet; make one with: lab up"; }

# read_lab_nodes - the nodes of the last `up`; without one, ends with a sentence.
read_lab_nodes() {
  need_lab
  # shellcheck disable=SC2094 # the name is for messages
  LAB_SUBNET='' read_nodes "$LAB_NODES" <"$LAB_NODES"
}

# chosen_nodes NAME... - the named nodes, or all; a name may hold several with commas. Fills CHOSEN.
chosen_nodes() {
  local name names
  CHOSEN=()
  IFS=', ' read -r -a names <<<"$*"
  for name in "${names[@]}"; do
    [[ -n ${NODE_KIND[$name]:-} ]] || die "There is no node named '$name' in the lab $LAB_NAME; it has: ${NODE_ORDER[*]}"
    CHOSEN+=("$name")
  done
  ((${#CHOSEN[@]})) || CHOSEN=("${NODE_ORDER[@]}")
}

# The account that a node of this kind has from birth: user and password, as on Raspberry Pi OS or as the lab sets for OpenWrt.
kind_user() { case $1 in busybox) echo root ;; *) echo pi ;; esac; }
kind_password() { case $1 in busybox) echo openwrt ;; *) echo raspberry ;; esac; }
