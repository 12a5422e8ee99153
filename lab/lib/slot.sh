# shellcheck shell=bash
# The slot of a node of the kind `card`: a file, or a device, that stands for a written card. Its root file system is mounted
# from it; the files of its boot partition, for which the kernel may have no driver, are taken from there by mtools before a
# start and brought back after it.
#   nodes/NODE/slot   leads to the card
#   nodes/NODE/boot   what the node sees as its boot partition; boot.was: the same as the card had it

# slot_number CARD OFFSET BYTES
slot_number() { od -An -v -tu"$3" -j"$2" -N"$3" "$1" 2>/dev/null | tr -d ' '; }

# slot_trouble CARD - why no Pi would start from it; prints nothing if one would.
slot_trouble() {
  if [[ ! -r $1 ]]; then
    echo "there is no card in its slot"
  elif [[ $(slot_number "$1" 510 2) != 43605 ]]; then
    echo "its card has no partition table"
  elif [[ $(slot_number "$1" 450 1) != 12 || $(slot_number "$1" 466 1) != 131 ]]; then
    echo "its card has no boot partition (FAT32) before a root partition (Linux)"
  elif ! mdir -i "$(slot_boot "$1")" ::cmdline.txt >/dev/null 2>&1; then
    echo "its card has no cmdline.txt on the boot partition"
  fi
}

slot_boot() { echo "$1@@$(($(slot_number "$1" 454 4) * 512))"; }

# slot_root CARD - the options of mount for its second partition.
slot_root() { echo "loop,offset=$(($(slot_number "$1" 470 4) * 512)),sizelimit=$(($(slot_number "$1" 474 4) * 512))"; }

# slot_read DIR - before a start. All files of a FAT partition can be run.
slot_read() {
  rm -rf "$1/boot" "$1/boot.was"
  mkdir "$1/boot"
  mcopy -s -n -i "$(slot_boot "$1/slot")" '::*' "$1/boot/" &&
    chmod -R a+x "$1/boot" && cp -a "$1/boot" "$1/boot.was"
}

# slot_write DIR - after it.
slot_write() {
  local boot name
  [[ -d $1/boot.was ]] || return 0
  boot=$(slot_boot "$1/slot")
  (cd "$1/boot.was" && find . -type f) | while read -r name; do
    [[ -e $1/boot/$name ]] || mdel -i "$boot" "::${name#./}"
  done
  (cd "$1/boot" && find . -type f) | while read -r name; do
    cmp -s "$1/boot/$name" "$1/boot.was/$name" || mcopy -o -n -i "$boot" "$1/boot/$name" "::${name#./}"
  done
  rm -rf "$1/boot.was"
}

# slot_free DIR - returns once nothing of this machine has the card open any more.
slot_free() {
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    [[ -n $(losetup -j "$(readlink -f "$1/slot")") ]] || return 0
    sleep 0.05
  done
  die "Tried to take the card out, but it is still in use: $(losetup -j "$(readlink -f "$1/slot")")"
}
