package bramble.run;

import bramble.module.Action;
import bramble.module.Attributes;
import bramble.shell.Content;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The shell text of actions. */
final class ActionScript {
    /** The exit status that says: what was to be replaced is no longer what was read. */
    static final int STALE = 75;

    /** Contents up to this many bytes travel in the script and are written by the shell itself, without a process for that. */
    private static final int SMALL = 16 << 10;

    /**
     * Writes what {@code b_make} prints to a new file beside its place, and moves it there when it is whole, has its attributes
     * and is valid. Whatever goes wrong, the new file is gone and the old one is as it was. Only a file of somebody else, to
     * whom the new one can't be given, is written in place, and one that nothing can be moved onto, where that is asked for.
     *
     * <p>In a folder with default access control lists a umask does not keep others out of a new file, mktemp does. A short text
     * that everybody may read needs no such care.
     */
    private static final Sh.Library WRITE = new Sh.Library("b_write",
            """
                    b_held() { # path mode owner group; whether it has these, and may be written
                      [ -w "$1" ] && [ -n "$(find "$1" -prune -type f ${2:+-perm "$2"} ${3:+-user "$3"} ${4:+-group "$4"} 2>/dev/null)" ]
                    }
                    b_print() { # without a process, so that no list of processes shows the text
                      case ${b_printf-} in */*) print -rn -- "$1" ;; *) printf %s "$1" ;; esac
                    }
                    b_fail() { # what went wrong
                      case $1 in *"ermission denied") set -- "$1. Does the task need become?" ;; esac
                      echo "Tried to write $b_p, but: ${1##*: }" >&2
                      return 1
                    }
                    b_drop() { # what was sent is taken in all the same
                      case $b_n in [0-9]*) b_make >/dev/null ;; esac
                    }
                    b_um=$(umask) b_plain=$(printf %o $((0666 & ~b_um)))
                    b_dress() { # mode owner group; gives the new file its attributes
                      if [ -z "$b_stays" ] && [ -n "$2$3" ] && ! b_why=$(chown "$2${3:+:$3}" "$new" 2>&1); then
                        # who may write a file, but not give one away, writes it where it is
                        b_held "$b_p" "$1" "$2" "$3" || { printf '%s\\n' "$b_why" >&2; return 1; }
                        b_stays=held
                      fi
                      if [ -e "$b_p" ] && command -v setfacl >/dev/null 2>&1; then
                        b_acl=$(getfacl -cps -- "$b_p") || return 1
                        [ -z "$b_acl" ] || printf '%s\\n' "$b_acl" | setfacl --set-file=- "$new" || return 1
                      fi
                      chmod "${1:-$b_plain}" "$new"
                    }
                    b_at_once() { # mode owner group; a text goes into a file that has its attributes before it has the text
                      umask 077; set -C
                      { { set +C; umask "$b_um"; b_begun=1
                        b_dress "$@" && b_text
                      } >"$new" 2>&4; } 4>&2 2>/dev/null && return
                      set +C; umask "$b_um"
                      return 1
                    }
                    b_text() { # what b_make prints, to where the output goes
                      b_make 2>/dev/null && return
                      { b_why=$(b_make | cat 2>&1 >&3); } 3>&1 # cat knows why
                      b_fail "$b_why"
                    }
                    b_way= b_put=
                    b_writes() { # puts new texts into one folder all at once: into a folder within it, from which they are moved
                      b_aim= b_way=stage
                      b_all b_do
                      b_way=
                      [ -n "$b_aim" ] || return 0
                      set --
                      for b_f in "$b_new"/* "$b_new"/.[!.]* "$b_new"/..?*; do [ ! -f "$b_f" ] || set -- "$@" "$b_f"; done
                      { { [ -z "$b_o" ] || chown "$b_o" "$@"; } && chmod "$b_m" "$@" && mv -f "$@" "$b_aim/"; } 2>/dev/null
                      for b_f; do [ -e "$b_f" ] || b_put=$b_put/${b_f##*/}/; done
                      rmdir "$b_new" 2>/dev/null || rm -rf "$b_new"
                      trap - EXIT
                    }
                    b_do() { eval "$b_q"; }
                    b_stage() { # as b_write; the first says in which folder, and of which attributes
                      case $2:$6:$7:$1 in t:0::/*/*) ;; *) return ;; esac
                      [ ! -e "$1" ] && [ ! -L "$1" ] && b_still || return
                      if [ -z "$b_aim" ]; then
                        b_new=$(mktemp -d "${1%/*}/.bramble-XXXXXX" 2>/dev/null) || return
                        trap 'rm -rf "$b_new"' EXIT
                        trap 'exit 1' HUP INT TERM PIPE
                        b_aim=${1%/*} b_m=${3:-$b_plain} b_o=$4${5:+:$5}
                      fi
                      case ${1%/*}:${3:-$b_plain}:$4${5:+:$5} in "$b_aim:$b_m:$b_o") ;; *) return ;; esac
                      b_f=$b_new/${1##*/}
                      [ ! -e "$b_f" ] || return
                      b_make 2>/dev/null >"$b_f" || rm -f "$b_f"
                    }
                    b_write() { # path bytes mode owner group backup in-place name; bytes: how many b_make passes on, t for a text, c for a command
                      case $b_way in stage) b_stage "$@"; return ;; esac
                      b_p=$1 b_n=$2 b_stays= b_begun= b_why= new=
                      case $b_p in */*) b_d=${b_p%/*} ;; *) b_d=. ;; esac
                      case $b_put in *"/${b_p##*/}/"*) [ "$b_d" != "$b_aim" ] || return 0 ;; esac
                      trap 'b_gone' EXIT
                      trap 'exit 1' HUP INT TERM PIPE
                      b_one "$@"
                      b_ended=$?
                      trap - EXIT # what is next in this shell has its own
                      [ "$b_ended:$b_stays" = 0: ] || b_gone
                      return "$b_ended"
                    }
                    b_gone() { [ -z "$new" ] || rm -f "$new" "$new.old"; }
                    b_one() { # as b_write; b_stays says why the file is written where it is: then, or where this fails, $new is left
                      if [ -d "$b_p" ]; then
                        b_drop
                        echo "Tried to write $b_p, but it is a directory" >&2
                        return 1
                      fi
                      new=${b_d:-/}/.bramble-$8
                      case $b_n:${3:-$b_plain} in t:*[4-7]) b_at_once "$3" "$4" "$5" || [ -z "$b_begun" ] || return 1 ;; esac
                      if [ -z "$b_begun" ]; then
                        if ! new=$(mktemp "${b_d:-/}/.bramble-XXXXXX" 2>&1); then
                          b_why=$new new=
                          [ -n "$7" ] && [ -w "$b_p" ] && b_stays=asked && new=$(mktemp) || {
                            b_drop
                            b_fail "$b_why"
                            return 1
                          }
                        fi
                        case $b_n in
                        c) b_make >"$new" || return 1 ;;
                        t) b_text >"$new" || return 1 ;;
                        *) # >> because ext4 writes to the disk at once what was emptied before
                          b_why=$(b_make 2>&1 >>"$new") || { b_fail "$b_why"; return 1; }
                          b_got=$(wc -c <"$new")
                          [ "$b_got" -eq "$b_n" ] || { echo "Tried to write $b_p, but only $b_got of $b_n bytes arrived" >&2; return 1; } ;;
                        esac
                        b_dress "$3" "$4" "$5" || return 1
                      else
                        case $3 in [1-7]???) chmod "$3" "$new" || return 1 ;; esac # writing took its set-id bits
                      fi
                      b_valid || return 1
                      b_still || return 75
                      if [ "$6" = 1 ] && [ -e "$b_p" ]; then
                        b_t=$(date +%Y-%m-%d@%H:%M:%S) b_i=$$
                        while b_b="$b_p.$b_i.$b_t~"; [ -e "$b_b" ]; do b_i=$((b_i+1)); done
                        cp -p "$b_p" "$b_b" && printf 'backup %s\\n' "$b_b" || return 1
                      fi
                      if [ -z "$b_stays" ]; then
                        b_why=$(mv -f "$new" "$b_p" 2>&1) && return
                        [ -n "$7" ] || { b_fail "$b_why"; return 1; }
                      fi
                      trap '' HUP INT TERM PIPE
                      (umask 077; cat "$b_p" >"$new.old") || return 1
                      b_why=$({ cat "$new" >"$b_p"; } 2>&1) || {
                        { cat "$new.old" >"$b_p"; } 2>/dev/null
                        b_fail "$b_why"
                        return 1
                      }
                      b_stays=${b_stays:-asked}
                      b_held "$b_p" "$3" "$4" "$5" && return
                      [ -z "$4$5" ] || chown "$4${5:+:$5}" "$b_p" || return 1
                      [ -z "$3" ] || chmod "$3" "$b_p"
                    }""");

