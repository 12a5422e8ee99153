#!/bin/sh
test -d "$1"/etc && test -d "$1"/data
