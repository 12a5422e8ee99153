package bramble.modules.files;

import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The shell function that looks at a path, and the reader of what it prints. */
final class PathScript {
    /**
     * {@code b_path PATH} prints fields that end with a NUL byte, because names may contain anything else. One process where
     * {@code stat} exists, two more for a link; without it, {@code ls} and {@code date}.
     *
     * <p>{@code b_gather PATH...} has one {@code stat} look at all of them: what it says of each is kept in numbered variables, and
     * taken by {@code b_ls} if the next one is about the same path. Whatever comes between makes it look by itself.
     */
    static final Sh.Library LIBRARY = new Sh.Library("b_path",
            """
                    if command -v stat >/dev/null 2>&1; then
                    b_gi=0 b_gn= b_gp=
                    b_stat='%f %u %g %s %d:%i %X %Y %h
                    %U
                    %G'
                    b_ls() {
                      case $b_gn in
                      "$PWD/${1#./}") printf '%s\\n' "$b_gs" "$b_gu" "$b_gg"; b_gp=$b_gn b_gz=$b_gs; b_next ;;
                      *) stat -c "$b_stat" "$1" ;;
                      esac
                    }
                    b_next() { b_gi=$((b_gi+1)); eval "b_gn=\\${b_gn$b_gi-} b_gs=\\${b_gs$b_gi-} b_gu=\\${b_gu$b_gi-} b_gg=\\${b_gg$b_gi-}"; }
                    b_gather() {
                      b_gk=$#
                      for b_p; do b_there "$b_p" && set -- "$@" "$PWD/$b_b"; done
                      shift "$b_gk"
                      [ $# -gt 1 ] || return 0
                      b_gi=1 b_gv=n; set -f; IFS='
                    '
                      for b_p in $(stat -c "%n
                    $b_stat" "$@" 2>/dev/null); do
                        eval "b_g$b_gv$b_gi=\\$b_p"
                        case $b_gv in n) b_gv=s ;; s) b_gv=u ;; u) b_gv=g ;; g) b_gv=n b_gi=$((b_gi+1)) ;; esac
                      done
                      unset IFS; set +f; b_gi=0; b_next
                    }
                    else
                    b_gather() { :; }
                    b_name() { # file number
                      while IFS=: read -r b_n b_x b_k b_x; do [ "$b_k" = "$2" ] && { printf '%s\\n' "$b_n"; return; }; done <"$1"
                      echo UNKNOWN
                    }
                    b_ls() {
                      ls -lnid "$1" | {
                        read -r b_i b_m b_h b_u b_g b_s b_x
                        case $b_s in *,*) b_s=0 ;; esac
                        case $b_m in l*) b_y=- ;; *) b_y=$(date -r "$1" +%s) ;; esac
                        printf '%s\\n' "$b_m $b_u $b_g $b_s $b_i - $b_y $b_h"
                        b_name /etc/passwd "$b_u"
                        b_name /etc/group "$b_g"
                      }
                    }
                    fi
                    b_go() { # path; goes to the nearest folder above it that is there, b_w; b_t is what is missing on the way
                      case $1 in / | . | .. | */..) b_d=$1 b_b=. ;; */*) b_d=${1%/*} b_b=${1##*/} ;; *) b_d=. b_b=$1 ;; esac
                      b_d=${b_d:-/} b_t= b_k=a b_c=0
                      until [ -d "$b_d" ]; do
                        { [ -e "$b_d" ] || [ -L "$b_d" ]; } && b_k=b
                        if [ -L "$b_d" ] && [ "$b_c" -lt 40 ]; then # a link that leads nowhere: what it would lead to
                          b_c=$((b_c + 1)) b_l=$(readlink "$b_d" && printf x) b_l=${b_l%x}
                          case $b_l in
                            /*) b_d=${b_l%?} ;;
                            *) case $b_d in */*) b_d=${b_d%/*}/${b_l%?} ;; *) b_d=${b_l%?} ;; esac ;;
                          esac
                          continue
                        fi
                        case $b_d in
                          */*) b_t=${b_d##*/}/$b_t b_d=${b_d%/*} b_d=${b_d:-/} ;;
                          *) b_t=$b_d/$b_t b_d=. ;;
                        esac
                      done
                      CDPATH= cd -P -- "$b_d" 2>/dev/null || { # this user may not enter it
                        b_k=c; case $b_d in /*) b_w=$b_d ;; *) b_w=$PWD/$b_d ;; esac; return 1
                      }
                      b_w=$PWD
                      [ -z "$b_t" ]
                    }
                    b_lost() { # after b_go: c or m for may not be entered or missing, and the path
                      case $b_k in c) printf c ;; *) printf m ;; esac
                      printf '%s\\0' "$b_w/$b_t$b_b"
                    }
                    b_there() { b_go "$1" && { [ -e "./$b_b" ] || [ -L "./$b_b" ]; }; }
                    b_real() { # after b_go: b_l is where the path leads
                      b_l=$PWD/$b_t$b_b
                      [ -z "$b_t" ] && [ -L "./$b_b" ] || return 0
                      b_r=$(readlink -f "./$b_b" && printf x) || b_r=$(readlink "./$b_b" && printf x)
                      b_r=${b_r%x} b_r=${b_r%?}
                      case $b_r in /*) b_l=$b_r ;; *) b_l=$PWD/$b_r ;; esac
                      [ -e "$b_l" ] || { b_l=$(b_go "$b_l"; printf '%sx' "$b_w/$b_t$b_b"); b_l=${b_l%x}; }
                    }
                    b_path() { b_e=0; b_seen "$1"; }
                    b_seen() {
                      b_there "$1"; b_v=$?
                      case $b_k in c) b_o= ;; *) [ -w . ] && b_o= || b_o=- ;; esac # whether the folder may not be written
                      [ "$b_v" = 0 ] || { printf '%s\\0%s\\0%s\\0' "$b_k$b_o" "$b_w" "$b_t$b_b"; return 0; }
                      printf 'p%s\\0%s\\0%s\\0' "$b_o" "$PWD" "$b_b"
                      b_ls "./$b_b"
                      printf '\\0'
                      [ -L "./$b_b" ] || return 0
                      readlink "./$b_b"
                      printf '\\0'
                      b_e=$((b_e + 1))
                      if b_l=$(readlink -f "./$b_b" && printf x); then
                        b_l=${b_l%x}
                        b_seen "${b_l%?}"
                      elif [ "$b_e" -lt 8 ]; then # it leads nowhere, perhaps over other such links
                        b_l=$(readlink "./$b_b" && printf x) b_l=${b_l%x}
                        b_seen "${b_l%?}"
                      else
                        printf 'm\\0'
                      fi
                    }""");

