#!/bin/sh
# Makes the tree $1, which holds BusyBox and dropbear, a router's. Beside this script: its applets and its files.
# The hash of root's password is on stdin.
set -eu
tree=$1
here=$(cd "$(dirname "$0")" && pwd)
IFS= read -r hash
cd "$tree"
mkdir -p dev etc/config etc/crontabs etc/dropbear etc/init.d etc/rc.d lib mnt overlay proc rom root run sbin sys tmp \
  usr/bin usr/sbin var/spool/cron www
cp -R "$here/files/." .
chmod 0755 etc/init.d/* etc/rc.common
chmod 1777 tmp
chmod 0700 root etc/dropbear
ln -s ../tmp var/run
ln -s ../tmp var/lock
ln -s ../tmp var/log
ln -s ../../../etc/crontabs var/spool/cron/crontabs
# OpenWrt's dropbear reads /etc/dropbear/authorized_keys; Debian's reads root's .ssh.
ln -s /etc/dropbear root/.ssh
ln -s ../init.d/dropbear etc/rc.d/S19dropbear
ln -s ../init.d/cron etc/rc.d/S50cron

sed '/^#/d' "$here/applets" | while read -r line; do
  binary=/bin/busybox
  case $line in static\ *) binary=/usr/lib/lab/busybox-static line=${line#static } ;; esac
  for applet in $line; do
    mkdir -p "./${applet%/*}"
    ln -sf "$binary" ".$applet"
  done
done

printf 'root:%s:19700:0:99999:7:::\ndaemon:*:0:0:99999:7:::\nnobody:*:0:0:99999:7:::\n' "$hash" >etc/shadow
chmod 0600 etc/shadow
