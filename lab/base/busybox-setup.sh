#!/bin/sh
# Makes the tree $1, which holds BusyBox and dropbear, a router's: $2 lists the applets, the root password is on stdin.
set -eu
tree=$1 applets=$2
IFS= read -r hash
cd "$tree"
mkdir -p dev etc/config etc/crontabs etc/dropbear etc/init.d lib mnt overlay proc rom root run sbin sys tmp usr/bin \
  usr/sbin var/spool/cron www
chmod 1777 tmp
chmod 0700 root etc/dropbear
ln -s ../tmp var/run 2>/dev/null || :
ln -s ../../../etc/crontabs var/spool/cron/crontabs
# OpenWrt's dropbear reads /etc/dropbear/authorized_keys; Debian's reads root's .ssh.
ln -s /etc/dropbear root/.ssh

sed '/^#/d' "$applets" | while read -r line; do
  binary=/bin/busybox
  case $line in static\ *) binary=/usr/lib/lab/busybox-static line=${line#static } ;; esac
  for applet in $line; do
    mkdir -p "./${applet%/*}"
    ln -sf "$binary" ".$applet"
  done
done

cat >etc/passwd <<'END'
root:x:0:0:root:/root:/bin/ash
daemon:*:1:1:daemon:/var:/bin/false
nobody:*:65534:65534:nobody:/var:/bin/false
END
printf 'root:x:0:\ndaemon:x:1:\nadm:x:4:\nusers:x:100:\nnogroup:x:65534:\n' >etc/group
printf 'root:%s:19700:0:99999:7:::\ndaemon:*:0:0:99999:7:::\nnobody:*:0:0:99999:7:::\n' "$hash" >etc/shadow
chmod 0600 etc/shadow
printf 'export PATH=/usr/sbin:/usr/bin:/sbin:/bin\nexport HOME=/root\n' >etc/profile
printf '/bin/ash\n/bin/sh\n' >etc/shells
printf '127.0.0.1 localhost\n' >etc/hosts
printf 'hosts: files dns\npasswd: files\ngroup: files\nshadow: files\n' >etc/nsswitch.conf
echo OpenWrt >etc/hostname
cat >etc/os-release <<'END'
NAME="OpenWrt"
VERSION="23.05.5"
ID="openwrt"
ID_LIKE="lede openwrt"
PRETTY_NAME="OpenWrt 23.05.5"
VERSION_ID="23.05.5"
OPENWRT_RELEASE="OpenWrt 23.05.5"
END
cat >etc/openwrt_release <<'END'
DISTRIB_ID='OpenWrt'
DISTRIB_RELEASE='23.05.5'
DISTRIB_DESCRIPTION='OpenWrt 23.05.5'
END
cat >etc/inittab <<'END'
::sysinit:/etc/init.d/rcS
::respawn:/usr/sbin/dropbear -F -E
::respawn:/usr/sbin/crond -f -c /etc/crontabs
END
cat >etc/init.d/rcS <<'END'
#!/bin/sh
mkdir -p /var/run /var/log /var/lock
[ ! -x /etc/rc.local ] || /etc/rc.local
END
chmod 0755 etc/init.d/rcS
