package bramble.run;

import bramble.module.Action;
import bramble.module.Attributes;
import bramble.shell.Piece;
import bramble.shell.Sh;

/** The shell text of actions. */
final class ActionScript {
    /** The exit status that says: what was to be replaced is no longer what was read. */
    static final int STALE = 75;

    /**
     * Writes standard input to a new file beside its place, and moves it there when it is whole, has its attributes and is
     * valid. Whatever goes wrong, the new file is gone and the old one is as it was. Only a file of somebody else, to whom the
     * new one can't be given, is written in place, and one that nothing can be moved onto, where that is asked for.
     */
    private static final Sh.Library WRITE = new Sh.Library("b_write",
            """
                    b_held() { # path mode owner group; whether it has these, and may be written
                      [ -w "$1" ] && [ -n "$(find "$1" -prune -type f ${2:+-perm "$2"} ${3:+-user "$3"} ${4:+-group "$4"} 2>/dev/null)" ]
                    }
                    b_write() { # path bytes mode owner group backup in-place
                      b_p=$1 b_n=$2 b_um=$(umask) b_stays=
                      case $b_p in */*) b_d=${b_p%/*} ;; *) b_d=. ;; esac
                      [ -d "$b_p" ] && { echo "Tried to write $b_p, but it is a directory" >&2; return 1; }
                      umask 077
                      new=$(mktemp "${b_d:-/}/.bramble-XXXXXX" 2>&1) || if [ -n "$7" ] && [ -w "$b_p" ]; then
                        b_stays=asked new=$(mktemp) || return 1
                      else
                        case $new in *"ermission denied") new="$new. Does the task need become?" ;; esac
                        echo "Tried to write $b_p, but: ${new##*: }" >&2
                        [ "$b_n" -lt 0 ] || cat >/dev/null
                        return 1
                      fi
                      trap 'rm -f "$new" "$new.old"' EXIT
                      trap 'exit 1' HUP INT TERM PIPE
                      if [ "$b_n" -lt 0 ]; then b_make >"$new" || return 1
                      else b_why=$(cat 2>&1 >"$new") || { echo "Tried to write $b_p, but: ${b_why##*: }" >&2; return 1; }
                      fi
                      b_got=$(wc -c <"$new")
                      [ "$b_n" -lt 0 ] || [ "$b_got" -eq "$b_n" ] || { echo "Tried to write $b_p, but only $b_got of $b_n bytes arrived" >&2; return 1; }
                      umask "$b_um"
                      if [ -z "$b_stays" ] && [ -n "$4$5" ] && ! b_why=$(chown "$4${5:+:$5}" "$new" 2>&1); then
                        # who may write a file, but not give one away, writes it where it is
                        b_held "$b_p" "$3" "$4" "$5" || { printf '%s\\n' "$b_why" >&2; return 1; }
                        b_stays=held
                      fi
                      if [ -e "$b_p" ] && command -v setfacl >/dev/null 2>&1; then
                        b_acl=$(getfacl -cps -- "$b_p") || return 1
                        [ -z "$b_acl" ] || printf '%s\\n' "$b_acl" | setfacl --set-file=- "$new" || return 1
                      fi
                      if [ -n "$3" ]; then chmod "$3" "$new"; else chmod "$(printf %o $((0666 & ~b_um)))" "$new"; fi || return 1
                      b_valid || return 1
                      b_still || return 75
                      if [ "$6" = 1 ] && [ -e "$b_p" ]; then
                        b_b="$b_p.$$.$(date +%Y-%m-%d@%H:%M:%S)~"
                        cp -p "$b_p" "$b_b" && printf 'backup %s\\n' "$b_b" || return 1
                      fi
                      if [ -z "$b_stays" ]; then
                        b_why=$(mv -f "$new" "$b_p" 2>&1) && return
                        [ -n "$7" ] || { echo "Tried to write $b_p, but: ${b_why##*: }" >&2; return 1; }
                      fi
                      trap '' HUP INT TERM PIPE
                      (umask 077; cat "$b_p" >"$new.old") && { cat "$new" >"$b_p" || { cat "$new.old" >"$b_p"; false; }; } || return 1
                      b_held "$b_p" "$3" "$4" "$5" && return
                      [ -z "$4$5" ] || chown "$4${5:+:$5}" "$b_p" || return 1
                      [ -z "$3" ] || chmod "$3" "$b_p"
                    }""");

    private ActionScript() {}

    /** The piece that does it; nothing for the controller's own work. */
    static Piece piece(int group, Action action, Sh environment) {
        return switch (action) {
            case Action.Run(Sh sh, var input) -> new Piece(group, Sh.of("{}{}", environment, sh), input);
            case Action.Write write -> new Piece(group,
                    Sh.of("{}{}", environment, write(write, write.content().length())), write.content());
            case Action.Make(Sh output, var write) ->
                Piece.in(group, Sh.of("{}b_make() {\n{}\n}\n{}", environment, output, write(write, -1)));
            case Action.Errand(String what, _) -> throw new IllegalArgumentException("not run yet: " + what);
            case Action.Work(String what, _) -> throw new IllegalArgumentException("no shell does this: " + what);
        };
    }

    /** @param bytes that come through standard input; -1 if {@code b_make} prints them */
    private static Sh write(Action.Write write, long bytes) {
        Attributes attributes = write.attributes();
        String mode = attributes.mode().isPresent() ? String.format("%04o", attributes.mode().getAsInt()) : "";
        Sh valid = write.validate().orElse(Sh.raw(":"));
        Sh still = write.still().orElse(Sh.raw(":"));
        return Sh.of("b_valid() {\n{}\n}\nb_still() {\n{}\n}\nb_write {} {} {} {} {} {} {}", valid, still, write.path(),
                bytes, mode, attributes.owner().orElse(""), attributes.group().orElse(""),
                write.backup() ? "1" : "0", attributes.inPlace() ? "1" : "").using(WRITE);
    }
}
