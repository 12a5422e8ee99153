#!/bin/sh
# Runs inside a throw-away Debian tree: collects BusyBox and dropbear with their libraries under /node.
#
# The applets of Debian's static BusyBox find each other whatever PATH says, so sh comes from the shared one;
# the static one only lends the few that the shared one lacks.
set -eu
cd /tmp
apt-get -q update
apt-get -q -y install --no-install-recommends busybox dropbear-bin
apt-get -q download busybox-static
dpkg-deb -x busybox-static_*.deb static
mkdir -p /node/bin /node/usr/lib/lab
cp /bin/busybox /node/bin/busybox
cp static/bin/busybox /node/usr/lib/lab/busybox-static
install -D /usr/sbin/dropbear /node/usr/sbin/dropbear
install -D /usr/bin/dropbearkey /node/usr/bin/dropbearkey
install -D /usr/lib/dropbear/dropbearconvert /node/usr/lib/lab/dropbearconvert 2>/dev/null ||
  install -D /usr/bin/dropbearconvert /node/usr/lib/lab/dropbearconvert
for program in /node/bin/busybox /node/usr/sbin/dropbear /node/usr/bin/dropbearkey /node/usr/lib/lab/dropbearconvert; do
  ldd "$program" | sed -n 's/.*[ \t]\(\/[^ ]*\) (0x.*/\1/p'
done | sort -u | while read -r library; do
  mkdir -p "/node$(dirname "$library")"
  cp -L "$library" "/node$library"
done
