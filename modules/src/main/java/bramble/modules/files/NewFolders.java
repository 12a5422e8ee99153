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
            script = script.and(Sh.of("{ mkdir {} 2>/dev/null || [ -d {} ] || {}; }", path, path,
                    Tried.of("make the directory " + path, Sh.of("mkdir {}", path))))
                    .and(rights.script(path, plain, inode, false));
            effects.add(Effect.becomes(new PathFact(path), new PathState.Directory(path, inode)));
        }
        return rights.flagged(new Change(shown, diff, List.of(new Action.Run(script)), effects,
                Tried.refusal("make the directory " + missing.getFirst(), absent)));
    }
}
