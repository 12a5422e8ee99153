package bramble.check;

import bramble.playbook.Task;
import bramble.template.Site;
import java.nio.file.Path;
import java.util.ArrayList;

/** Where a task's files are looked for. */
final class Sites {
    private Sites() {}

    static Site of(Task task, Path playbook) {
        var folders = new ArrayList<Path>();
        task.role().ifPresent(role -> role.chain().reversed().forEach(one -> folders.add(one.path())));
        Path parent = task.file().getParent();
        if (parent != null) {
            folders.add(parent);
        }
        folders.add(playbook);
        return new Site(folders, playbook);
    }
}
