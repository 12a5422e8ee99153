package bramble.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keeps on this machine what the inventory declares as nodes' state, by the role backup: {@code bramble backup}. */
final class BackupCommand {
    private final InventoryFlags inventory = new InventoryFlags();
    private final LoginFlags login = new LoginFlags();
    private final RunFlags run = new RunFlags();
    private final List<String> nodes = new ArrayList<>();
    private final Session session;

    BackupCommand(Session session) {
        this.session = session;
    }

    Command command() {
        return Command.of("backup", "Keep here what the inventory declares as nodes' state.", this::declare,
                this::backUp);
    }

    private void declare(Syntax syntax) {
        inventory.declareSources(syntax);
        login.declare(syntax);
        run.declare(syntax);
        syntax.words(nodes::add, "NODE", true);
    }

    private int backUp() throws InterruptedException {
        session.goesOnBy(""); // half a backup is none: the next one is made from its beginning
        return new PlaybookCommand(session, inventory.only(nodes), login, run).play(own("backup.yml"), List.of(),
                _ -> {});
    }

    /** A playbook of Bramble's own. */
    static String own(String playbook) {
        return Path.of(System.getProperty("bramble.home", ""), "playbooks", playbook).toAbsolutePath().normalize()
                .toString();
    }
}
