package bramble.testkit.compare;

import java.util.List;

/**
 * One of the two that are compared.
 *
 * @param command what plays a playbook, before its flags
 */
record Engine(String name, List<String> command) {
    Engine {
        command = List.copyOf(command);
    }
}
