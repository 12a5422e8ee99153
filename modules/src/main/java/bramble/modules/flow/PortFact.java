package bramble.modules.flow;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Asks whether something takes connections at a port, as seen from a node.
 *
 * @param seconds how long one try may take
 * @param read whether what it says first is read too
 */
record PortFact(String host, int port, int seconds, boolean read) implements Fact<PortFact.Answered> {

    /**
     * On the node itself, the kernel's list of listening sockets tells. Otherwise a connection is opened by what there is:
     * bash, nc or perl, in the background, so that it can be given up. Whether nc has a connection can be seen in the
     * kernel's list too: the plainest nc neither says so nor takes any option.
     */
    private static final Sh.Library LIBRARY = new Sh.Library("b_port", """
            b_listens() { # host hexport
              for b_i in $(grep -h " [0-9A-F]*:$2 [0-9A-F]*:0000 0A " /proc/net/tcp /proc/net/tcp6 2>/dev/null |
                  while read -r b_1 b_2 b_3; do echo "${b_2%:*}"; done); do
                case $1:$b_i in
                *:00000000|*:00000000000000000000000000000000) return 0 ;;
                ::1:00000000000000000000000001000000|localhost:00000000000000000000000001000000) return 0 ;;
                127.0.0.1:0100007F|localhost:0100007F|*:0000000000000000FFFF00000100007F) return 0 ;;
                esac
              done
              return 1
            }
            b_connected() { # pid
              for b_i in $(ls -l "/proc/$1/fd" 2>/dev/null | sed -n 's/.*socket:.\\([0-9]*\\).*/\\1/p'); do
                grep -q " 0[1458] .* $b_i " /proc/net/tcp /proc/net/tcp6 2>/dev/null && return 0
              done
              return 1
            }
            b_port() { # host port hexport seconds read
              case $1 in 127.0.0.1|localhost|::1) [ -z "$5" ] && b_listens "$1" "$3" && { echo open; return; } ;; esac
              b_dir=$(mktemp -d) || return 1
              trap 'rm -rf "$b_dir"' EXIT
              if command -v bash >/dev/null 2>&1; then
                bash -c 'exec 3<>"/dev/tcp/$0/$1" && : >"$2/open" && { [ -z "$3" ] || cat <&3 >"$2/said"; }' \\
                  "$1" "$2" "$b_dir" "$5" >/dev/null 2>&1 </dev/null &
              elif command -v nc >/dev/null 2>&1; then
                sleep "$4" 2>/dev/null | nc "$1" "$2" >"$b_dir/said" 2>/dev/null &
              elif command -v perl >/dev/null 2>&1; then
                perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1])
                  or exit 1; open(F, ">$ARGV[2]/open"); exit unless $ARGV[3];
                  open(S, ">$ARGV[2]/said"); S->autoflush(1); while (sysread($s, $b, 4096)) { print S $b }' \\
                  "$1" "$2" "$b_dir" "$5" >/dev/null 2>&1 </dev/null &
              else
                echo none; return
              fi
              b_pid=$! b_n=0 b_tick=0.1 b_max=$(($4*10))
              sleep 0.01 2>/dev/null || { b_tick=1; b_max=$4; }
              while [ "$b_n" -le "$b_max" ]; do
                [ -e "$b_dir/open" ] || ! b_connected "$b_pid" || : >"$b_dir/open"
                if [ -e "$b_dir/open" ]; then
                  [ -z "$5" ] && break
                  [ -s "$b_dir/said" ] && break
                fi
                kill -0 "$b_pid" 2>/dev/null || { wait "$b_pid" && : >"$b_dir/open"; break; }
                sleep "$b_tick"; b_n=$((b_n+1))
              done
              [ -z "$5" ] || [ ! -e "$b_dir/open" ] || sleep "$b_tick"
              kill "$b_pid" 2>/dev/null
              if [ -e "$b_dir/open" ]; then echo open; else echo closed; fi
              cat "$b_dir/said" 2>/dev/null
            }""");

    /**
     * What was found.
     *
     * @param said the beginning of what it said, if that was asked for
     */
    record Answered(Kind kind, String said) {}

    /** NO_TOOL: the node has nothing to open a connection with. */
    enum Kind {
        OPEN,
        CLOSED,
        NO_TOOL
    }

    @Override
    public Sh script() {
        return Sh.of("b_port {} {} {} {} {}", host, port, String.format("%04X", port), seconds, read ? "yes" : "")
                .using(LIBRARY);
    }

    @Override
    public Answered parse(Answer answer) {
        byte[] out = answer.out();
        int line = 0;
        while (line < out.length && out[line] != '\n') {
            line++;
        }
        Kind kind = switch (new String(out, 0, line, StandardCharsets.UTF_8)) {
            case "open" -> Kind.OPEN;
            case "none" -> Kind.NO_TOOL;
            default -> Kind.CLOSED;
        };
        int from = Math.min(out.length, line + 1);
        return new Answered(kind, new String(Arrays.copyOfRange(out, from, out.length), StandardCharsets.UTF_8));
    }
}
