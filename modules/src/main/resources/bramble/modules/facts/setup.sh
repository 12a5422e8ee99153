# Prints what setup needs to know of a node, a section a question. A section begins with a line of \036 and its name.
# Files are read with the shell's own read where they have one line: a process costs a millisecond on a small node.
b_sec() { printf '\036%s\n' "$1"; }
b_line() { # key file: the first line of a file
  b_v=
  { IFS= read -r b_v <"$2"; } 2>/dev/null
  [ -z "$b_v" ] || printf '%s %s\n' "$1" "$b_v"
}
b_have() { command -v "$1" >/dev/null 2>&1; }
b_cat() { cat "$@" 2>/dev/null; }

# Runs a command that may hang: it is given up, and left behind, after so many seconds. What it prints goes to a file.
b_bounded() { # seconds outfile command...
  b_sec_=$1 b_out=$2; shift 2
  "$@" >"$b_out" 2>/dev/null </dev/null &
  b_pids="$b_pids $!"
}
b_await() { # seconds
  b_n=0 b_max=$(($1*20)) b_tick=0.05
  sleep 0.01 2>/dev/null || { b_tick=1; b_max=$1; }
  while [ "$b_n" -lt "$b_max" ]; do
    b_left=
    for b_p in $b_pids; do kill -0 "$b_p" 2>/dev/null && b_left="$b_left $b_p"; done
    b_pids=$b_left
    [ -n "$b_pids" ] || return 0
    sleep "$b_tick"; b_n=$((b_n+1))
  done
  kill -KILL $b_pids 2>/dev/null
  b_pids=
}

