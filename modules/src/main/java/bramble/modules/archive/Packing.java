package bramble.modules.archive;

import bramble.modules.files.NodePath;
import bramble.shell.Sh;
import java.util.List;

/**
 * What is to be packed into which file. Paths may hold patterns.
 *
 * @param format the word that Ansible has for it: bz2, gz, tar, xz, zip
 * @param single whether one file that isn't a directory is compressed alone
 */
record Packing(List<String> paths, List<String> excluded, List<String> patterns, String dest, String format,
        boolean single) {

    /**
     * Runs in a shell of its own, with the work folder $b_w, which goes when it ends. Whether an archive holds the same is
     * decided on its unpacked files and links; times and rights don't count.
     */
    private static final Sh.Library LIBRARY = new Sh.Library("b_pk",
            """
                    b_pk_look() { # paths; b_root is the folder that all of them are in
                      b_root=- b_one= b_n=0 b_all=0
                      for b_p; do
                        printf 'e|%s\\n' "$b_p"
                        b_pk_left "$b_p" && continue
                        b_d=${b_p%/*} b_all=$((b_all + 1))
                        case $b_root in
                        -) b_root=$b_d ;;
                        *) while case $b_d/ in "$b_root"/*) false ;; esac; do b_root=${b_root%/*}; done ;;
                        esac
                        [ -e "$b_p" ] || [ -L "$b_p" ] || { printf 'm|%s\\n' "$b_p"; continue; }
                        printf 't|%s\\n' "$b_p"
                        b_n=$((b_n + 1)) b_one=$b_p
                      done
                      [ "$b_all" = 0 ] || printf 'r|%s/\\n' "$b_root"
                      b_pk_left_out
                      [ "$b_all" = 1 ] && [ "$b_single" = 1 ] && [ -f "$b_one" ] && { printf 'single\\n'; return 0; }
                      b_one=
                    }
                    b_pk_tops() { # paths; their names below b_root
                      for b_p; do
                        [ -e "$b_p" ] || [ -L "$b_p" ] || continue
                        b_pk_left "$b_p" && continue
                        b_r=${b_p#"$b_root"/} b_r=${b_r%/}
                        case $b_r in '') for b_r in * .[!.]* ..?*; do { [ -e "$b_r" ] || [ -L "$b_r" ]; } && printf '%s\\n' "$b_r"; done ;; *) printf '%s\\n' "$b_r" ;; esac
                      done
                    }
                    b_pk_members() { # paths; all below them, but what is left out
                      b_pk_tops "$@" | while IFS= read -r b_r; do find "./$b_r"; done | sed 's|^\\./||' | sort -u |
                        while IFS= read -r b_r; do
                          b_pk_out "$b_r" || printf '%s\\n' "$b_r"
                        done
                    }
                    b_pk_sums() { # names from standard input; what is behind them
                      while IFS= read -r b_r; do
                        if [ -L "./$b_r" ]; then printf 'l %s %s\\n' "$b_r" "$(readlink "./$b_r")"
                        elif [ -f "./$b_r" ]; then printf 'f %s %s\\n' "$b_r" "$(md5sum <"./$b_r")"
                        fi
                      done
                    }
                    b_pk_open() { # format, archive
                      case $1 in gz) gzip -dc <"$2" ;; bz2) bzip2 -dc <"$2" ;; xz) xz -dc <"$2" ;; *) cat <"$2" ;; esac
                    }
                    b_pk_packed() { # whether what is in the archive's place is one, of any format
                      [ -f "$b_dest" ] || return
                      for b_c in tar gz bz2 xz; do
                        [ -z "$(b_pk_open $b_c "$b_dest" 2>/dev/null | tar -tf - 2>/dev/null | head -n 1)" ] || return 0
                      done
                      command -v unzip >/dev/null && unzip -l "$b_dest" >/dev/null 2>&1
                    }
                    b_pk_press() {
                      case $1 in gz) gzip -c ;; bz2) bzip2 -c ;; xz) xz -c ;; *) cat ;; esac
                    }
                    b_pk_tools() {
                      case $b_f in gz) b_l=gzip ;; bz2) b_l=bzip2 ;; xz) b_l=xz ;; zip) b_l='zip unzip' ;; *) b_l=tar ;; esac
                      for b_t in $b_l; do command -v "$b_t" >/dev/null || { printf '%s\\n' "$b_t"; return 1; }; done
                    }
                    b_pk_start() { # sets b_w, b_root, b_one; prints what is there
                      b_w=$(mktemp -d) || exit 1
                      trap 'rm -rf "$b_w"' EXIT
                      b_pk_look "$@"
                      cd "${b_root:-/}" 2>/dev/null || cd /
                    }
                    b_pk_ask() ( # paths
                      b_pk_start "$@"
                      [ "$b_n" != 0 ] || { b_pk_packed && printf 'archive\\n'; exit 0; }
                      if ! b_t=$(b_pk_tools); then printf 'f|the node has no %s: install the package %s first\\n' "$b_t" "$(case $b_t in xz) echo xz-utils ;; *) echo "$b_t" ;; esac)"; exit 0; fi
                      if [ -n "$b_one" ]; then
                        printf 'a|%s\\n' "$b_one"
                        [ -f "$b_dest" ] && b_pk_open "$b_f" "$b_dest" 2>/dev/null | cmp -s - "$b_one" && printf 'same\\n'
                        exit 0
                      fi
                      b_pk_members "$@" >"$b_w/m"
                      b_nl='
                    '
                      b_named=$b_nl # folders that are named, of which only what is in them counts
                      for b_p; do b_r=${b_p#"$b_root"/}; [ -L "$b_p" ] || b_named=$b_named$b_r$b_nl; done
                      while IFS= read -r b_r; do
                        case $b_named in *"$b_nl$b_r$b_nl"*) [ -d "./$b_r" ] && ! [ -L "./$b_r" ] && continue ;; esac
                        printf 'a|%s/%s\\n' "$b_root" "$b_r"
                      done <"$b_w/m"
                      [ -f "$b_dest" ] || exit 0
                      mkdir "$b_w/u"
                      case $b_f in
                      zip) unzip -q "$b_dest" -d "$b_w/u" ;;
                      *) b_pk_open "$b_f" "$b_dest" | tar -xf - -C "$b_w/u" ;;
                      esac >/dev/null 2>&1 || exit 0
                      b_pk_sums <"$b_w/m" >"$b_w/now"
                      ( cd "$b_w/u" && find . | sed 's|^\\./||' | sort | b_pk_sums ) >"$b_w/then"
                      cmp -s "$b_w/now" "$b_w/then" && printf 'same\\n'
                      exit 0
                    )
                    b_pk_make() ( # paths; the archive comes in place of b_dest at once
                      b_pk_start "$@" >/dev/null
                      umask 077
                      b_new=$b_dest.bramble.$$
                      if [ -n "$b_one" ]; then
                        b_pk_press "$b_f" <"$b_one" >"$b_new"
                      else
                        b_pk_members "$@" >"$b_w/m"
                        if [ "$b_whole" = 1 ]; then b_pk_tops "$@"; else
                          while IFS= read -r b_r; do { [ -d "./$b_r" ] && ! [ -L "./$b_r" ]; } || printf '%s\\n' "$b_r"; done <"$b_w/m"
                        fi | sed 's|^-|./-|' >"$b_w/t"
                        set --
                        while IFS= read -r b_r; do set -- "$@" "$b_r"; done <"$b_w/t"
                        case $b_f in
                        zip) zip -q -y -r - "$@" >"$b_new" ;;
                        *) tar -cf "$b_w/tar" "$@" && b_pk_press "$b_f" <"$b_w/tar" >"$b_new" ;;
                        esac
                      fi || { b_s=$?; rm -f "$b_new"; exit "$b_s"; }
                      b_pk_rights "$b_new" && mv -f "$b_new" "$b_dest" || { b_s=$?; rm -f "$b_new"; exit "$b_s"; }
                    )""");

    Sh call(String function) {
        return call(function, Sh.raw(":"));
    }

    /** @param rights a command that sets what {@code $1} may be done with */
    Sh call(String function, Sh rights) {
        Sh out = Sh.raw("");
        for (String pattern : patterns) {
            out = Sh.of("{}case $1 in {}) return 0 ;; esac; ", out, pattern(pattern));
        }
        Sh left = Sh.raw("");
        Sh told = Sh.raw("");
        for (String path : excluded) {
            left = Sh.of("{}for b_x in {}; do case ${1%/} in \"$b_x\") return 0 ;; esac; done; ", left,
                    expanded(NodePath.normal(path)));
            told = Sh.of("{}for b_x in {}; do {}printf 'x|%s\\n' \"$b_x\"; done; ", told, expanded(path),
                    there("b_x", path));
        }
        Sh words = Sh.raw("set --\n");
        for (String path : paths) {
            words = Sh.of("{}for b_p in {}; do {}set -- \"$@\" \"$b_p\"; done\n", words, expanded(path),
                    there("b_p", path));
        }
        return Sh.of("""
                b_pk_out() { {}return 1; }
                b_pk_left() { {}return 1; }
                b_pk_left_out() { {}:; }
                b_pk_rights() { {}; }
                b_f={} b_dest={} b_single={} b_whole={}
                {}{} "$@\"""", out, left, told, rights, format, NodePath.word(dest), single ? "1" : "0",
                patterns.isEmpty() ? "1" : "0", words, Sh.raw(function)).using(LIBRARY);
    }

    /** Whether the path stands for all that fit it; brackets alone are letters like any other. */
    static boolean isPattern(String path) {
        return path.contains("*") || path.contains("?");
    }

    private static Sh expanded(String path) {
        return isPattern(path) ? pattern(path) : NodePath.word(path);
    }

    /** What a pattern that nothing fits leaves is no path. */
    private static Sh there(String variable, String path) {
        return Sh.raw(isPattern(path)
                ? "[ -e \"$" + variable + "\" ] || [ -L \"$" + variable + "\" ] || continue; "
                : "");
    }

    /** A word whose patterns the node's shell understands, and nothing else of it. */
    private static Sh pattern(String text) {
        boolean home = text.matches("~[A-Za-z0-9_.-]*(/.*)?");
        int from = home ? (text + "/").indexOf('/') : 0;
        Sh word = Sh.raw(text.substring(0, from));
        var plain = new StringBuilder();
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if ("*?[]".indexOf(c) >= 0 || (c == '!' && i > 0 && text.charAt(i - 1) == '[')
                    || (c == '-' && text.lastIndexOf('[', i) > text.lastIndexOf(']', i))) {
                word = quoted(word, plain);
                word = Sh.of("{}{}", word, Sh.raw(String.valueOf(c)));
            } else {
                plain.append(c);
            }
        }
        return quoted(word, plain);
    }

    private static Sh quoted(Sh word, StringBuilder plain) {
        if (plain.isEmpty()) {
            return word;
        }
        Sh longer = Sh.of("{}{}", word, plain.toString());
        plain.setLength(0);
        return longer;
    }
}