    private ActionScript() {}

    /** The piece that does it; nothing for the controller's own work. */
    static Piece piece(int group, Action action, Sh environment) {
        return switch (action) {
            case Action.Run(Sh sh, var input) ->
                new Piece(group, environment.isEmpty() ? sh : Sh.of("{}{}", environment, sh), input);
            case Action.Write write -> written(group, write, environment);
            case Action.Make(Sh output, var write) -> Piece.in(group, write(environment, output, write, "c"));
            case Action.Errand(String what, _) -> throw new IllegalArgumentException("not run yet: " + what);
            case Action.Work(String what, _) -> throw new IllegalArgumentException("no shell does this: " + what);
        };
    }

    private static Piece written(int group, Action.Write write, Sh environment) {
        Content content = write.content();
        boolean plain = environment.isEmpty() && write.validate().isEmpty() && write.path().startsWith("/");
        return inScript(content).map(text -> write(environment, Sh.of("b_print {}", Sh.secret(text)), write, "t"))
                .map(script -> Piece.in(group, plain ? script.shared("b_writes", List.of()) : script))
                .orElseGet(() -> new Piece(group,
                        write(environment, Sh.of("b_take {}", content.length()), write,
                                String.valueOf(content.length())),
                        content, true));
    }

    /** A content that a script can hold: a small one without a NUL byte. */
    private static Optional<String> inScript(Content content) {
        return Optional.of(content).filter(c -> c.length() <= SMALL).map(c -> EscapedBytes.decode(c.bytesOf()))
                .filter(text -> text.indexOf('\0') < 0);
    }

    private static Sh write(Sh environment, Sh make, Action.Write write, String bytes) {
        Attributes attributes = write.attributes();
        String mode = attributes.mode().isPresent() ? String.format("%04o", attributes.mode().getAsInt()) : "";
        Sh valid = write.validate().orElse(Sh.raw(":"));
        Sh still = write.still().orElse(Sh.raw(":"));
        return Sh.of("{}b_make() {\n{}\n}\nb_valid() {\n{}\n}\nb_still() {\n{}\n}\nb_write {} {} {} {} {} {} {} {}",
                environment, make, valid, still, write.path(), bytes, mode, attributes.owner().orElse(""),
                attributes.group().orElse(""), write.backup() ? "1" : "0", attributes.inPlace() ? "1" : "",
                UUID.randomUUID().toString().substring(24))
                .using(WRITE);
    }
}
