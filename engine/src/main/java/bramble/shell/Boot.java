package bramble.shell;

import java.nio.charset.StandardCharsets;

/** The shell's own text: how it is started, the loop it runs, and how what it runs is ended. */
final class Boot {
    /**
     * The loop. Standard input carries frames: a header {@code MARK l LINES} or {@code MARK b BYTES}, a text that ends with
     * the mark, then the inputs of the pieces. Short texts are read by line, which costs a system call a byte; long ones by
     * {@code head}, which costs a process. A text without its mark was cut off on the way and is not run.
     *
     * <p>{@code b__take BYTES} passes on the inputs: {@code dd} takes as much at once as a pipe holds, {@code head} an eighth. With
     * {@code b_take BYTES} a script does so itself; what can't be passed on is taken all the same.
     *
     * <p>{@code b__run GROUP BYTES SCRIPT [takes]} is one piece. In its script, the mark is not to be seen. A library may define
     * {@code b_bye}: what is left to clear up when the input ends, or nobody reads the answers any more.
     */
    private static final String LOOP = """
            {
            b__path=$PATH
            b__lc=${LC_ALL-}
            case :$PATH: in *:/usr/sbin:*) ;; *) PATH=$PATH:/usr/local/sbin:/usr/sbin ;; esac
            case :$PATH: in *:/sbin:*) ;; *) PATH=$PATH:/sbin ;; esac
            LC_ALL=C
            export PATH LC_ALL
            b_printf=$(command -v printf)
            b_login() {
              PATH=$b__path
              if [ -n "$b__lc" ]; then LC_ALL=$b__lc; else unset LC_ALL; fi
            }
            b_bye() { :; }
            trap 'b_bye; exit 70' HUP PIPE TERM
            b__dd() { [ "$1" -gt 1000000 ] && dd bs=128k iflag=count_bytes,fullblock status=none count=0 </dev/null 2>/dev/null; }
            b__take() {
              if b__dd "$1"; then dd bs=128k iflag=count_bytes,fullblock status=none count="$1"
              else head -c "$1"
              fi
            }
            b_take() {
              b__dd "$1" || { b__take "$1" | { cat || { cat >/dev/null; exit 1; }; }; return; }
              { b__e=$(dd bs=128k iflag=count_bytes,fullblock count="$1" 2>&1 1>&7) && return; } 7>&1
              b__k=${b__e%%" records in"*}
              b__j=${b__k##*+}
              b__k=${b__k%+*}
              b__k=${b__k##*[!0-9]}
              printf '%s\\n' "${b__e%%
            *}" >&2
              case $b__j in 0) head -c $(($1-b__k*131072)) >/dev/null ;; esac
              return 1
            }
            b__run() {
              case $b__f in
              *" $1 "*)
                [ "$2" = 0 ] || b__take "$2" >/dev/null
                b__r=-1 ;;
              *)
                if [ "$2" = 0 ]; then
                  ( b__m= b__x=$3; set --; eval "$b__x" ) </dev/null
                  b__r=$?
                elif [ -n "${4-}" ]; then
                  ( b__m= b__x=$3; set --; eval "$b__x" )
                  b__r=$?
                else
                  b__take "$2" | { ( b__m= b__x=$3; set --; eval "$b__x" ); b__r=$?; cat >/dev/null; exit $b__r; }
                  b__r=$?
                fi
                [ "$b__r" = 0 ] || [ "$1" = -1 ] || b__f="$b__f$1 " ;;
              esac
              echo "$b__m $b__r"
              echo "$b__m" >&2
            }
            while IFS= read -r b__h; do
              b__m=${b__h%% *}
              b__h=${b__h#* }
              b__n=${b__h#* }
              b__s=
              b__f=' '
              case $b__h in
              b*) b__s=$(head -c "$b__n") ;;
              *) while [ "$b__n" -gt 0 ] && IFS= read -r b__l; do b__s="$b__s$b__l
            "; b__n=$((b__n-1)); done ;;
              esac
              case $b__s in *"$b__m"*) ;; *) exit 70 ;; esac
              eval "$b__s"
            done
            b_bye
            exit 0
            }
            """;

    /**
     * {@code b__end PID LEVEL} ends the processes below another shell: those LEVEL and more steps below it, and with LEVEL 0
     * the shell as well. They are asked first, so that they can clear up, then killed. A sudo above them stops with what it has
     * started, and would stay so for ever: it is told to go on.
     */
    private static final Sh.Library END = new Sh.Library("b__end",
            """
                    b__end() {
                      b_above=
                      if [ "$2" -eq 0 ]; then
                        { IFS= read -r b_l <"/proc/$1/stat"; } 2>/dev/null && { b_l=${b_l##*) }; b_l=${b_l#* }; b_above=${b_l%% *}; }
                        kill -STOP "$1" 2>/dev/null
                      fi
                      b_round=0
                      while [ "$b_round" -lt 60 ]; do
                        b_round=$((b_round+1))
                        b_all=
                        for b_d in /proc/[0-9]*; do
                          { IFS= read -r b_l <"$b_d/stat"; } 2>/dev/null || continue
                          b_l=${b_l##*) }
                          case $b_l in [ZX]*) continue ;; esac
                          b_l=${b_l#* }
                          b_all="$b_all ${b_d#/proc/}:${b_l%% *}"
                        done
                        b_level=" $1 "
                        b_depth=0
                        b_hit=
                        while [ "$b_level" != ' ' ]; do
                          b_depth=$((b_depth+1))
                          b_next=' '
                          for b_e in $b_all; do
                            case $b_level in *" ${b_e#*:} "*)
                              b_next="$b_next${b_e%:*} "
                              if [ "$b_depth" -lt "$2" ]; then b_above="$b_above ${b_e%:*}"; else b_hit="$b_hit ${b_e%:*}"; fi ;;
                            esac
                          done
                          b_level=$b_next
                        done
                        [ -n "$b_hit" ] || break
                        if [ "$b_round" -eq 1 ]; then
                          kill -TERM $b_hit 2>/dev/null
                        elif [ "$b_round" -gt 20 ]; then
                          kill -STOP $b_hit 2>/dev/null
                          kill -KILL $b_hit 2>/dev/null
                        fi
                      done
                      [ "$2" -gt 0 ] || kill -KILL "$1" 2>/dev/null
                      [ -z "$b_above" ] || kill -CONT $b_above 2>/dev/null
                      [ -z "$b_hit" ]
                    }""");

    private Boot() {}

    /**
     * The script to start a shell with: it says that it is there, with its process id, and with a b if head
     * takes no more than it is told. Then it takes in the loop.
     */
    static String script(String mark) {
        return "echo " + mark + " $$ $(echo ab | { head -c 1 >/dev/null; cat; }); echo " + mark
                + " >&2; eval \"$(head -c " + loop(mark, false).length + ")\"";
    }

    /**
     * The loop, to be sent after the script has said that it is there.
     *
     * @param report whether the loop begins with saying that it was taken in, by the mark on a line
     */
    static byte[] loop(String mark, boolean report) {
        return ((report ? "echo " : "true ") + mark + "\n" + LOOP).getBytes(StandardCharsets.UTF_8);
    }

    static Sh end(String variable) {
        return Sh.of("b__end {} 0", Sh.raw("\"$" + variable + "\"")).using(END);
    }

    static Sh end(long shell, int level) {
        return Sh.of("b__end {} {}", shell, level).using(END);
    }
}
