package bramble.modules.files;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.shell.Shell;
import bramble.value.EscapedBytes;
import java.util.Arrays;

/** Asks for a file's content, links followed. An effect about content comes before the one about the path. */
public record ContentFact(String path) implements AboutPath<FileContent> {
    /** Files of more bytes are not read. */
    public static final int LIMIT = 8 << 20;

    private static final Sh.Library LIBRARY = new Sh.Library("b_content",
            """
                    b_content() { # path limit; prints kind, real path, NUL, bytes
                      b_there "$1" || { b_lost; return 0; }
                      b_real
                      if [ -d "$b_l" ]; then printf 'd%s\\0' "$b_l"
                      elif ! [ -e "$b_l" ]; then printf 'm%s\\0' "$b_l"
                      elif ! [ -f "$b_l" ]; then printf 'o%s\\0' "$b_l"
                      elif ! [ -r "$b_l" ]; then printf 'u%s\\0' "$b_l"
                      else
                        b_ahead "$b_l"
                        ! b_much "$b_l" "$2" || exit 0
                        printf 'f%s\\0' "$b_l"; b_small "$b_l" || head -c "$2" "$b_l"
                      fi
                    }
                    b_ahead() { # file; to what is known of it, if that is next
                      [ -n "${b_gn-}" ] && [ "$b_gn" != "$1" ] || return 0
                      eval "b_x=\\${b_gn$((b_gi + 1))-}"
                      [ "$b_x" != "$1" ] || b_next
                    }
                    b_much() { # file, limit; whether it is too much for one answer, after those before: the rest is asked for anew
                      case $1 in
                      "${b_gn-}") set -- $b_gs "$2" ;;
                      "${b_gp-}") set -- $b_gz "$2" ;;
                      *) return 1 ;;
                      esac
                      [ "$4" -le "$9" ] || set -- 0 0 0 "$9"
                      [ "${b_sent:-0}" -gt 0 ] && [ "$((b_sent + $4))" -gt ALL ] && return 0
                      b_sent=$((${b_sent:-0} + $4))
                      return 1
                    }
                    b_small() { # file; prints it without a process, if it is known to be short and turns out to be text
                      case $1${b_printf-} in
                      "${b_gn-}printf") set -- "$1" $b_gs ;;
                      "${b_gp-}printf") set -- "$1" $b_gz ;;
                      *) return 1 ;;
                      esac
                      [ "$5" -le 512 ] || return 1
                      b_t=
                      while IFS= read -r b_x; do b_t="$b_t$b_x
                    "; done <"$1"
                      b_t=$b_t$b_x
                      [ "${#b_t}" -eq "$5" ] && printf %s "$b_t"
                    }"""
                    .replace("ALL", Integer.toString(Shell.KEPT - (8 << 20))));

    public ContentFact {
        path = NodePath.normal(path);
    }

    @Override
    public Sh script() {
        return PathScript.call("b_content", path, LIMIT + 1).using(LIBRARY);
    }

    @Override
    public FileContent parse(Answer answer) {
        byte[] out = answer.out();
        int end = 0;
        while (out[end] != 0) {
            end++;
        }
        String real = NodePath.normal(EscapedBytes.decode(Arrays.copyOfRange(out, 1, end)));
        return switch (out[0]) {
            case 'f' -> out.length - end - 1 > LIMIT
                    ? new FileContent.TooLarge(real)
                    : new FileContent.Bytes(real, new Content.Bytes(Arrays.copyOfRange(out, end + 1, out.length)));
            case 'd' -> new FileContent.Unreadable(real, "is a directory");
            case 'o' -> new FileContent.Unreadable(real, "is not a regular file");
            case 'u', 'c' -> new FileContent.Unreadable(real, "may not be read");
            default -> new FileContent.Missing(real);
        };
    }

    @Override
    public Fact<FileContent> through(Effect.Becomes<?> effect) {
        return effect.fact() instanceof PathFact(String changed) && effect.value() instanceof PathState.Link link
                && (path.equals(changed) || NodePath.below(path, changed))
                        ? new ContentFact(link.destination().real() + path.substring(changed.length()))
                        : this;
    }

    @Override
    public Maybe<FileContent> after(Effect.Becomes<?> effect, FileContent current) {
        return switch (effect.fact()) {
            case ContentFact(String changed) -> {
                var value = (FileContent) effect.value();
                yield Maybe.known(changed.equals(path) || value.real().equals(current.real()) ? value : current);
            }
            case PathFact(String changed) -> at(changed, (PathState) effect.value(), current);
            default -> Maybe.known(current);
        };
    }

    private Maybe<FileContent> at(String changed, PathState state, FileContent current) {
        String real = current.real();
        if (NodePath.atHome(changed) && NodePath.below(path, changed)) {
            return Maybe.unknown(changed + " would be the home of a user that this run makes");
        }
        if (state.leadsAway(real) || (state instanceof PathState.Link && state.real().equals(real))) {
            return Maybe.unknown(path + " would lie behind a link that this run makes");
        }
        if (changed.equals(path) || state.real().equals(real)) {
            return switch (state) {
                case PathState.Absent _ -> Maybe.known(new FileContent.Missing(state.real()));
                case PathState.Directory _ ->
                    Maybe.known(new FileContent.Unreadable(state.real(), "is a directory"));
                case PathState.Other _ ->
                    Maybe.known(new FileContent.Unreadable(state.real(), "is not a regular file"));
                case PathState.File _ when current instanceof FileContent.Bytes
                        || current instanceof FileContent.TooLarge ->
                    Maybe.known(current);
                case PathState.File file when file.size() == 0 ->
                    Maybe.known(new FileContent.Bytes(state.real(), Content.none()));
                case PathState.File _ -> Maybe.unknown(path + " would be made by this run");
                case PathState.Link _ -> Maybe.known(current);
            };
        }
        boolean gone = cutOff(changed, state) || (NodePath.below(real, state.real())
                && !(state instanceof PathState.Directory || state instanceof PathState.Link));
        return Maybe.known(gone ? new FileContent.Missing(real) : current);
    }
}
