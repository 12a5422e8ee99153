#!/bin/sh
# Runs inside a throw-away Debian tree: collects Debian's kernel for virtual machines under /node, with the few modules that a
# machine needs whose card is an NVMe disk: its network, and FAT.
set -eu
cd /tmp
apt-get -q update
apt-get -q download "$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\)$/\1/p')"
dpkg-deb -x linux-image-*.deb kernel
version=$(ls kernel/lib/modules)
modules=usr/lib/modules/$version
mkdir -p "/node/$modules"
mv kernel/boot/vmlinuz-* /node/vmlinuz
cp kernel/lib/modules/"$version"/modules.builtin* kernel/lib/modules/"$version"/modules.order "/node/$modules/"
for module in drivers/virtio/virtio drivers/virtio/virtio_ring drivers/virtio/virtio_pci drivers/virtio/virtio_pci_modern_dev \
  drivers/virtio/virtio_pci_legacy_dev net/core/failover drivers/net/net_failover drivers/net/virtio_net fs/fat/fat fs/fat/vfat \
  fs/nls/nls_cp437 fs/nls/nls_ascii; do
  install -D -m 0644 "kernel/lib/modules/$version/kernel/$module.ko" "/node/$modules/kernel/$module.ko"
done
depmod -b /node/usr "$version" || depmod -b /node "$version"
