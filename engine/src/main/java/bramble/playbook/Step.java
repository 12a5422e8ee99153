package bramble.playbook;

import bramble.problem.Source;
import bramble.value.Value;
import java.nio.file.Path;
import java.util.Optional;

/** A task, or a block of steps. Two steps are never the same: tell them apart by identity. */
public sealed interface Step permits Block, Task {
    Source source();

    Optional<Value> name();

    /** What holds for it: its own keywords and the inherited ones. */
    Directives directives();

    /** The role that it belongs to. */
    Optional<Role> role();

    /** The file that it stands in. */
    Path file();
}
