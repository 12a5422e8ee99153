package bramble.check;

import bramble.inventory.Variables;
import bramble.playbook.Play;
import bramble.playbook.Role;
import bramble.playbook.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A play, and what was learnt of it while it was walked through. */
final class KnownPlay {
    final Play play;
    /** Files of variables that the play names. */
    final List<Variables> files = new ArrayList<>();
    final List<Role> roles = new ArrayList<>();
    final Set<String> handlers = new HashSet<>();
    /** Names of handlers that are templates. */
    final List<Pattern> handlerPatterns = new ArrayList<>();
    /** Names that tasks notify. */
    final Set<String> notified = new HashSet<>();
    /** Whether a task notifies a name that is a template. */
    boolean notifiesAnything;
    /** Why variables can't be judged; empty if they can. */
    final Set<String> open = new LinkedHashSet<>();
    /** What is missing that may define variables and handlers. */
    final Set<String> lacks = new LinkedHashSet<>();
    /** Whether nobody of the inventory is in the play. */
    boolean nobody;
    final List<Setting> missingFiles = new ArrayList<>();

    KnownPlay(Play play) {
        this.play = play;
        roles.addAll(play.publicRoles());
    }
}
