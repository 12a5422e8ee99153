#!/bin/sh
. "$1"
if [ "$fail" = yes ]; then echo 'it broke' >&2; exit 3; fi
[ "$fail" != no ] || { echo '{"results": ["one"], "said": "of its own"}'; exit; }
echo "{\"said\": \"$text\", \"check\": \"$_ansible_check_mode\"}"
