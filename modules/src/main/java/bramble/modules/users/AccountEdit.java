package bramble.modules.users;

import bramble.module.Action;
import bramble.shell.Content;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;

/** Brings the account table from one state to another by writing its files, for nodes without useradd and its kin. */
final class AccountEdit {
    /** 75 has the task inspect again: somebody else changed the file meanwhile. */
    private static final Sh.Library LIBRARY = new Sh.Library("b_table", """
            b_table() { # file, bytes, what its digest has to be; the new text on standard input
              b_n=$1.bramble.$$
              trap 'rm -f "$b_n"' EXIT
              cp -p "$1" "$b_n" && cat >"$b_n" && [ "$(wc -c <"$b_n")" -eq "$2" ] || return 1
              [ "$(grep '' "$1" | md5sum)" = "$3  -" ] || return 75
              mv "$b_n" "$1"
            }""");

    private AccountEdit() {}

    static List<Action> actions(Accounts before, Accounts after) {
        var actions = new ArrayList<Action>();
        file("/etc/group", before.group(), after.group(), actions);
        file("/etc/shadow", before.shadow(), after.shadow(), actions);
        file("/etc/passwd", before.passwd(), after.passwd(), actions);
        return actions;
    }

    private static void file(String path, List<List<String>> before, List<List<String>> after, List<Action> actions) {
        if (!before.equals(after) && !before.isEmpty()) {
            Content content = Content.text(Accounts.text(after));
            String digest = Content.text(Accounts.text(before)).digest("MD5");
            actions.add(
                    new Action.Run(Sh.of("b_table {} {} {}", path, content.length(), digest).using(LIBRARY), content));
        }
    }
}
