# shellcheck shell=bash
# What a node takes over from this machine when it starts: the way to package mirrors, and name servers.

# debian_sources - apt lines for Debian 12 from the mirrors that this machine's own apt uses for Debian.
debian_sources() {
  local codename lines
  if [[ -n ${BRAMBLE_LAB_MIRROR:-} ]]; then
    echo "deb $BRAMBLE_LAB_MIRROR bookworm main"
    return
  fi
  # shellcheck disable=SC1091
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  # shellcheck disable=SC2016
  lines=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    awk -v host="$codename" '$3 == "main" {
      suite = $2; sub(/\/.*/, "", suite)
      if (suite == host || suite == host "-updates" || suite == host "-security") {
        sub(host, "bookworm", $2); if (!seen[$1 $2]++) print "deb", $1, $2, $3
      }
    }')
  [[ $lines == *" bookworm main"* ]] ||
    die "Tried to find a Debian mirror in this machine's apt sources, but there is none; set BRAMBLE_LAB_MIRROR to a mirror's URL (and run apt-get update once if it is a Debian)."
  echo "$lines"
}

# host_seed DIR - the files that every node gets from this machine.
host_seed() {
  mkdir -p "$1/etc/apt/apt.conf.d"
  apt_settings >"$1/etc/apt/apt.conf.d/90lab-host"
  name_servers >"$1/etc/resolv.conf"
}

# A proxy on this machine's loopback is reached from a node at the bridge's address.
apt_settings() {
  local gateway=127.0.0.1
  ((${#NODE_ORDER[@]} == 0)) || gateway=${NODE_ADDRESS[${NODE_ORDER[0]}]%.*}.1
  {
    apt-config dump --no-empty --format '%F "%v";%n' |
      grep -E '^Acquire::(http|https)::(Proxy|Verify-[A-Za-z]+|[^:"]+::Proxy)"? |^Acquire::(http|https)::Proxy::|^Acquire::(Check-Valid-Until|Check-Date|Retries|ForceIPv4) '
    [[ -z ${http_proxy:-} ]] || printf 'Acquire::http::Proxy "%s";\n' "$http_proxy"
    [[ -z ${https_proxy:-} ]] || printf 'Acquire::https::Proxy "%s";\n' "$https_proxy"
  } | sed -E "s#//(localhost|127\.[0-9.]+)#//$gateway#"
}

# A resolver on the loopback of this machine cannot be reached from a node; systemd-resolved says whom it asks.
name_servers() {
  local file lines
  for file in /etc/resolv.conf /run/systemd/resolve/resolv.conf; do
    lines=$(grep -E '^(nameserver|search|options) ' "$file" 2>/dev/null | grep -vE '^nameserver (127\.|::1)')
    [[ $lines == *nameserver* ]] && break
  done
  printf '%s\n' "$lines"
}
