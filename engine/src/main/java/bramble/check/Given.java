package bramble.check;

import bramble.args.Modules;
import bramble.inventory.Inventory;
import bramble.inventory.Variables;
import bramble.playbook.PlaybookLoader;
import bramble.playbook.Surroundings;
import bramble.playbook.Tags;
import bramble.template.Templates;
import bramble.value.MapValue;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * What a check looks at playbooks with.
 *
 * @param inventory with what stands beside the playbook too
 * @param variables reads a file of variables
 * @param reader reads any other file; an encrypted one is opened
 * @param plugins the folders of filters, tests and lookups that are configured
 * @param folder what names in messages are relative to
 */
public record Given(PlaybookLoader loader, Modules modules, Templates templates, Inventory inventory,
        MapValue extraVars, Function<Path, Variables> variables, Surroundings.Reader reader, Tags tags,
        List<Path> plugins, Path folder) {
    public Given {
        plugins = List.copyOf(plugins);
    }

    /** A file as messages name it. */
    String shown(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path here = folder.toAbsolutePath().normalize();
        return absolute.startsWith(here) ? here.relativize(absolute).toString() : absolute.toString();
    }
}
