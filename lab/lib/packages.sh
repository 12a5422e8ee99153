# shellcheck shell=bash
# The Debian packages that the lab needs on this machine.

# need_packages COMMAND:PACKAGE... - installs the packages whose command (or file, when it starts with /) is missing.
need_packages() {
  local pair missing=()
  for pair in "$@"; do
    case $pair in
      /*) [[ -e ${pair%%:*} ]] || missing+=("${pair#*:}") ;;
      *) command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}") ;;
    esac
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null ||
    die "Tried to install ${missing[*]}, but this machine has no apt-get; install them by hand and try again."
  say "installing ${missing[*]} with apt"
  {
    flock 8
    apt-get -q update &&
      DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}"
  } >"$LAB_STATE/apt.log" 2>&1 8>"$LAB_RUN/apt.lock" ||
    die "Tried to install ${missing[*]} with apt, but it failed: $(tail -n 1 "$LAB_STATE/apt.log") (whole log: $LAB_STATE/apt.log)"
}

# What running nodes needs.
need_host_packages() {
  need_packages ip:iproute2 nft:nftables ssh:openssh-client ssh-keygen:openssh-client sshpass:sshpass pgrep:procps \
    flock:util-linux nsenter:util-linux setpriv:util-linux findmnt:util-linux
}

# What making the base trees needs.
need_build_packages() {
  need_packages mmdebstrap:mmdebstrap /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring
}
