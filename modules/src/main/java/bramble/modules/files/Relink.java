package bramble.modules.files;

import bramble.shell.Sh;

/** A link in place of a file or another link: it is made beside it first, so that there is always something at the path. */
final class Relink {
    /** Without -T, mv would move it into the folder that the old link leads to; a mv that lacks -T gets the place free. */
    private static final Sh.Library LIBRARY = new Sh.Library("b_relink", """
            b_relink() { # where the link leads; its path
              rm -f -- "$2.bramble-new" && ln -s -- "$1" "$2.bramble-new" || return
              mv -fT -- "$2.bramble-new" "$2" 2>/dev/null && return
              rm -f -- "$2" && mv -f -- "$2.bramble-new" "$2" && return
              b_r=$?
              rm -f -- "$2.bramble-new" 2>/dev/null
              return $b_r
            }""");

    private Relink() {}

    /** Words of a command, for {@link Tried}. */
    static Sh of(String target, String path) {
        return Sh.of("b_relink {} {}", target, path).using(LIBRARY);
    }
}
