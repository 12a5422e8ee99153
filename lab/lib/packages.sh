# shellcheck shell=bash disable=SC2034
# The Debian packages that the lab needs on this machine: "COMMAND:PACKAGE", or "/FILE:PACKAGE".

# What running nodes needs, and what nodes that start from cards and making the base trees need beyond it.
HOST_PACKAGES=(ip:iproute2 nft:nftables ssh:openssh-client ssh-keygen:openssh-client sshpass:sshpass pgrep:procps
  flock:util-linux nsenter:util-linux setpriv:util-linux findmnt:util-linux)
CARD_PACKAGES=(mcopy:mtools losetup:mount)
BUILD_PACKAGES=(mmdebstrap:mmdebstrap /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring)

# What tests without nodes use: BusyBox as a shell of this machine, the store of the lookup passwordstore, tools for boot partitions.
TEST_PACKAGES=(busybox:busybox-static pass:pass mkfs.vfat:dosfstools mtools:mtools)
# A virtual machine, on the one processor for which the tests have a kernel.
[[ $(uname -m) != x86_64 ]] || TEST_PACKAGES+=(qemu-system-x86_64:qemu-system-x86)

# missing_packages COMMAND:PACKAGE... - one line each.
missing_packages() {
  local pair
  for pair in "$@"; do
    case $pair in
      /*) [[ -e ${pair%%:*} ]] || echo "${pair#*:}" ;;
      *) command -v "${pair%%:*}" >/dev/null || echo "${pair#*:}" ;;
    esac
  done | sort -u
}

need_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
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
