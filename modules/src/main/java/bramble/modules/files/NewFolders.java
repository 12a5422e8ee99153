package bramble.modules.files;

import bramble.module.Action;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;

/** Folders that are made, together with those above them that aren't there either. */
final class NewFolders {
    private static final Sh.Library LIBRARY = new Sh.Library("b_folders",
            """
                    b_folders() { # paths; makes those that aren't there by one process, all or none, unless somebody else makes them
                      for b_p; do
                        shift
                        [ -e "$b_p" ] || [ -L "$b_p" ] || set -- "$@" "$b_p"
                      done
                      [ $# -eq 0 ] || b_why=$(mkdir "$@" 2>&1) && return
                      case $b_why in *"File exists"*) return ;; esac
                      for b_p; do set -- "$b_p" "$@"; done
                      rmdir "$@" 2>/dev/null
                    }""");

    private NewFolders() {}

    /** @param rights of all of them, as Ansible does it */
    static Change change(PathState.Absent absent, Rights rights, String shown, Diff diff) {
        var missing = new ArrayList<String>();
        for (String path = absent.real(); !path.equals(absent.ground()); path = NodePath.parent(path)) {
            missing.addFirst(path);
        }
        var effects = new ArrayList<Effect>();
        Sh script = Sh.raw(":");
        for (String path : missing) {
            Inode plain = Inode.made(0777 & ~rights.me().umask(), rights.me(), path);
            Inode inode = rights.over(plain, true);
            // another host of the inventory may be the same machine, and make it at the same time
            script = script.and(Sh.of("{ [ -d {} ] || mkdir {} 2>/dev/null || [ -d {} ] || {}; }", path, path, path,
                    Tried.of("make the directory " + path, Sh.of("mkdir {}", path))))
                    .and(rights.script(path, plain, inode, false));
            effects.add(Effect.becomes(new PathFact(path), new PathState.Directory(path, inode)));
        }
        Sh folders = script.using(LIBRARY).shared("b_folders", missing);
        return rights.flagged(new Change(shown, diff, List.of(new Action.Run(folders)), effects,
                Tried.refusal("make the directory " + missing.getFirst(), absent)));
    }
}
