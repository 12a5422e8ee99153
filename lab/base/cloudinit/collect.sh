#!/bin/sh
# Runs inside a throw-away Debian tree: collects, under /node, what reads the files that a node is told by at its first start:
# the cloud-init and the netplan of Debian 13, from which Raspberry Pi OS has its own. Unpacked alone, with what they load; as packages
# they would bring five times as much.
set -eu
cd /tmp
mkdir lists packages
sed -n '/ bookworm main/s/bookworm/trixie/p' /etc/apt/sources.list.d/*.list >trixie
apt() {
  apt-get -q -o Dir::Etc::sourcelist=/tmp/trixie -o Dir::Etc::sourceparts=- -o Dir::State::lists=/tmp/lists \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root "$@"
}
apt update
cd packages
apt download cloud-init python3.13-minimal libpython3.13-minimal libpython3.13-stdlib python3-yaml python3-jsonschema \
  python3-jsonschema-specifications python3-referencing python3-rpds-py python3-attr python3-jinja2 python3-markupsafe \
  python3-configobj python3-json-pointer python3-jsonpatch python3-requests python3-urllib3 python3-idna \
  python3-charset-normalizer python3-certifi python3-oauthlib libc6 libgcc-s1 libexpat1 zlib1g libssl3t64 libzstd1 libbz2-1.0 \
  liblzma5 libcrypt1 libffi8 libyaml-0-2 \
  netplan-generator python3-netplan python3-cffi-backend libnetplan1 libglib2.0-0t64 libpcre2-8-0 libuuid1 libsystemd0 libcap2 libatomic1 libmount1 libblkid1 libselinux1
for package in *.deb; do dpkg-deb -x "$package" /node; done
cd /node
ln -s usr/bin usr/sbin usr/lib usr/lib64 .
ln -s python3.13 usr/bin/python3
mkdir -p dev etc/netplan etc/ssl/certs root run tmp
cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/
rm -rf usr/share/doc usr/share/locale usr/share/man