b_q_platform() {
  for b_i in ostype hostname osrelease version; do b_line "$b_i" "/proc/sys/kernel/$b_i"; done
  printf 'machine %s\n' "$(uname -m)"
  b_line machine_id /etc/machine-id
  [ -n "$b_v" ] || b_line machine_id /var/lib/dbus/machine-id
  printf 'elf %s\n' "$(head -c 5 /proc/self/exe | tail -c 1 | tr '\001\002' '12')"
  b_sec hosts; b_cat /etc/hosts
  { IFS= read -r b_v </proc/sys/kernel/hostname; } 2>/dev/null
  if ! grep -q -w -F -e "$b_v" /etc/hosts 2>/dev/null && b_have getent; then
    b_pids=; b_bounded 2 "$b_dir/fqdn" getent hosts "$b_v"; b_await 2
    b_sec fqdn; b_cat "$b_dir/fqdn"
  fi
}
b_q_distribution() {
  for b_i in os-release openwrt_release lsb-release debian_version alpine-release redhat-release centos-release \
      fedora-release SuSE-release arch-release gentoo-release slackware-version altlinux-release; do
    [ -f "/etc/$b_i" ] && { b_sec "etc $b_i"; b_cat "/etc/$b_i"; echo; }
  done
}
b_q_lsb() {
  [ -f /etc/lsb-release ] && { b_sec "lsb file"; b_cat /etc/lsb-release; echo; }
  b_have lsb_release && { b_sec "lsb program"; lsb_release -a 2>/dev/null; }
}
b_q_user() {
  while read -r b_1 b_2 b_3 b_4; do case $b_1 in Uid:|Gid:) printf '%s %s %s\n' "$b_1" "$b_2" "$b_3";; esac; done </proc/self/status
  b_uid=$(id -u)
  b_sec passwd
  { b_have getent && getent passwd "$b_uid"; } || grep "^[^:]*:[^:]*:$b_uid:" /etc/passwd
}
b_q_env() { ( b_login; exec cat /proc/self/environ ); }
b_q_date_time() {
  date '+%Y|%m|%d|%H|%M|%S|%s|%Z|%z|%A|%w|%W|%N' 2>/dev/null
  b_1=$(date +%s)
  b_2=$(date -d "@$((b_1+15778463))" +%Z 2>/dev/null) && echo "half $b_2 $(date -d "@$((b_1+15778463))" +%z)"
}
b_q_loadavg() { b_line loadavg /proc/loadavg; }
b_q_cmdline() { b_line cmdline /proc/cmdline; }
b_q_fips() { b_line fips /proc/sys/crypto/fips_enabled; }
b_q_dns() { b_cat /etc/resolv.conf; }
b_q_apparmor() { [ -d /sys/kernel/security/apparmor ] && echo yes; }
b_q_selinux() {
  [ -d /sys/fs/selinux ] && [ -f /sys/fs/selinux/enforce ] || return
  echo present yes
  b_line enforce /sys/fs/selinux/enforce
  b_line policyvers /sys/fs/selinux/policyvers
  grep -h '^SELINUX\(TYPE\)\{0,1\}=' /etc/selinux/config 2>/dev/null
}
b_q_caps() { b_have capsh && capsh --print 2>/dev/null; }
b_q_chroot() {
  [ -n "${debian_chroot-}" ] && echo yes
  if [ -e /proc/1/root/. ] 2>/dev/null && ls -d /proc/1/root/. >/dev/null 2>&1; then [ / -ef /proc/1/root/. ] || echo yes
  else ls -id / ; grep ' / ' /proc/mounts; fi
}
b_q_iscsi() { b_cat /etc/iscsi/initiatorname.iscsi; }
b_q_nvme() { b_line hostnqn /etc/nvme/hostnqn; }
b_q_fibre() { for b_i in /sys/class/fc_host/*/port_name; do [ -e "$b_i" ] && b_line wwn "$b_i"; done; }
b_q_pkg_mgr() {
  for b_i in apt-get apk opkg dnf dnf5 yum rpm-ostree pacman zypper emerge xbps-install swupd nix-env; do
    b_have "$b_i" && echo "$b_i"
  done
}
b_q_service_mgr() {
  b_line comm /proc/1/comm
  for b_i in /run/systemd/system /dev/.run/systemd /dev/.systemd /sbin/openrc /etc/init.d /sbin/upstart; do
    [ -e "$b_i" ] && echo "there $b_i"
  done
  b_have systemctl && echo "there systemctl"
  b_1=$(readlink /sbin/init 2>/dev/null) && echo "init $b_1"
}
b_q_systemd() {
  [ -d /run/systemd/system ] && b_have systemctl && systemctl --version 2>/dev/null
}
b_q_ssh_pub_keys() {
  for b_i in /etc/ssh /etc/openssh /etc; do
    for b_j in dsa rsa ecdsa ed25519; do
      [ -f "$b_i/ssh_host_${b_j}_key.pub" ] && b_line "$b_j" "$b_i/ssh_host_${b_j}_key.pub"
    done
  done
}
b_q_python() {
  for b_i in /usr/bin/python3 python3 python; do
    b_have "$b_i" && { command -v "$b_i"; "$b_i" -V 2>&1; break; }
  done
}
b_q_local() { # seconds folder
  b_k=0
  for b_i in "$2"/*.fact; do
    if [ -L "$b_i" ] && [ ! -e "$b_i" ]; then b_sec "local dead $b_i"; continue; fi
    [ -f "$b_i" ] || continue
    b_k=$((b_k+1))
    if [ -x "$b_i" ]; then
      ( cd / && b_login; "$b_i" >"$b_dir/local$b_k" 2>"$b_dir/local$b_k.err"; echo "$?" >"$b_dir/local$b_k.rc" ) </dev/null >/dev/null 2>&1 &
      b_pids=$!; b_await "$1"
      b_v=timeout; { IFS= read -r b_v <"$b_dir/local$b_k.rc"; } 2>/dev/null
      b_sec "local $b_v $b_i"; b_cat "$b_dir/local$b_k"; echo
      b_sec "local-error $b_i"; b_cat "$b_dir/local$b_k.err"
    else
      b_sec "local 0 $b_i"; b_cat "$b_i"; echo
    fi
  done
}
b_q_virtual() {
  [ -f /.dockerenv ] && echo dockerenv
  [ -f /.dockerinit ] && echo dockerenv
  [ -f /run/.containerenv ] && echo containerenv
  [ -d /proc/xen ] && { echo xen; b_line xencaps /proc/xen/capabilities; }
  [ -d /proc/vz ] && ! [ -d /proc/lve ] && { [ -d /proc/bc ] && echo openvz host || echo openvz guest; }
  [ -c /dev/kvm ] && echo devkvm
  b_line systemd_container /run/systemd/container
  b_line comm1 /proc/1/comm
  for b_i in product_name sys_vendor bios_vendor product_family; do b_line "$b_i" "/sys/class/dmi/id/$b_i"; done
  b_have dmidecode || :
  b_sec "virtual environ"; b_cat /proc/1/environ | tr '\000' '\n' | grep '^container='
  b_sec "virtual cgroup"; b_cat /proc/self/cgroup /proc/1/cgroup
  b_sec "virtual cpuinfo"; grep -m 40 -E 'QEMU|hypervisor|User Mode Linux|vendor_id.*PowerVM|IBM/S390' /proc/cpuinfo 2>/dev/null
  b_sec "virtual modules"; grep -E '^(kvm|vboxdrv|vboxguest|xen_|virtio|nfit|vmmon|hv_)' /proc/modules 2>/dev/null
  b_sec "virtual devices"; b_cat /proc/1/status | grep VxID
}
b_q_hardware() {
  b_line uptime /proc/uptime
  b_line product_name /sys/class/dmi/id/product_name
  for b_i in bios_date bios_vendor bios_version board_asset_tag board_name board_serial board_vendor board_version \
      chassis_asset_tag chassis_serial chassis_type chassis_vendor chassis_version product_serial product_uuid \
      product_version sys_vendor; do b_line "$b_i" "/sys/class/dmi/id/$b_i"; done
  while read -r b_1 b_2; do case $b_1 in Cpus_allowed_list:) echo "cpus $b_2";; esac; done </proc/self/status
  b_sec meminfo; b_cat /proc/meminfo
  b_sec cpuinfo; b_cat /proc/cpuinfo
  b_sec links; ls -l /dev/disk/by-id /dev/disk/by-label /dev/disk/by-uuid 2>/dev/null
  b_sec devices; b_devices
}
b_devices() {
  for b_d in /sys/block/*; do
    [ -d "$b_d" ] || continue
    echo "disk ${b_d##*/}"
    for b_i in removable size ro device/model device/vendor device/serial device/wwid queue/rotational queue/hw_sector_size \
        queue/physical_block_size queue/logical_block_size queue/scheduler queue/discard_granularity wwid; do
      b_line "$b_i" "$b_d/$b_i"
    done
    for b_i in "$b_d"/holders/*; do [ -e "$b_i" ] && { b_line "holdername ${b_i##*/}" "$b_i/dm/name"; echo "holder ${b_i##*/}"; }; done
    for b_i in "$b_d"/slaves/*; do [ -e "$b_i" ] && echo "slave ${b_i##*/}"; done
    for b_p in "$b_d/${b_d##*/}"*; do
      [ -f "$b_p/start" ] || continue
      echo "partition ${b_p##*/}"
      for b_i in start size; do b_line "$b_i" "$b_p/$b_i"; done
      for b_i in "$b_p"/holders/*; do [ -e "$b_i" ] && { b_line "holdername ${b_i##*/}" "$b_i/dm/name"; echo "holder ${b_i##*/}"; }; done
    done
  done
}
# Free space, a mount each: a dead server must not hang the rest. Of those that answer at once there is one process for all.
b_q_mounts() { # seconds
  b_pids= b_k=0 b_fast= b_exact=
  b_have stat && stat -f -c %S / >/dev/null 2>&1 && b_exact=1
  set --  "$1"
  b_t=$1
  while read -r b_dev b_mnt b_type b_opt b_rest; do
    case $b_dev in /*|*:/*) ;; *) continue ;; esac
    [ "$b_type" != none ] || continue
    b_k=$((b_k+1))
    printf 'mount %s %s %s %s %s\n' "$b_k" "$b_dev" "$b_mnt" "$b_type" "$b_opt"
    case $b_mnt in *\\*) b_mnt=$(printf '%b' "$(printf '%s' "$b_mnt" | sed 's/\\\([0-7]\)/\\0\1/g')") ;; esac
    case $b_exact:$b_type in
    1:ext[234]|1:vfat|1:btrfs|1:xfs|1:f2fs|1:squashfs|1:overlay|1:tmpfs|1:iso9660|1:exfat|1:ubifs|1:jffs2|1:erofs|1:zfs)
      b_fast="$b_fast $b_k"; set -- "$@" "$b_mnt" ;;
    1:*) b_bounded "$b_t" "$b_dir/m$b_k" stat -f -c '%S %b %f %a %c %d' "$b_mnt" ;;
    *) b_bounded "$b_t" "$b_dir/m$b_k" df -kP "$b_mnt" ;;
    esac
  done </proc/mounts
  shift
  [ $# = 0 ] || { echo "fast$b_fast"; stat -f -c 'stat %S %b %f %a %c %d' "$@" 2>&1; }
  b_asked=$b_pids
  [ -z "$b_pids" ] || b_await "$b_t"
  [ -z "$b_asked" ] || for b_i in "$b_dir"/m*; do
    echo "slow ${b_i##*/m}"; b_cat "$b_i"
  done
  b_sec mountinfo; b_cat /proc/self/mountinfo
}
b_q_lvm() {
  [ "$(id -u)" = 0 ] && b_have vgs || return
  b_sec "lvm vgs"; vgs --noheadings --nosuffix --units g --separator '|' 2>/dev/null
  b_sec "lvm lvs"; lvs --noheadings --nosuffix --units g --separator '|' 2>/dev/null
  b_sec "lvm pvs"; pvs --noheadings --nosuffix --units g --separator '|' 2>/dev/null
}
b_q_network() {
  for b_d in /sys/class/net/*; do
    [ -d "$b_d" ] || continue
    echo "device ${b_d##*/}"
    for b_i in address mtu operstate type flags speed bridge/bridge_id bridge/stp_state bonding/mode bonding/miimon \
        bonding/lacp_rate bonding/primary bonding/slaves bonding/all_slaves_active bonding_slave/perm_hwaddr; do
      [ -e "$b_d/$b_i" ] && b_line "$b_i" "$b_d/$b_i"
    done
    for b_i in "$b_d"/brif/*; do [ -e "$b_i" ] && echo "brif ${b_i##*/}"; done
    [ -e "$b_d/bridge" ] && echo "bridge yes"
    if [ -e "$b_d/device" ]; then
      echo "pciid $(readlink "$b_d/device")"
      [ -e "$b_d/device/driver/module" ] && echo "module $(readlink "$b_d/device/driver/module")"
    fi
  done
  if b_have ip; then
    b_sec addr; ip addr show 2>/dev/null
    b_sec route4; ip -4 route get 8.8.8.8 2>/dev/null
    b_sec route6; ip -6 route get 2404:6800:400a:800::1012 2>/dev/null
  else
    b_have ifconfig && { b_sec ifconfig; ifconfig -a 2>/dev/null; }
    b_sec if_inet6; b_cat /proc/net/if_inet6
  fi
  b_sec routes; b_cat /proc/net/route
}
b_setup() { # seconds folder question...
  b_s=$1 b_folder=$2 b_dir= b_pids=; shift 2
  case " $* " in *" platform "*|*" mounts "*|*" local "*)
    b_dir=$(mktemp -d) && trap 'rm -rf "$b_dir"' EXIT || b_dir=/nonexistent ;;
  esac
  for b_question in "$@"; do
    b_sec "$b_question"
    case $b_question in
    local) b_q_local "$b_s" "$b_folder" ;;
    mounts) b_q_mounts "$b_s" ;;
    *) "b_q_$b_question" ;;
    esac
  done
  b_sec end
}
