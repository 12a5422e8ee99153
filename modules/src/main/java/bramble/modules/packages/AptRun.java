package bramble.modules.packages;

import bramble.shell.Sh;

/** The shell functions that run apt-get. */
final class AptRun {
    static final Sh.Library LIBRARY = new Sh.Library("b_apt_run",
            """
                    b_apt_run() { # seconds to wait for locks, options, verb, packages
                      b_t=$1; shift
                      DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical LC_ALL=C.UTF-8 \\
                        apt-get -y -q -o "DPkg::Lock::Timeout=$b_t" "$@" </dev/null
                    }
                    b_apt_update() { # seconds to wait for locks, tries, longest pause
                      b_t=$1 b_r=$2 b_p=1 b_said=
                      while :; do
                        b_e=$(LC_ALL=C apt-get -q -o APT::Update::Error-Mode=any update 2>&1 </dev/null) && { printf '%s\\n' "$b_e"; return 0; }
                        case $b_e in
                        *'Could not get lock'*)
                          [ "$b_t" -gt 0 ] || break
                          [ -n "$b_said" ] || printf '%s\\n' "$b_e" | sed -n 's/^E: \\(Could not get lock\\)/Waiting for cache lock: \\1/p'
                          b_said=1 b_w=2 b_t=$((b_t - 2)) ;;
                        *) [ "$b_r" -gt 0 ] || break; b_w=$b_p b_r=$((b_r - 1)) b_p=$((b_p * 2)); [ "$b_p" -le "$3" ] || b_p=$3 ;;
                        esac
                        sleep "$b_w"
                      done
                      printf '%s\\n' "$b_e" | grep '^[EW]:' >&2
                      return 100
                    }
                    b_apt_policy() { # exit status; until this script ends, services are not started
                      b_f=/usr/sbin/policy-rc.d
                      [ ! -e "$b_f" ] || mv "$b_f" "$b_f.bramble" || return 1
                      trap 'rm -f "$b_f"; [ ! -e "$b_f.bramble" ] || mv "$b_f.bramble" "$b_f"' EXIT
                      printf '#!/bin/sh\\nexit %s\\n' "$1" >"$b_f" && chmod 755 "$b_f"
                    }""");

    private AptRun() {}
}
