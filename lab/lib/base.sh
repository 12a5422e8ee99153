# shellcheck shell=bash
# The base trees that nodes lay their overlays on: debian, python (a layer over debian) and busybox; and kernel, for virtual machines; and cloudinit, for tests.
# Each stands in a folder named after a checksum of the recipe that made it, so that a changed recipe makes a new tree
# and leaves the old one to the labs that still run on it.

base_named() { # NAME RECIPE-FOLDER...
  local name=$1
  shift
  (cd "$LAB_CODE/base" && find "$@" -type f -print0 | sort -z | xargs -0 sha256sum) | sha256sum |
    { read -r sum _ && echo "$LAB_BASE/$name.${sum:0:10}"; }
}
debian_base() { base_named debian debian; }
python_base() { base_named python debian python; }
kernel_base() { base_named kernel debian kernel; }
cloudinit_base() { base_named cloudinit debian cloudinit; }
busybox_base() { base_named busybox debian busybox; }

# kind_layers KIND - the trees under a node's overlay, uppermost first, as overlayfs wants them.
kind_layers() {
  case $1 in
    debian | light) debian_base ;;
    python) echo "$(python_base):$(debian_base)" ;;
    busybox) busybox_base ;;
  esac
}

# missing_bases KIND... - the trees that nodes of these kinds need and that are not there, in the order of building.
missing_bases() {
  local kind
  {
    # BusyBox and Python are fetched inside the Debian tree.
    debian_base
    for kind in "$@"; do
      case $kind in python) python_base ;; busybox) busybox_base ;; kernel) kernel_base ;; cloudinit) cloudinit_base ;; esac
    done
  } | while read -r tree; do [[ -d $tree ]] || echo "$tree"; done
}

# need_bases KIND... - builds the missing trees; a second lab that needs the same ones waits for the first.
need_bases() {
  local tree trees
  mapfile -t trees < <(missing_bases "$@")
  ((${#trees[@]})) || return 0
  need_packages "${BUILD_PACKAGES[@]}"
  mkdir -p "$LAB_BASE"
  {
    flock -n 8 || { say "waiting for another lab to build the base in $LAB_BASE" && flock 8; }
    # The builder's own pid in the name: what a killed build left is thrown away by the next one.
    rm -rf "$LAB_BASE"/new.*
    for tree in "${trees[@]}"; do
      [[ ! -d $tree ]] || continue
      "build_$(basename "${tree%.*}")" "$LAB_BASE/new.$$" "$LAB_BASE/build.log"
      mv "$LAB_BASE/new.$$/tree" "$tree"
      rm -rf "$LAB_BASE/new.$$"
    done
  } 8>"$LAB_BASE/lock"
}

# build_failed WHAT LOG - names what the log says last: an error of apt, or else its last line.
build_failed() {
  local why
  why=$({ grep -E '^E: ' "$2" || cat "$2"; } | tail -n 1)
  die "Tried to build $1, but it failed: $why (whole log: $2)"
}

build_debian() {
  local new=$1 log=$2
  say "building the Debian base (once, about a minute): packages ..."
  mkdir -p "$new"
  debian_sources >"$new/sources"
  mmdebstrap --mode=root --variant=minbase --skip=cleanup/apt --format=directory \
    --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    --include="$(sed '/^#/d' "$LAB_CODE/base/debian/packages" | paste -sd,)" \
    --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
    bookworm "$new/tree" "$new/sources" >"$log" 2>&1 8>&- || build_failed "the Debian base" "$log"
  say "building the Debian base: users, locale ..."
  rm -f "$new/tree"/etc/apt/apt.conf.d/99mmdebstrap "$new/tree"/var/cache/apt/archives/*.deb
  printf 'Acquire::Languages "none";\n' >"$new/tree/etc/apt/apt.conf.d/80lab"
  chroot "$new/tree" /bin/sh <"$LAB_CODE/base/debian/setup.sh" >>"$log" 2>&1 8>&- || build_failed "the Debian base" "$log"
  [[ -z $(compgen -G "$new/tree/usr/bin/python*") ]] || die "The Debian base holds Python, but a bare node must not: see base/debian/packages."
  say "building the Debian base: done, $(du -sh "$new/tree" | cut -f 1)"
}

# over_debian NEW LOG SCRIPT - runs a script inside the Debian base under an overlay; NEW/tree takes what it writes.
over_debian() {
  local new=$1 log=$2 script=$3
  mkdir -p "$new/tree" "$new/work" "$new/root"
  host_seed "$new/seed"
  unshare -m --propagation private /bin/sh -eu "$LAB_CODE/base/over-debian.sh" "$(debian_base)" "$new" "$script" >"$log" 2>&1 </dev/null 8>&-
}

build_python() {
  say "building the Python layer ..."
  over_debian "$1" "$2" "$LAB_CODE/base/python/setup.sh" || build_failed "the Python layer" "$2"
}

build_busybox() {
  say "building the BusyBox base ..."
  collect busybox "$1" "$2"
  hashed_password "$(kind_password busybox)" | /bin/sh "$LAB_CODE/base/busybox/setup.sh" "$1/tree" ||
    die "Tried to lay out the BusyBox base, but it failed."
}

# Not a tree of nodes: what a virtual machine starts with.
build_kernel() {
  say "fetching Debian's kernel for virtual machines ..."
  collect kernel "$1" "$2"
}

# Not a tree of nodes either: what reads the files by which a node is told who it is.
build_cloudinit() {
  say "fetching Debian's cloud-init and netplan ..."
  collect cloudinit "$1" "$2"
}

# collect NAME NEW LOG - a tree that is what base/NAME/collect.sh lays under /node.
collect() {
  over_debian "$2" "$3" "$LAB_CODE/base/$1/collect.sh" || build_failed "the tree $1" "$3"
  mv "$2/tree/node" "$2/node"
  rm -rf "$2/tree"
  mv "$2/node" "$2/tree"
}

# shellcheck disable=SC2016
hashed_password() { chroot "$(debian_base)" /usr/bin/perl -e 'chomp($p = <STDIN>); print crypt($p, q($6$bramblelab$)), "\n"' <<<"$1"; }
