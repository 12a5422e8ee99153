# shellcheck shell=bash disable=SC2034
# Where one lab keeps its things, and how its bridge, namespaces and tables are named.
# Two labs with different BRAMBLE_LAB_NAME live side by side and share the base trees.

LAB_NAME=${BRAMBLE_LAB_NAME:-bramble}
LAB_HOME=${BRAMBLE_LAB_HOME:-/var/lib/bramble-lab}
LAB_SUBNET=${BRAMBLE_LAB_SUBNET:-}

# An interface name holds 15 characters, and "br-" is put before the lab's name.
[[ $LAB_NAME =~ ^[a-z][a-z0-9]{0,11}$ && $LAB_NAME != base ]] ||
  die "BRAMBLE_LAB_NAME is '$LAB_NAME', but it has to be 1 to 12 lower-case letters and digits, a letter first, and not 'base'."
[[ -z $LAB_SUBNET || $LAB_SUBNET =~ ^([0-9]{1,3}\.){2}[0-9]{1,3}$ ]] ||
  die "BRAMBLE_LAB_SUBNET is '$LAB_SUBNET', but it has to be the first three numbers of a /24, as in 10.77.1."
[[ $LAB_HOME == /* ]] || die "BRAMBLE_LAB_HOME is '$LAB_HOME', but it has to be an absolute path."

# The state of this lab, and the base trees that all labs share.
LAB_STATE=$LAB_HOME/$LAB_NAME
LAB_BASE=$LAB_HOME/base
LAB_NODES=$LAB_STATE/nodes.tsv
LAB_BRIDGE=br-$LAB_NAME
LAB_TABLE=bramble_lab_$LAB_NAME

# What has to be known across labs, and is gone after a reboot of the machine: a file per lab that has a network.
LAB_RUN=/run/bramble-lab
