package bramble.modules.archive;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.AboutPath;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks whether what an archive of the node holds is in a folder already. GNU tar compares by itself; otherwise the archive is
 * unpacked into a folder of its own, which goes at once, and the files are compared.
 *
 * @param mode whether permissions count
 * @param options for tar or unzip, as they were given
 * @param names patterns of those that are left out, then of those that are wanted alone
 */
public record Unpacked(String src, String dest, boolean mode, List<String> options, List<List<String>> names)
        implements
            Fact<Unpacked.Found> {
    /**
     * The answer.
     *
     * @param problem why it can't be told: {@code absent}, or a program that is missing, or what it said
     * @param differences of names, where there are any
     */
    public record Found(String kind, String problem, List<String> differences, List<String> files) {
        static final Found DONE = new Found("tar", "", List.of(), List.of());
    }

    static final Sh.Library LIBRARY = new Sh.Library("b_ua",
            """
                    b_ua_why() { # file with the errors
                      echo "failed $(head -n 3 "$1" | sed "s|^tar:|$(command -v tar):|" | tr '\\n' ' ')"
                    }
                    b_ua_kind() { # archive
                      b_k=tar b_z= b_h=$(head -c 3 "$1" | tr -d '\\0')
                      case $b_h in
                      PK*) b_k=unzip ;;
                      "$(printf '\\037\\213')"*) b_z=-z ;;
                      BZh) b_z=-j ;;
                      "$(printf '\\3757z')") b_z=-J ;;
                      esac
                      command -v $b_k >/dev/null 2>&1 || { echo "missing $b_k"; return 1; }
                      b_gnu=
                      [ $b_k = tar ] && case $(tar --version 2>/dev/null) in *GNU*) b_gnu=1 ;; esac
                      return 0
                    }
                    b_ua_x() { # archive folder; the options are in b_opts, the names in b_out and b_in
                      if [ $b_k = unzip ]; then
                        set -f
                        eval "set -- \\"\\$1\\" \\"\\$2\\" $b_in"
                        b_a=$1 b_t=$2; shift 2
                        eval "unzip -o -q $b_opts \\"\\$b_a\\" \\"\\$@\\" ${b_out:+-x $b_out} -d \\"\\$b_t\\""
                        b_r=$?
                        set +f
                        [ $b_r -le 1 ]
                      else
                        b_ua_tar -x -p "$1" "$2"
                      fi
                    }
                    b_ua_tar() { # action option archive folder
                      b_e=
                      if [ -n "$b_out" ]; then
                        b_e=$(mktemp) || return 1
                        eval "printf '%s\\\\n' $b_out" >"$b_e"
                      fi
                      eval "tar $1 $2 $b_z ${b_e:+-X \\"\\$b_e\\"} $b_opts -f \\"\\$3\\" -C \\"\\$4\\" $b_in"
                      set -- $?
                      [ -z "$b_e" ] || rm -f "$b_e"
                      return $1
                    }
                    b_ua_list() { # archive
                      if [ $b_k = unzip ]; then unzip -Z1 "$1" 2>/dev/null || unzip -l "$1" | sed -n 's/^ *[0-9]* *[-0-9]* *[:0-9]*   //p'
                      else tar -t $b_z -f "$1"; fi
                    }
                    b_ua_same() { # unpacked folder mode
                      ( cd "$1" && find . ) | while IFS= read -r b_f; do
                        [ "$b_f" = . ] && continue
                        b_a=$1/$b_f b_b=$2/$b_f
                        if [ -L "$b_a" ]; then [ "$(readlink "$b_a")" = "$(readlink "$b_b" 2>/dev/null)" ] || { echo "d $b_f"; continue; }
                        elif [ -d "$b_a" ]; then [ -d "$b_b" ] || { echo "d $b_f"; continue; }
                        else cmp -s "$b_a" "$b_b" || { echo "d $b_f"; continue; }
                        fi
                        if [ "$3" = 1 ]; then
                          set -f; set -- "$1" "$2" "$3" $(ls -ld "$b_a"); b_m=$4; set -- "$1" "$2" "$3" $(ls -ld "$b_b"); set +f
                          [ "$b_m" = "$4" ] || echo "d $b_f"
                          set -- "$1" "$2" "$3"
                        fi
                      done
                    }
                    b_ua_look() { # archive folder mode
                      [ -f "$1" ] || { echo absent; return 0; }
                      b_ua_kind "$1" || return 0
                      echo "kind $b_k"
                      b_w=$(mktemp -d) || return 1
                      trap 'rm -rf "$b_w"' EXIT
                      trap 'exit 1' HUP INT TERM PIPE
                      b_ua_list "$1" 2>"$b_w/err" | sed 's/^/f /'
                      if [ -n "$b_gnu" ]; then
                        b_ua_tar --diff '' "$1" "$2" >"$b_w/out" 2>"$b_w/err"
                        [ $? -le 1 ] || grep -q 'Cannot stat' "$b_w/err" || { b_ua_why "$b_w/err"; return 0; }
                        grep -h -E ': (Mode differs|Mod time differs|Uid differs|Gid differs|Size differs|Contents differ|File type differs|Symlink differs|Not linked to|Warning: Cannot)' "$b_w/out" "$b_w/err" | sed 's/^/d /'
                      else
                        mkdir "$b_w/x"
                        b_ua_x "$1" "$b_w/x" >"$b_w/err" 2>&1 || { b_ua_why "$b_w/err"; return 0; }
                        b_ua_same "$b_w/x" "$2" "$3"
                      fi
                      return 0
                    }""");

    /** Sets what the library's functions go by. */
    Sh settings() {
        return Sh.of("b_opts={}\nb_out={}\nb_in={}\n", quoted(options), quoted(names.get(0)), quoted(names.get(1)));
    }

    private static String quoted(List<String> words) {
        return String.join(" ", words.stream().map(Sh::quote).toList());
    }

    @Override
    public Sh script() {
        return Sh.of("{}b_ua_look {} {} {}", settings(), NodePath.word(src), NodePath.word(dest), mode ? "1" : "0")
                .using(LIBRARY);
    }

    @Override
    public Found parse(Answer answer) {
        var differences = new ArrayList<String>();
        var files = new ArrayList<String>();
        String kind = "tar";
        String problem = "";
        for (String line : answer.text().lines().toList()) {
            String rest = line.length() > 2 ? line.substring(2) : "";
            if (line.startsWith("d ")) {
                differences.add(rest);
            } else if (line.startsWith("f ")) {
                files.add(rest);
            } else if (line.startsWith("kind ")) {
                kind = line.substring("kind ".length());
            } else {
                problem = line;
            }
        }
        return new Found(kind, problem, List.copyOf(differences), List.copyOf(files));
    }

    @Override
    public Maybe<Found> after(Effect.Becomes<?> effect, Found current) {
        if (effect.fact().equals(this)) {
            return Maybe.known((Found) effect.value());
        }
        return effect.fact() instanceof AboutPath<?> && effect.value() instanceof PathState state
                && (state.real().equals(src) || NodePath.below(state.real(), dest))
                        ? Maybe.unknown("an earlier task would change " + state.real())
                        : Maybe.known(current);
    }
}
