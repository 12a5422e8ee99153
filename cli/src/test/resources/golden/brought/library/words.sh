#!/bin/sh
. "$1"
if [ "$fail" = yes ]; then echo 'it broke' >&2; exit 3; fi
echo "{\"said\": \"$text\", \"check\": \"$_ansible_check_mode\"}"
