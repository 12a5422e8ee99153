# shellcheck shell=bash
# What the lab says: progress to standard error, so that standard output stays for answers.

say() { printf 'lab: %s\n' "$*" >&2; }

die() {
  printf 'lab: %s\n' "$*" >&2
  exit 1
}
