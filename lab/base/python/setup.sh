#!/bin/sh
# Runs inside a Debian tree: adds what Ansible needs on a node.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y install --no-install-recommends python3 python3-apt
apt-get clean
apt-cache gencaches
