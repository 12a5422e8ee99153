#!/bin/sh
# Runs inside a new Debian tree, with no process of its own: makes it what a freshly written Raspberry Pi OS card is.
set -eu

# pi, with the groups that it has on Raspberry Pi OS and sudo without a password; admin, whose sudo asks for one.
groupadd -f -r netdev
useradd -m -s /bin/bash -G adm,dialout,cdrom,sudo,audio,video,plugdev,games,users,netdev pi
useradd -m -s /bin/bash -G sudo admin
printf 'pi:raspberry\nadmin:admin\n' | chpasswd
printf 'pi ALL=(ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/010_pi-nopasswd
chmod 0440 /etc/sudoers.d/010_pi-nopasswd

echo raspberrypi >/etc/hostname
cat >/etc/hosts <<'END'
127.0.0.1	localhost
::1		localhost ip6-localhost ip6-loopback
ff02::1		ip6-allnodes
ff02::2		ip6-allrouters

127.0.1.1	raspberrypi
END

sed -i 's/^# *\(en_GB.UTF-8 UTF-8\)/\1/' /etc/locale.gen
locale-gen >/dev/null
printf 'LANG=en_GB.UTF-8\n' >/etc/default/locale
ln -sf /usr/share/zoneinfo/Europe/London /etc/localtime
echo Europe/London >/etc/timezone

# Each node gets its own at its first start.
rm -f /etc/ssh/ssh_host_*
: >/etc/machine-id
rm -f /var/lib/dbus/machine-id

# A node has no disk, screen or clock of its own.
systemctl -q mask getty.target console-getty.service systemd-udevd.service systemd-udevd-kernel.socket \
  systemd-udevd-control.socket systemd-udev-trigger.service e2scrub_reap.service \
  systemd-remount-fs.service sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount >/dev/null

# With the cache made here, apt's first run in a node costs nothing.
apt-cache gencaches
