#!/bin/sh
# Runs the script $3 inside the tree $1 under an overlay in the folder $2, with this machine's network.
# In a mount namespace of its own, so that nothing stays mounted.
set -eu
base=$1 new=$2 script=$3
root=$new/root
mount -t overlay overlay -o "lowerdir=$base,upperdir=$new/tree,workdir=$new/work" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp -a "$new/seed/." "$root/"
cp "$script" "$root/lab-script"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 0755 "$root/usr/sbin/policy-rc.d"
chroot "$root" /bin/sh -eu /lab-script
rm "$root/usr/sbin/policy-rc.d" "$root/lab-script"
(cd "$new/seed" && find . -type f) | (cd "$root" && xargs rm -f)
