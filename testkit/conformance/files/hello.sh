#!/bin/sh
echo "hello $1 $2"; echo err >&2