    private PathScript() {}

    /** A call about a path that may share a subshell with others: it goes to the path's folder from wherever it is. */
    static Sh call(String function, String path, Object... more) {
        Sh call = Sh.of(function + " {} {}", NodePath.word(path), List.of(more)).using(LIBRARY);
        return path.startsWith("/") && !path.contains("\n") ? call.shared("b_gather", List.of(path)) : call;
    }

    static PathState parse(Answer answer, String path) {
        String text = EscapedBytes.decode(answer.out());
        return parse(List.of(text.split("\0", -1)), path);
    }

    private static PathState parse(List<String> fields, String path) {
        if (fields.size() < 3 || fields.getFirst().equals("m")) {
            return new PathState.Absent(path, NodePath.parent(path), true);
        }
        String folder = fields.get(1);
        String real = path.startsWith("~") // the home of somebody who is still to come
                ? NodePath.resolve(folder, fields.get(2))
                : NodePath.within(folder, fields.get(2));
        boolean closed = fields.getFirst().endsWith("-");
        if (!fields.getFirst().startsWith("p") || fields.get(3).isEmpty()) {
            return new PathState.Absent(real, folder, !fields.getFirst().startsWith("a"), closed);
        }
        String target = fields.size() > 5 ? fields.get(4).substring(0, Math.max(0, fields.get(4).length() - 1)) : "";
        PathState.Present present = present(real, fields.get(3), target,
                () -> parse(fields.subList(5, fields.size()), NodePath.target(folder, target)));
        return present.with(present.inode().in(closed));
    }

    /** What {@code b_ls} printed about one thing. */
    static PathState.Present present(String real, String stat, String target, Supplier<PathState> destination) {
        String[] lines = stat.split("\n", -1);
        String[] numbers = lines[0].split(" ", -1);
        var inode = new Inode(mode(numbers[0]), owner(lines[1], numbers[1]), owner(lines[2], numbers[2]), numbers[4],
                Integer.parseInt(numbers[7]), OptionalLong.of(Long.parseLong(numbers[3])), time(numbers[5]),
                time(numbers[6]));
        char kind = kind(numbers[0]);
        return switch (kind) {
            case '-' -> new PathState.File(real, inode);
            case 'd' -> new PathState.Directory(real, inode);
            case 'l' -> new PathState.Link(real, inode, target, destination.get());
            default -> new PathState.Other(real, inode, kind);
        };
    }

    private static Owner owner(String name, String id) {
        return new Owner(name.equals("UNKNOWN") ? "" : name, OptionalInt.of(Integer.parseUnsignedInt(id)));
    }

    private static OptionalLong time(String seconds) {
        return seconds.equals("-") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(seconds.split("\\.", 2)[0]));
    }

    /** The kind's letter, of {@code stat}'s hexadecimal st_mode or of the first column of {@code ls -l}. */
    private static char kind(String mode) {
        if (mode.length() >= 10) {
            return mode.charAt(0);
        }
        return switch (Integer.parseInt(mode, 16) >> 12) {
            case 0x8 -> '-';
            case 0x4 -> 'd';
            case 0xa -> 'l';
            case 0x6 -> 'b';
            case 0x2 -> 'c';
            case 0x1 -> 'p';
            default -> 's';
        };
    }

    private static int mode(String mode) {
        if (mode.length() < 10) {
            return Integer.parseInt(mode, 16) & 07777;
        }
        int bits = 0;
        for (int i = 1; i < 10; i++) {
            char c = mode.charAt(i);
            bits = bits << 1 | (c == '-' || c == 'S' || c == 'T' ? 0 : 1);
        }
        int special = 0;
        for (int i = 3; i < 10; i += 3) {
            special = special << 1 | ("sStT".indexOf(mode.charAt(i)) >= 0 ? 1 : 0);
        }
        return special << 9 | bits;
    }
}
